internal import Glibc
internal import System

/// An entry as the memory tier has it: one file, never changed once it has its name, with what it
/// printed ready to be written out.
public struct HotEntry: ~Copyable {
  /// When it was stored.
  public let created: Timestamp
  /// When it stops being fresh.
  public let expiry: Timestamp
  /// What it took to make, in microseconds.
  public let cost: Int64
  /// The exit status of a recording; 0 for a value.
  public let exitStatus: Int32
  /// Whether it is what a command printed; otherwise it is a value.
  public let isRecording: Bool
  /// For a recording, who may be served with it.
  public let terms: ServingTerms

  private let file: UnsafeRawBufferPointer
  private let turns: Range<Int>
  private let payload: Range<Int>

  deinit { munmap(UnsafeMutableRawPointer(mutating: file.baseAddress), file.count) }

  // Magic (8), version (4), length of the key (4), checksum of all that follows (8), size (8),
  // created, expiry, cost (8 each), exit status (4), kind (4: 0 a value, 1 a recording, 2 one of
  // both streams in one), number of turns (8), how far the input was moved (8), kind of input (4),
  // number of outputs (4), key, outputs (8 each), turns, payload. A turn is a length times two,
  // plus one for standard error. A manifest may follow: see `TierDirectory.attach`.
  private static let magic: UInt64 = 0x7972_746e_6579_6e74
  private static let version: UInt32 = 3
  private static let headSize = 88

  /// The name of the file of a key.
  ///
  /// Two keys of one name only cost each other their place: the whole key is in the file.
  static func name(of key: Key) -> String {
    var text = key.text
    return text.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      var sum = Checksum()
      sum.update(bytes)
      let first = sum.value
      sum.update(bytes)
      return Digest.hex(
        withUnsafeBytes(of: (first.littleEndian, sum.value.littleEndian)) { Array($0) })
    }
  }

  /// Opens the file of a key.
  ///
  /// - Returns: nil if there is none, or it is damaged, of another version or of another key.
  init?(_ path: String, _ key: Key) {
    guard let file = OwnedFile(path), file.size >= Self.headSize else { return nil }
    let size = file.size
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.descriptor, 0),
      start != MAP_FAILED
    else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: size)
    guard let entry = Self.entry(in: bytes), let found = Self.read(entry, key) else {
      munmap(start, size)
      return nil
    }
    Self.touch(file.descriptor, file.status)
    (created, expiry, cost) = (found.created, found.expiry, found.cost)
    (exitStatus, isRecording, terms) = (found.exitStatus, found.isRecording, found.terms)
    (self.file, turns, payload) = (bytes, found.turns, found.payload)
  }

  private struct Head {
    var created, expiry: Timestamp
    var cost: Int64
    var exitStatus: Int32
    var isRecording: Bool
    var terms: ServingTerms
    var turns, payload: Range<Int>
  }

  /// The part of a file that is the entry; nil if it is none.
  static func entry(in file: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var reader = FieldReader(file)
    guard reader.number(UInt64.self) == magic, reader.number(UInt32.self) == version,
      reader.slice(12) != nil, let size = reader.number(UInt64.self), size >= UInt64(headSize),
      size <= UInt64(file.count)
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: file[..<Int(size)])
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, _ key: Key) -> Head? {
    var reader = FieldReader(bytes)
    guard reader.number(UInt64.self) == magic, reader.number(UInt32.self) == version,
      let keySize = reader.number(UInt32.self), let checksum = reader.number(UInt64.self),
      reader.number(UInt64.self) == UInt64(bytes.count), let created = reader.number(Int64.self),
      let expiry = reader.number(Int64.self),
      let cost = reader.number(Int64.self), let status = reader.number(Int32.self),
      let kind = reader.number(UInt32.self), kind <= 2, let count = reader.number(UInt64.self),
      let moved = reader.number(Int64.self), let inputKind = reader.number(UInt32.self),
      let outputCount = reader.number(UInt32.self), outputCount <= bytes.count / 8,
      let input = ServingTerms.input(kind: inputKind, moved: moved),
      let name = reader.slice(Int(keySize)), name.elementsEqual(key.text.utf8),
      count <= UInt64(bytes.count / 8),
      Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: bytes[24...])) == checksum
    else { return nil }
    var terms = ServingTerms()
    terms.input = input
    terms.isMerged = kind == 2
    for _ in 0..<outputCount {
      guard let print = reader.number(UInt64.self) else { return nil }
      terms.outputs.append(print)
    }
    let turns = reader.at..<reader.at + Int(count) * 8
    guard turns.upperBound <= bytes.count, (0...255).contains(status) else { return nil }
    var sum: UInt64 = 0
    for at in stride(from: turns.lowerBound, to: turns.upperBound, by: 8) {
      let turn = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      guard turn >> 1 <= UInt64(bytes.count) else { return nil }
      sum += turn >> 1
    }
    guard sum == UInt64(bytes.count - turns.upperBound) else { return nil }
    return Head(
      created: Timestamp(microseconds: created), expiry: Timestamp(microseconds: expiry),
      cost: cost, exitStatus: status, isRecording: kind != 0, terms: terms, turns: turns,
      payload: turns.upperBound..<bytes.count)
  }

  /// Notes the use: what was not used for the longest time leaves first.
  ///
  /// Once a minute is enough to tell.
  private static func touch(_ descriptor: Int32, _ status: stat) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    guard !(now.tv_sec - 60...now.tv_sec + 60).contains(status.st_atim.tv_sec) else { return }
    // The mtime stays: UTIME_OMIT, which is a macro that Swift does not see.
    let times = [now, timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)]
    futimens(descriptor, times)
  }

  /// Whether it may be served.
  ///
  /// - Parameter limit: how old a result may be, whatever its own expiry says.
  public func isFresh(at now: Timestamp, within limit: TimeToLive? = nil) -> Bool {
    Freshness(created: created, expiry: expiry).isFresh(at: now, within: limit)
  }

  /// Gives back what a command printed, as `run` does: a reader that left ends nothing.
  public func replay(to sink: Sink) throws(Failure) {
    Signals.blockFailedWrites()
    try write(to: sink)
  }

  /// Writes one or both streams in the order in which they were printed; a stream without a reader
  /// any more is passed over.
  public func write(output: Bool = true, errors: Bool = true, to sink: Sink) throws(Failure) {
    var (output, errors) = (output, errors)
    var unwritten: Failure?
    var at = payload.lowerBound
    for turn in stride(from: turns.lowerBound, to: turns.upperBound, by: 8) {
      let word = file.loadUnaligned(fromByteOffset: turn, as: UInt64.self).littleEndian
      let end = at + Int(word >> 1)
      let stream: Stream = word & 1 == 1 ? .errors : terms.isMerged ? .both : .output
      if stream == .errors ? errors : output {
        let piece = UnsafeRawBufferPointer(rebasing: file[at..<end])
        var isWritten = false
        do throws(Failure) {
          isWritten = try sink(stream, piece)
        } catch {
          // The other stream is written anyway.
          unwritten = unwritten ?? error
        }
        if !isWritten {
          if stream == .errors { errors = false } else { output = false }
        }
      }
      at = end
    }
    if let unwritten { throw unwritten }
  }
}

extension HotEntry {
  /// The file of an entry, whole.
  ///
  /// - Parameter replay: what a recording printed; without it the entry's own value is taken.
  /// - Returns: nil if it has no form in which `get` prints it, or is over the limit.
  static func encode(_ entry: Entry, _ replay: Replay?, limit: Int64) throws(Failure) -> [UInt8]? {
    let size = replay.map { $0.of.outputBytes + $0.of.errorBytes } ?? Int64(entry.data.count)
    guard size <= limit, size < 1 << 20 || MemoryPressure.hasRoom(for: size * 3) else { return nil }
    guard let (turns, payload) = try printed(entry, replay, size) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headSize + entry.key.text.utf8.count + turns.count * 8 + payload.count)
    bytes.append(little: magic)
    bytes.append(little: version)
    bytes.append(little: UInt32(clamping: entry.key.text.utf8.count))
    bytes.append(little: UInt64(0))
    bytes.append(little: UInt64(0))
    // A row of another program's has no own date: no limit may take it for young.
    bytes.append(little: entry.info?.created.microseconds ?? 0)
    bytes.append(little: entry.expiry.microseconds)
    bytes.append(little: entry.info?.cost ?? 0)
    bytes.append(little: replay?.of.exitStatus ?? 0)
    let terms = replay?.of.terms ?? ServingTerms()
    bytes.append(little: UInt32(replay == nil ? 0 : terms.isMerged ? 2 : 1))
    bytes.append(little: UInt64(turns.count))
    let (kind, moved) = terms.inputCode
    bytes.append(little: moved)
    bytes.append(little: kind)
    bytes.append(little: UInt32(clamping: terms.outputs.count))
    bytes.append(contentsOf: entry.key.text.utf8)
    for print in terms.outputs { bytes.append(little: print) }
    for turn in turns { bytes.append(little: turn) }
    bytes.append(contentsOf: payload)
    bytes.put(little: UInt64(bytes.count), at: 24)
    let sum = bytes.withUnsafeBytes {
      Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[24...]))
    }
    bytes.put(little: sum, at: 16)
    return bytes
  }

  /// What is printed, and the turns of the two streams: bytes of each, shifted by one, with 1 for
  /// errors; nil if the value has no printed form.
  private static func printed(
    _ entry: Entry, _ replay: Replay?, _ size: Int64
  ) throws(Failure) -> (turns: [UInt64], payload: [UInt8])? {
    var turns: [UInt64] = []
    var payload: [UInt8] = []
    payload.reserveCapacity(Int(size))
    if let replay {
      try replay.write { stream, bytes in
        let mark: UInt64 = stream == .errors ? 1 : 0
        if let last = turns.last, last & 1 == mark {
          turns[turns.count - 1] = last + UInt64(bytes.count) << 1
        } else {
          turns.append(UInt64(bytes.count) << 1 | mark)
        }
        payload.append(contentsOf: bytes)
        return true
      }
    } else {
      guard let printed = try? Payload.printed(entry, raw: false) else { return nil }
      payload = printed
      turns = [UInt64(printed.count) << 1]
    }
    return (turns, payload)
  }

  /// The size of the entry in a file, which a manifest may follow; nil if it is no entry.
  static func size(_ descriptor: Int32) -> Int64? {
    var head = [UInt8](repeating: 0, count: headSize)
    guard pread(descriptor, &head, headSize, 0) == headSize else { return nil }
    return head.withUnsafeBytes { bytes in
      var reader = FieldReader(bytes)
      guard reader.number(UInt64.self) == magic, reader.number(UInt32.self) == version,
        reader.slice(12) != nil
      else { return nil }
      return reader.number(UInt64.self).flatMap { Int64(exactly: $0) }
    }
  }

  /// The key of a file, for listings; nil if it is not an entry.
  static func key(of path: String) -> Key? {
    guard let file = OwnedFile(path) else { return nil }
    let descriptor = file.descriptor
    func read(_ count: Int, at place: Int) -> [UInt8]? {
      var bytes = [UInt8](repeating: 0, count: count)
      return pread(descriptor, &bytes, count, off_t(place)) == count ? bytes : nil
    }
    guard let head = read(headSize, at: 0) else { return nil }
    let size = head.withUnsafeBytes { bytes -> UInt32? in
      var reader = FieldReader(bytes)
      guard reader.number(UInt64.self) == magic, reader.number(UInt32.self) == version else {
        return nil
      }
      return reader.number(UInt32.self)
    }
    guard let size, size <= Key.limit, let name = read(Int(size), at: headSize) else { return nil }
    return String(validating: name, as: UTF8.self).map { Key(stored: $0) }
  }
}
