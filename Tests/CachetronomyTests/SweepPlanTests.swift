import Glibc
import Testing

@testable import Cachetronomy

/// A dry run names what the pass then takes, in the same order, on stores of all kinds.
@Suite struct SweepPlanTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  private func fill(_ count: Int, _ random: inout FixedGenerator) throws {
    store.isLongLived = true
    for number in 0..<count {
      let created = noon.plus(seconds: Int64.random(in: 0..<5000, using: &random))
      let size =
        switch Int.random(in: 0..<10, using: &random) {
        case 0: Int.random(in: 20_000..<200_000, using: &random)
        case 1...3: Int.random(in: 1000..<9000, using: &random)
        default: Int.random(in: 0..<300, using: &random)
        }
      let ttl: Int64 = Int.random(in: 0..<5, using: &random) == 0 ? 60 : 1_000_000
      let info = Entry.Info(
        created: created, keepUntil: created.plus(seconds: ttl), size: Int64(size),
        cost: Int64.random(in: 0..<3000, using: &random), origin: .run)
      try store.put(
        Entry(
          key: try Key("k\(number)"), data: [UInt8](repeating: 0x61, count: size),
          format: "msgpack", expiry: created.plus(seconds: ttl), profile: "p",
          // Some are of another program's.
          info: Int.random(in: 0..<8, using: &random) == 0 ? nil : info))
    }
  }

  /// Reads, half of them in the tables and half in the journal.
  private func read(_ count: Int, _ random: inout FixedGenerator) throws {
    let journal = AccessJournal(store: store.path)
    for number in 0..<count * 2 {
      if number == count { try store.foldJournal(at: noon) }
      let key = try Key("k\(Int.random(in: 0..<max(1, count + 5), using: &random))")
      let kind = AccessJournal.Kind.allCases.randomElement(using: &random) ?? .hit
      let time = noon.plus(seconds: Int64.random(in: 0..<8000, using: &random))
      journal.append(kind, key, profile: "p", at: time)
    }
    // What an earlier fold renamed and did not come to, too.
    if Bool.random(using: &random) {
      rename(journal.path, journal.path + ".0123456789abcdef")
      journal.append(.hit, try Key("k0"), profile: "p", at: noon.plus(seconds: 9000))
    }
  }

  @Test(arguments: Policy.allCases, 0..<12) func aPlanIsWhatThePassDoes(
    policy: Policy, seed: Int
  ) throws {
    var random = FixedGenerator(seed: UInt64(1000 + seed))
    let count = Int.random(in: 0..<250, using: &random)
    try fill(count, &random)
    try read(count, &random)
    try store.checkpoint()
    var profile = Profile(name: "p")
    profile.evictionPolicy = policy
    profile.memoryBasedEviction = false
    profile.maxStoreItems = seed % 3 == 0 ? 0 : Int64.random(in: 1..<300, using: &random)
    // At times the limit is just there, so that the journal's own rows decide.
    let used = try store.usedBytes()
    profile.maxStoreSize =
      switch seed % 4 {
      case 0: 0
      case 1: used + Int64.random(in: -20_000..<20_000, using: &random)
      default: Int64.random(in: 50_000..<max(50_001, used), using: &random)
      }
    let later = noon.plus(seconds: 6000)
    let before = try scratch.inventory()
    var named: [String] = []
    let plan = try GCPass(try scratch.reopened(), profile: profile, now: later).plan {
      (key, reason, bytes) throws(Failure) in
      named.append("\(key) \(reason.rawValue)")
    }
    #expect(try scratch.inventory() == before)
    let report = try GCPass(store, profile: profile, now: later).run()
    let done = try scratch.sqlite("SELECT key || ' ' || reason FROM eviction_log ORDER BY id")
    #expect(named == done.split(separator: "\n").map(String.init))
    #expect(plan.removed == report.removed)
  }

  @Test(arguments: Policy.allCases) func readsInTheJournalCount(policy: Policy) throws {
    for key in ["a", "b", "c", "d"] {
      try store.put(
        Entry(
          key: try Key(key), data: [0xc0], format: "msgpack", expiry: .never,
          info: Entry.Info(created: noon, keepUntil: .never, size: 1, origin: .set)))
    }
    for key in ["a", "b"] {
      AccessJournal(store: store.path)
        .append(.hit, try Key(key), profile: "p", at: noon.plus(seconds: 60))
    }
    var profile = Profile(name: "p")
    (profile.evictionPolicy, profile.maxStoreItems) = (policy, 2)
    var named: [String] = []
    _ = try GCPass(try scratch.reopened(), profile: profile, now: noon.plus(seconds: 100)).plan {
      (key, _, _) throws(Failure) in named.append(key.text)
    }
    #expect(named == ["c", "d"])
  }
}
