import Cachetronomy

struct Quote: Codable, Sendable {
  var actor: String
  var line: String
}

let cache = try Cachetronaut(path: "cachetronomy.db")
defer { try? cache.shutdown() }

// Computed once, then read from the cache for ten minutes.
func pullQuote(actor: String, film: String) throws -> Quote {
  try cache.memoize(
    "pullQuote", ["actor": actor, "film": film], ttl: try TimeToLive("10m"), tags: ["film"]
  ) {
    print("(looking it up)")
    return Quote(actor: actor, line: "From the film \(film)")
  }
}

print(try pullQuote(actor: "Samuel L. Cacheson", film: "Action Jackson").line)
print(try pullQuote(actor: "Samuel L. Cacheson", film: "Action Jackson").line)

// Any Codable value under any key, in one of three built-in formats or a custom one.
try cache.set("settings", ["theme": "dark"], ttl: .never, format: "json")
if let settings = try cache.get("settings", as: [String: String].self) {
  print(settings["theme"] ?? "none")
}
print(try cache.storeKeys())

// Evict from memory, delete from the store, clear by tag.
try cache.evict("settings")
try cache.delete("settings")
try cache.clear(tags: ["film"])
print(try cache.evictionLogs().map(\.reason))
