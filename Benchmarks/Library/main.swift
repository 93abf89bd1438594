// The library's rates, for Benchmarks/library, which puts those of the Python packages beside them.
import Cachetronomy

struct Small: Codable, Sendable {
  var a = 1
  var b = "text"
  var c = [1, 2, 3]
}

let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "/tmp/bench.db"
let cache = try Cachetronaut(path: path, evicting: false)
let clock = ContinuousClock()
// A divisor for the rounds, to count instructions under valgrind.
let scale = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 1 : 1

func rate(_ name: String, _ count: Int, _ body: (Int) throws -> Void) rethrows {
  let count = max(1, count / scale)
  var rates: [Double] = []
  for _ in 0..<5 {
    let time = try clock.measure { for round in 0..<count { try body(round) } }
    let (seconds, attoseconds) = time.components
    rates.append(Double(count) / (Double(seconds) + Double(attoseconds) / 1e18))
  }
  rates.sort()
  print("\(name)\t\(Int(rates[2]))\t\(Int(rates[4]))")
}

try cache.set("key", Small())
try rate("get from memory", 1_000_000) { _ in _ = try cache.get("key", as: Small.self) }
_ = try cache.memoize("f", ["n": 1]) { 1 }
try rate("memoized hit", 300_000) { _ in _ = try cache.memoize("f", ["n": 1]) { 1 } }
try cache.updateActiveProfile { $0.maxItemsInMemory = 0 }
try cache.set("key", Small())
try rate("get from the store", 100_000) { _ in _ = try cache.get("key", as: Small.self) }
try cache.updateActiveProfile { $0.maxItemsInMemory = 100 }
try rate("set of one key", 20_000) { _ in try cache.set("key", Small()) }
try rate("set of new keys", 4000) { round in try cache.set("new\(round)", Small()) }
try cache.clearAll()
let many = (0..<100_000 / scale).map { (key: "many\($0)", value: Small()) }
let time = try clock.measure { try cache.set(all: many) }
let (seconds, attoseconds) = time.components
print("100 000 sets in a batch, seconds\t\((Double(seconds) + Double(attoseconds) / 1e18))")
try cache.shutdown()
