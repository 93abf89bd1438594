import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct RecordingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private typealias Piece = (stream: Cachetronomy.Stream, bytes: [UInt8])

  private func spool(_ pieces: [Piece], limit: Int64 = .max) -> OutputRecorder {
    let spool = OutputRecorder(directory: scratch.path, limit: limit)
    for (stream, bytes) in pieces { bytes.withUnsafeBytes { spool.append(stream, $0) } }
    spool.finish()
    return spool
  }

  private func encode(_ spool: OutputRecorder, argv: [[UInt8]] = [[0x61]], status: Int32 = 0) throws
    -> [UInt8]
  {
    try Recording.encode(
      argv: argv, directory: Array("/d".utf8), exitStatus: status, duration: 1_500_000, spool)
  }

  /// The entry of a spool, put into a store.
  private func put(_ spool: OutputRecorder, into store: Store) throws -> Entry {
    var id: [UInt8]?
    if !spool.isSmall {
      try store.putChunks(of: [1, 2, 3], spool.chunks())
      id = [1, 2, 3]
    }
    let entry = Entry(
      key: try Key("run:a#0"), data: try encode(spool), format: "msgpack", expiry: .never,
      info: Entry.Info(
        created: noon, keepUntil: .never, size: spool.bytes, origin: .run, recording: id))
    try store.put(entry)
    return try #require(try store.entry(entry.key))
  }

  /// What a replay gives, pieces of one stream in a row made one.
  private func replay(
    _ entry: Entry, _ store: Store, _ wanted: [Cachetronomy.Stream] = [.output, .errors]
  ) throws -> [Piece] {
    var pieces: [Piece] = []
    try Replay(entry, from: store).write(wanted) { stream, bytes throws(Failure) in
      if pieces.last?.stream == stream {
        pieces[pieces.count - 1].bytes += bytes
      } else {
        pieces.append((stream, Array(bytes)))
      }
      return true
    }
    return pieces
  }

  private func joined(_ pieces: [Piece]) -> [Piece] {
    pieces.reduce(into: []) { result, piece in
      if piece.bytes.isEmpty { return }
      if result.last?.stream == piece.stream {
        result[result.count - 1].bytes += piece.bytes
      } else {
        result.append(piece)
      }
    }
  }

  private func same(_ one: [Piece], _ other: [Piece]) -> Bool {
    one.elementsEqual(other) { $0.stream == $1.stream && $0.bytes == $1.bytes }
  }

  /// Pieces of random sizes on random streams.
  private func pieces(_ count: Int, upTo size: Int, seed: UInt64) -> [Piece] {
    var random = FixedGenerator(seed: seed)
    return (0..<count).map { _ in
      (random.next() % 3 == 0 ? .errors : .output, random.bytes(Int(random.next() % UInt64(size))))
    }
  }

  @Test(arguments: [
    (0, 1), (1, 100), (2, 1), (50, 40), (1000, 20), (20, 40_000), (40, 60_000), (300, 60_000),
    (3, 4_000_000),
  ]) func whatWasPrintedIsGivenBackInItsOrder(count: Int, size: Int) throws {
    let pieces = pieces(count, upTo: size, seed: UInt64(count))
    let spool = spool(pieces)
    let bytes = pieces.reduce(0) { $0 + $1.bytes.count }
    #expect(spool.isSmall == (bytes <= 1 << 20))
    let store = try scratch.store()
    let entry = try put(spool, into: store)
    #expect(same(try replay(entry, store), joined(pieces)))
    for stream in [Cachetronomy.Stream.output, .errors] {
      let alone = try replay(entry, store, [stream]).flatMap(\.bytes)
      #expect(alone == pieces.filter { $0.stream == stream }.flatMap(\.bytes))
    }
    let recording = try Recording(entry.data)
    #expect(recording.outputBytes + recording.errorBytes == Int64(bytes))
    #expect(recording.duration == 1_500_000)
  }

  @Test func aRecordingOfOneMiBStaysInItsRowAndOneByteMoreGoesToChunks() throws {
    let store = try scratch.store()
    for (extra, chunks) in [(0, "0\n"), (1, "5\n")] {
      let half = [UInt8](repeating: 7, count: 1 << 19)
      let spool = spool(
        [
          (.output, half), (.errors, Array(half.dropLast(extra))), (.output, [8]), (.errors, [9]),
        ].dropLast(extra == 0 ? 2 : 0))
      #expect(spool.isSmall == (extra == 0))
      let entry = try put(spool, into: store)
      #expect(try replay(entry, store).flatMap(\.bytes).count == Int(spool.bytes))
      let stored = try scratch.sqlite("SELECT count(*) FROM chunk")
      #expect((stored == "0\n") == (chunks == "0\n"))
    }
    // Nothing is left of the temporary files.
    #expect(try scratch.inventory().allSatisfy { $0.hasPrefix("cache.db") })
  }

  @Test func moreThanTheLimitIsNotCollected() {
    let spool = spool([(.output, [1, 2, 3]), (.errors, [4])], limit: 3)
    guard case .tooLarge? = spool.abandoned else {
      Issue.record("not abandoned")
      return
    }
    #expect(self.spool([(.output, [1, 2, 3])], limit: 3).abandoned == nil)
  }

  @Test func aDirectoryThatCannotBeWrittenIsNoMoreThanAReasonNotToKeep() {
    let spool = OutputRecorder(directory: "/nowhere", limit: .max)
    let bytes = [UInt8](repeating: 1, count: 2 << 20)
    bytes.withUnsafeBytes { spool.append(.output, $0) }
    guard case .failed? = spool.abandoned else {
      Issue.record("not abandoned")
      return
    }
  }

  @Test func theMapIsWhatTheDesignSays() throws {
    let data = try encode(
      spool([(.output, [0x61]), (.errors, [0xff]), (.output, [0x62])]),
      argv: [Array("ls".utf8), [0xff]], status: 3)
    let value = try MessagePackReader.decode(data)
    #expect(
      value
        == .map([
          (.string("argv"), .array([.string("ls"), .bytes([0xff])])),
          (.string("cwd"), .string("/d")), (.string("exit_status"), .int(3)),
          (.string("duration"), .double(1.5)),
          (.string("order"), .array([.int(1), .int(1), .int(2), .int(1), .int(1), .int(1)])),
          (.string("stdout"), .bytes([0x61, 0x62])), (.string("stderr"), .bytes([0xff])),
        ]))
    let recording = try Recording(data)
    #expect(recording.argv == [Array("ls".utf8), [0xff]])
    #expect((recording.exitStatus, recording.directory) == (3, Array("/d".utf8)))
  }

  @Test func aStreamThatNobodyReadsIsPassedOver() throws {
    let store = try scratch.store()
    let pieces = [Piece(.output, [1]), (.errors, [2]), (.output, [3]), (.errors, [4])]
    let entry = try put(spool(pieces), into: store)
    var given: [UInt8] = []
    try Replay(entry, from: store).write { stream, bytes throws(Failure) in
      given += bytes
      return stream == .errors
    }
    #expect(given == [1, 2, 4])
  }

  // MARK: damage

  @Test func everyPrefixOfARecordingIsBadValue() throws {
    let data = try encode(spool([(.output, [1, 2]), (.errors, [3])]))
    for count in 0..<data.count {
      let outcome = failure { () throws(Failure) in try Recording(Array(data.prefix(count))) }
      #expect(outcome?.isBadValue == true, "\(count)")
    }
    #expect(failure { () throws(Failure) in try Recording(data + [0xc0]) }?.isBadValue == true)
  }

  @Test func garbledRecordingsNeverTrapNorGiveMoreThanTheyHold() throws {
    let store = try scratch.store()
    let data = try encode(spool(pieces(20, upTo: 10, seed: 15)))
    var random = FixedGenerator(seed: 16)
    for _ in 0..<20_000 {
      var garbled = data
      for _ in 0..<3 {
        garbled[Int(random.next() % UInt64(data.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let entry = Entry(key: Key(stored: "k"), data: garbled, format: "msgpack", expiry: .never)
      guard let replay = try? Replay(entry, from: store) else { continue }
      var count = 0
      try replay.write { _, bytes throws(Failure) in
        count += bytes.count
        return true
      }
      #expect(count <= data.count)
    }
  }

  private func map(_ changes: (inout [String: Value]) -> Void) -> [UInt8] {
    var fields: [String: Value] = [
      "argv": .array([]), "cwd": .string("/"), "exit_status": .int(0), "duration": .double(0),
      "order": .array([.int(1), .int(2), .int(2), .int(1)]), "stdout": .bytes([1, 2]),
      "stderr": .bytes([3]),
    ]
    changes(&fields)
    return MessagePackWriter.encode(
      .map(fields.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }))
  }

  @Test func aMapThatIsWholeIsRead() throws {
    #expect(throws: Never.self) { try Recording(map { _ in }) }
  }

  @Test(arguments: [
    ("order", Value.array([.int(1), .int(2)])), ("order", .array([.int(1)])), ("order", .null),
    ("order", .array([.int(3), .int(1)])), ("order", .array([.int(1), .int(-1)])),
    ("order", .array([.int(1), .int(.max), .int(1), .int(.max), .int(2), .int(1)])),
    ("order", .array([.string("1"), .int(2), .int(2), .int(1)])), ("stdout", .bytes([1])),
    ("stderr", .bytes([])), ("stdout", .int(1)), ("exit_status", .int(256)),
    ("exit_status", .int(-1)), ("exit_status", .string("0")), ("duration", .int(1)),
    ("duration", .double(.nan)), ("duration", .double(.infinity)), ("duration", .double(-1)),
    ("duration", .double(1e300)), ("cwd", .int(1)), ("argv", .string("ls")), ("chunks", .int(0)),
    ("chunks", .int(-1)), ("chunks", .int(1)),
  ]) func aMapWhosePartsDoNotFitIsBadValue(name: String, value: Value) {
    let data = map { $0[name] = value }
    #expect(failure { () throws(Failure) in try Recording(data) }?.isBadValue == true)
  }

  @Test(arguments: ["argv", "cwd", "exit_status", "duration", "order", "stdout", "stderr"])
  func aMapWithAPartMissingIsBadValue(name: String) {
    let data = map { $0[name] = nil }
    #expect(failure { () throws(Failure) in try Recording(data) }?.isBadValue == true)
  }

  @Test(arguments: [
    "DELETE FROM chunk WHERE n = 1", "DELETE FROM chunk WHERE n = 0",
    "UPDATE chunk SET data = substr(data, 1, length(data) - 1) WHERE n = 1",
    "UPDATE chunk SET data = CAST(X'03' || substr(data, 2) AS BLOB) WHERE n = 0",
    "UPDATE chunk SET data = X'' WHERE n = 0", "UPDATE chunk SET data = X'01ffffffff' WHERE n = 0",
    "UPDATE chunk SET data = X'010100000061' WHERE n = 0", "DELETE FROM chunk",
  ]) func aLargeRecordingWithDamagedChunksIsBadValue(sql: String) throws {
    let store = try scratch.store()
    let entry = try put(spool(pieces(60, upTo: 60_000, seed: 17)), into: store)
    #expect(throws: Never.self) { try replay(entry, store) }
    try scratch.sqlite(sql)
    let outcome = failure { () throws(Failure) in _ = try Replay(entry, from: store) }
    #expect(outcome?.isBadValue == true)
  }

  @Test func aLargeRecordingWithoutItsIdIsBadValue() throws {
    let store = try scratch.store()
    var entry = try put(spool(pieces(60, upTo: 60_000, seed: 18)), into: store)
    entry.info = nil
    #expect(
      failure { () throws(Failure) in _ = try Replay(entry, from: store) }?.isBadValue == true)
  }

  @Test func aDeclaredCountOfChunksBeyondAllMeasureIsBadValue() throws {
    let store = try scratch.store()
    let data = map {
      $0["order"] = nil
      $0["chunks"] = .int(.max)
      $0["stdout_bytes"] = .int(.max)
      $0["stderr_bytes"] = .int(.max)
    }
    let entry = Entry(
      key: Key(stored: "k"), data: data, format: "msgpack", expiry: .never,
      info: Entry.Info(created: noon, keepUntil: .never, size: 0, origin: .run, recording: [9]))
    #expect(
      failure { () throws(Failure) in _ = try Replay(entry, from: store) }?.isBadValue == true)
  }
}
