internal import Glibc
internal import System

/// Counts reads without a write to the database: a hit appends one record to
/// `<database>-access`; a writer folds the records into the tables occasionally, exactly once.
public struct AccessJournal {
  /// What one lookup was.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// A fresh entry was served.
    case hit = 1
    /// A stale entry was served.
    case stale = 2
    /// Nothing there.
    case absent = 3
    /// Expired.
    case expired = 4
    /// Asked not to look.
    case forced = 5
    /// Damaged.
    case corrupt = 6
    /// The remote had the result, next to the hit that it was.
    case remoteHit = 7
    /// The remote was asked and had none, next to the miss that it was.
    case remoteMiss = 8

    /// Those that are what a lookup was, exactly one for each lookup.
    public static let lookups: [Kind] = [.hit, .stale, .absent, .expired, .forced, .corrupt]

    /// The counter in the state table.
    var counter: String {
      switch self {
      case .hit: "hits"
      case .stale: "stale_hits"
      case .absent: "misses_absent"
      case .expired: "misses_expired"
      case .forced: "misses_forced"
      case .corrupt: "misses_corrupt"
      case .remoteHit: "remote_hits"
      case .remoteMiss: "remote_misses"
      }
    }

    /// The kind of a miss.
    public init(_ miss: Miss) {
      self =
        switch miss {
        case .absent: .absent
        case .corrupt: .corrupt
        case .expired: .expired
        case .forced: .forced
        }
    }
  }

  /// One lookup.
  package struct Record: Equatable {
    var kind: Kind
    var time: Timestamp
    /// What a hit saved, in microseconds.
    var saved: Int64
    var profile: String
    var key: String
  }

  /// The size from which a process that appended should fold, in bytes.
  static let foldLimit: Int64 = 1 << 20

  let path: String

  /// The journal of the store at a resolved path.
  public init(store: String) { path = store + "-access" }

  /// Appends one record.
  ///
  /// - Returns: true if the journal has grown this long that it should be folded.
  @discardableResult
  public func append(
    _ kind: Kind, _ key: Key, profile: String, saved: Int64 = 0, at time: Timestamp
  ) -> Bool {
    let bytes = Self.encode(
      Record(kind: kind, time: time, saved: saved, profile: profile, key: key.text))
    // A folder renames the segment, then locks it: a process that opened it before must check
    // again.
    for _ in 0..<3 {
      guard let file = OwnedFile(path, O_WRONLY | O_APPEND | O_CREAT) else { return false }
      guard flock(file.descriptor, LOCK_SH | LOCK_NB) == 0 else { continue }
      guard file.hasOneName else { return false }
      guard file.isNamed(path) else { continue }
      let written = bytes.withUnsafeBytes { write(file.descriptor, $0.baseAddress, $0.count) }
      return written == bytes.count && Int64(file.size) > Self.foldLimit
    }
    return false
  }

  // A record: check (4), key length (4), time (8), saved (8), kind (1), profile length (1),
  // mark (2), profile, key. The check is over all that follows it.
  private static let headSize = 28
  private static let mark: UInt16 = 0xacce

  static func encode(_ record: Record) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 0, 0]
    let profile = Array(record.profile.utf8.prefix(255))
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(UInt32(clamping: record.key.utf8.count))
    append(record.time.microseconds)
    append(record.saved)
    append(record.kind.rawValue)
    append(UInt8(profile.count))
    append(mark)
    bytes.append(contentsOf: profile)
    bytes.append(contentsOf: record.key.utf8)
    let check = UInt32(truncatingIfNeeded: Checksum.of(Array(bytes[4...])))
    withUnsafeBytes(of: check.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
    return bytes
  }

  /// The records in a segment; what a crash or a full disk tore is passed over.
  static func decode(_ bytes: [UInt8]) -> [Record] {
    var records: [Record] = []
    var at = 0
    bytes.withUnsafeBytes { buffer in
      while buffer.count - at >= headSize {
        guard let (record, size) = decode(buffer, at) else {
          at += 1
          continue
        }
        records.append(record)
        at += size
      }
    }
    return records
  }

  private static func decode(_ buffer: UnsafeRawBufferPointer, _ at: Int) -> (Record, Int)? {
    func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
      T(littleEndian: buffer.loadUnaligned(fromByteOffset: at + offset, as: T.self))
    }
    guard number(26, UInt16.self) == mark, let kind = Kind(rawValue: buffer[at + 24]) else {
      return nil
    }
    let (keySize, profileSize) = (Int(number(4, UInt32.self)), Int(buffer[at + 25]))
    let size = headSize + profileSize + keySize
    guard keySize <= Key.limit, size <= buffer.count - at else { return nil }
    let body = UnsafeRawBufferPointer(rebasing: buffer[at + 4..<at + size])
    var sum = Checksum()
    sum.update(body)
    guard UInt32(truncatingIfNeeded: sum.value) == number(0, UInt32.self) else { return nil }
    let names = at + headSize
    let record = Record(
      kind: kind, time: Timestamp(microseconds: number(8, Int64.self)),
      saved: number(16, Int64.self),
      profile: String(decoding: buffer[names..<names + profileSize], as: UTF8.self),
      key: String(decoding: buffer[names + profileSize..<at + size], as: UTF8.self))
    return (record, size)
  }
}
