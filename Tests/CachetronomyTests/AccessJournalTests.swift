import Glibc
import Testing

@testable import Cachetronomy
@testable import System

@Suite struct AccessJournalTests {
  private let scratch: Scratch
  private let store: Store
  private let journal: AccessJournal
  private let key: Key

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
    journal = AccessJournal(store: store.path)
    key = try Key("k")
  }

  private func record(
    _ kind: AccessJournal.Kind = .hit, _ key: String = "k", at time: Timestamp = noon,
    saved: Int64 = 0, profile: String = "p"
  ) -> AccessJournal.Record {
    .init(kind: kind, time: time, saved: saved, profile: profile, key: key)
  }

  private var segments: [String] {
    get throws { try scratch.inventory().filter { $0.hasPrefix("cache.db-access") } }
  }

  @Test func aRecordReadsBackAsItWasWritten() {
    for kind in AccessJournal.Kind.allCases {
      for (key, profile) in [("k", "p"), ("", ""), ("é😀\0\n", "ü"), ("run:ls -l#0", "ci")] {
        let record = record(kind, key, at: noon.plus(seconds: -1), saved: .max, profile: profile)
        #expect(AccessJournal.decode(AccessJournal.encode(record)) == [record])
      }
    }
  }

  @Test func tornRecordsArePassedOver() {
    let (one, two, three) = (record(.hit, "one"), record(.absent, "two"), record(.stale, "three"))
    let bytes = AccessJournal.encode(two)
    for cut in 0..<bytes.count {
      let torn = AccessJournal.encode(one) + bytes.prefix(cut) + AccessJournal.encode(three)
      #expect(AccessJournal.decode(torn) == [one, three], "\(cut)")
      #expect(AccessJournal.decode(AccessJournal.encode(one) + bytes.prefix(cut)) == [one])
    }
  }

  @Test func damagedRecordsArePassedOver() {
    let (one, two) = (record(.hit, "one"), record(.hit, "two"))
    let bytes = AccessJournal.encode(one)
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(AccessJournal.decode(damaged + AccessJournal.encode(two)) == [two])
      }
    }
  }

  @Test func randomBytesAreNoRecords() {
    var random = FixedGenerator(seed: 14)
    #expect(AccessJournal.decode(random.bytes(200_000)) == [])
    #expect(AccessJournal.decode([UInt8](repeating: 0, count: 10_000)) == [])
    #expect(AccessJournal.decode([]) == [])
  }

  @Test func lookupsAreSummedUpByAFold() throws {
    for number in 1...3 {
      journal.append(
        .hit, key, profile: "p\(number)", saved: 10, at: noon.plus(seconds: Int64(number)))
    }
    journal.append(.stale, Key(stored: "old"), profile: "q", saved: 5, at: noon)
    for miss in [Miss.absent, .absent, .expired, .forced, .corrupt] {
      journal.append(AccessJournal.Kind(miss), key, profile: "p", at: noon)
    }
    try store.foldJournal(at: noon)
    let access = try #require(try store.access(of: key))
    #expect((access.count, access.profile) == (3, "p3"))
    #expect(access.last == noon.plus(seconds: 3).description)
    #expect(try store.access(of: Key(stored: "old"))?.count == 1)
    let counters = try store.counters()
    #expect(
      counters.counts == [.hit: 3, .stale: 1, .absent: 2, .expired: 1, .forced: 1, .corrupt: 1])
    #expect(counters.saved == 35)
    #expect(counters.hitRate == 4.0 / 9)
    #expect(try store.hottest(1).map(\.key) == ["k"])
    #expect(try segments == [])
  }

  @Test func foldingTwiceAddsOnce() throws {
    journal.append(.hit, key, profile: "p", at: noon)
    for _ in 0..<3 { try store.foldJournal(at: noon) }
    #expect(try store.access(of: key)?.count == 1)
    journal.append(.hit, key, profile: "p", at: noon)
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == 2)
    #expect(try scratch.sqlite("SELECT count(*) FROM state WHERE name GLOB 'segment/*'") == "0\n")
  }

  @Test func anEarlierReadDoesNotTakeTheLastOnesPlace() throws {
    journal.append(.hit, key, profile: "late", at: noon.plus(seconds: 9))
    try store.foldJournal(at: noon)
    journal.append(.hit, key, profile: "early", at: noon)
    try store.foldJournal(at: noon)
    let access = try #require(try store.access(of: key))
    #expect((access.count, access.profile) == (2, "late"))
    #expect(access.last == noon.plus(seconds: 9).description)
  }

  @Test func aSegmentOfAFolderKilledBeforeItsCommitIsCountedOnce() throws {
    try scratch.write(
      "cache.db-access.0123456789abcdef",
      AccessJournal.encode(record()) + AccessJournal.encode(record()))
    try store.foldJournal(at: noon)
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == 2)
    #expect(try segments == [])
  }

  @Test func aSegmentOfAFolderKilledAfterItsCommitIsNotCountedAgain() throws {
    let bytes = AccessJournal.encode(record())
    journal.append(.hit, key, profile: "p", at: noon)
    try store.foldJournal(at: noon)
    // As a kill between commit and unlink leaves it: the segment, and its mark.
    try scratch.write("cache.db-access.0123456789abcdef", bytes)
    try scratch.sqlite("INSERT INTO state VALUES ('segment/0123456789abcdef', \(bytes.count))")
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == 1)
    #expect(try segments == [])
    #expect(try scratch.sqlite("SELECT count(*) FROM state WHERE name GLOB 'segment/*'") == "0\n")
  }

  @Test func whatCameAfterTheCommittedPartIsCounted() throws {
    let bytes = AccessJournal.encode(record())
    try scratch.write("cache.db-access.0123456789abcdef", bytes + bytes)
    try scratch.sqlite("INSERT INTO state VALUES ('segment/0123456789abcdef', \(bytes.count))")
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == 1)
  }

  @Test func aSegmentThatAHitStillHoldsIsLeftForLater() throws {
    let name = "cache.db-access.0123456789abcdef"
    try scratch.write(name, AccessJournal.encode(record()))
    let descriptor = open(scratch(name), O_WRONLY | O_APPEND | O_CLOEXEC)
    try #require(descriptor >= 0 && flock(descriptor, LOCK_SH) == 0)
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key) == nil)
    #expect(try segments.count == 1)
    // Not by closing alone: a process that another test is about to start may hold a copy.
    flock(descriptor, LOCK_UN)
    close(descriptor)
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == 1)
  }

  @Test func otherFilesBesideTheStoreAreNoSegments() throws {
    let names = [
      "cache.db-access.short", "cache.db-access.0123456789abcdef0",
      "other.db-access.0123456789abcdef",
      "cache.db-accessX0123456789abcdef",
    ]
    for name in names { try scratch.write(name, AccessJournal.encode(record())) }
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key) == nil)
    for name in names { #expect(try scratch.read(name).count > 28) }
  }

  @Test func aLinkInThePlaceOfTheJournalIsNotFollowed() throws {
    try scratch.write("victim", "x")
    try #require(symlink("victim", scratch("cache.db-access")) == 0)
    journal.append(.hit, key, profile: "p", at: noon)
    #expect(try scratch.read("victim") == Array("x".utf8))
  }

  @Test func aLongJournalAsksToBeFolded() throws {
    #expect(!journal.append(.hit, key, profile: "p", at: noon))
    let record = AccessJournal.encode(record())
    let many = (AccessJournal.foldLimit / Int64(record.count)) + 1
    try scratch.write("cache.db-access", (0..<many).flatMap { _ in record })
    #expect(journal.append(.hit, key, profile: "p", at: noon))
    try store.foldJournal(at: noon)
    #expect(try store.access(of: key)?.count == many + 1)
  }

  @Test func aRemovalLogsHowOftenAKeyHadBeenRead() throws {
    try store.put(Entry(key: key, data: [0xc0], format: "msgpack", expiry: .never))
    for _ in 0..<4 { journal.append(.hit, key, profile: "p", at: noon) }
    try store.remove(.keys([key]), because: .user, profile: "p", at: noon)
    #expect(try store.evictions(limit: nil).map(\.accessCount) == [4])
  }
}

@Suite struct WriterLockTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func aSecondHolderIsToldThatItIsBusyWithinItsPatience() throws {
    let (one, two) = (
      try WriterLock(store: scratch.database, waiting: .polling),
      try WriterLock(store: scratch.database, waiting: .polling)
    )
    try one.acquire(within: 0)
    #expect(!two.tryAcquire())
    let start = MonotonicClock.now()
    let outcome = failure { () throws(Failure) in try two.acquire(within: 30) }
    let waited = MonotonicClock.now() - start
    #expect(outcome == .store(path: scratch.database, .busy, detail: "database is locked"))
    #expect(waited >= 30_000)
    one.release()
    try two.acquire(within: 0)
    #expect(!one.tryAcquire())
  }

  @Test func theFileStaysAndOnlyItsOwnerMayUseIt() throws {
    do {
      let lock = try WriterLock(store: scratch.database, waiting: .polling)
      try lock.acquire(within: 0)
    }
    #expect(try scratch.mode("cache.db.lock") == 0o600)
    // Whoever goes lets go.
    #expect(try WriterLock(store: scratch.database, waiting: .polling).tryAcquire())
  }

  @Test func aLinkInItsPlaceIsRefused() throws {
    try #require(symlink("/dev/null", scratch("cache.db.lock")) == 0)
    #expect(
      failure { () throws(Failure) in
        _ = try WriterLock(store: scratch.database, waiting: .polling)
      } != nil)
  }

  @Test func aWriteToAStoreThatIsLockedIsBusyAndReadsAreNot() throws {
    let key = try Key("k")
    let entry = Entry(key: key, data: [0xc0], format: "msgpack", expiry: .never)
    do { try scratch.store().put(entry) }
    let store = try #require(
      try Store.open(scratch.database, for: .writing(create: true), lockTimeout: 20))
    let lock = try WriterLock(store: store.path, waiting: .polling)
    try lock.acquire(within: 0)
    #expect(failure { () throws(Failure) in try store.put(entry) }?.storeProblem == .busy)
    #expect(
      failure { () throws(Failure) in
        try store.remove(.all, because: .user, profile: "p", at: noon)
      }?.storeProblem == .busy)
    #expect(try store.lookup(key, at: noon) == .hit(entry))
    lock.release()
    #expect(try store.put(entry))
  }

  @Test func aWriteWhileAForeignProgramHoldsTheDatabaseIsBusy() throws {
    let entry = Entry(key: try Key("k"), data: [0xc0], format: "msgpack", expiry: .never)
    let path = scratch.database
    let store = try #require(try Store.open(path, for: .writing(create: true), lockTimeout: 20))
    let other = try Connection(path: path, writable: true, busyTimeout: 0)
    try other.execute("BEGIN IMMEDIATE")
    #expect(failure { () throws(Failure) in try store.put(entry) }?.storeProblem == .busy)
    try other.execute("COMMIT")
    #expect(try store.put(entry))
  }
}
