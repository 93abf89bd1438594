import Testing

@testable import Cachetronomy
@testable import System

@Suite struct StoreVersionTests {
  /// On clocks so coarse that every time is the same, and with sizes that do not change: what is left
  /// is the header, and it has to tell every commit.
  @Test func everyCommitOfAForeignWriterChangesTheHeaderAlone() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    let foreign = try scratch.store().connection
    try foreign.execute("PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=40")
    try foreign.execute(
      "INSERT INTO cache VALUES ('k', 'x', 'json', '9999', '[]', 1, 'default')")
    let header = try #require(SharedHeader(store: store.path))
    var update = try foreign.prepare("UPDATE cache SET version = version + 1")
    // A commit into a log begun anew at the same place is the hard case: every 40 frames.
    var seen: [SharedHeader.Version] = []
    var same = 0
    for round in 0..<100_000 {
      try update.run()
      let stamp = header.stamp()
      if let last = seen.last, stamp == last { same += 1 }
      if round % 100 == 0, seen.contains(where: { $0 == stamp }) { same += 1 }
      if let stamp {
        if seen.count > 500 { seen.removeFirst(250) }
        seen.append(stamp)
      }
    }
    #expect(same == 0)
  }

  @Test func aStampIsReadAsItWasWritten() throws {
    let scratch = try Scratch()
    let store = try scratch.store()
    let header = try #require(SharedHeader(store: store.path))
    let stamp = try #require(StoreVersion(store: store.path, header))
    var bytes: [UInt8] = []
    stamp.append(to: &bytes)
    #expect(bytes.count == StoreVersion.size)
    let again = bytes.withUnsafeBytes { buffer -> StoreVersion? in
      var reader = FieldReader(buffer)
      return StoreVersion(&reader)
    }
    #expect(again == stamp)
  }
}
