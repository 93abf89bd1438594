import Cachetronomy

let cache = try await AsyncCachetronaut(path: "cachetronomy.db")

@Sendable func starter(_ id: Int) async throws -> String {
  try await cache.memoize("starter", ["id": id], ttl: try TimeToLive("10m")) {
    print("(asking the professor)")
    try await Task.sleep(for: .milliseconds(10))
    return "Picacheu"
  }
}

// A hundred concurrent tasks; one of them runs the computation.
let names = try await withThrowingTaskGroup(of: String.self) { group in
  for _ in 0..<100 { group.addTask { try await starter(1301) } }
  var names: Set<String> = []
  for try await name in group { names.insert(name) }
  return names
}
print(names)
print(try await cache.get("starter(id=1301)", as: String.self) ?? "not there")
try await cache.shutdown()
