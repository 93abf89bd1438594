internal import Cachetronomy
internal import Glibc
internal import System

/// Digests of files by device, inode, size, mtime and ctime, so that no file is read twice while it
/// is unchanged.
///
/// A file next to the database, `<database>-digests`: a hash table of records, each with a
/// checksum, so that reading and writing take no lock. A record that is torn or missing costs one
/// more reading of the file it is about.
final class DigestCache {
  /// What a record is found by.
  struct Stamp: Hashable {
    var (device, inode): (UInt64, UInt64)
    var size: Int64
    /// Nanoseconds since 1970.
    var (modified, changed): (Int64, Int64)

    init(_ status: stat) {
      (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
      size = Int64(status.st_size)
      (modified, changed) = (status.st_mtim.nanoseconds, status.st_ctim.nanoseconds)
    }
  }

  private var known: [Stamp: [UInt8]] = [:]
  private var learned: [Stamp] = []
  private var path: String?
  private var file: OwnedFile?
  private var isOpened = false
  private var stamps = SettledStamps()

  init() {}

  /// Looks digests up next to a store from now on.
  func read(beside store: String) {
    if path == nil { path = Self.path(of: store) }
  }

  /// The digest of an unchanged file; nil if it is not known.
  func digest(_ status: stat) -> [UInt8]? {
    let stamp = Stamp(status)
    if let digest = known[stamp] { return digest }
    open()
    guard let descriptor = file?.descriptor, let bytes = Self.bucket(of: stamp, in: descriptor)
    else {
      return nil
    }
    let digest = Self.records(bytes).lazy.compactMap { $0 }.first { $0.stamp == stamp }?.digest
    if let digest { known[stamp] = digest }
    return digest
  }

  /// A digest of an open regular file's bytes, whose offset is not moved.
  ///
  /// - Parameter path: of the file, to tell its file system.
  /// - Returns: nil if it cannot be read, with the reason in `errno`.
  func digest(_ file: Int32, _ path: [UInt8], _ status: stat) -> [UInt8]? {
    if let digest = digest(status) { return digest }
    let now = SettledStamps.now()
    var (before, after) = (stat(), stat())
    guard fstat(file, &before) == 0, let digest = Digest.of(descriptor: file) else { return nil }
    guard fstat(file, &after) == 0, Stamp(before) == Stamp(after), after.st_nlink > 0,
      stamps.isSettled(before, before: now), stamps.isLocal(path, before)
    else { return digest }
    learn(Stamp(before), digest)
    return digest
  }

  func learn(_ stamp: Stamp, _ digest: [UInt8]) {
    known[stamp] = digest
    learned.append(stamp)
  }

  // MARK: the file

  // Checksum of what follows (8), device, inode, size, mtime, ctime (8 each), digest (32).
  private static let recordSize = 80
  private static let digestSize = 32
  private static let ways = 4
  private static let bucketSize = recordSize * ways
  /// 16 384 records, 1.3 MB.
  private static let buckets: UInt64 = 4096

  private static func path(of store: String) -> String { store + "-digests" }

  /// Opens the file at its first use.
  private func open() {
    guard let path, !isOpened else { return }
    isOpened = true
    file = Self.open(path, O_RDONLY)
  }

  private static func open(_ path: String, _ flags: Int32) -> OwnedFile? {
    guard let file = OwnedFile(path, flags), file.hasOneName else { return nil }
    return file
  }

  /// Writes what was learned next to a store that exists.
  func write(beside store: String) {
    if learned.isEmpty { return }
    defer { learned = [] }
    guard let file = Self.open(Self.path(of: store), O_RDWR | O_CREAT) else { return }
    for stamp in learned {
      guard let digest = known[stamp], digest.count == Self.digestSize else { continue }
      let way = Self.place(for: stamp, in: Self.bucket(of: stamp, in: file.descriptor) ?? [])
      let record = Self.encode(stamp, digest)
      let offset = Self.offset(of: stamp) + off_t(way * Self.recordSize)
      _ = record.withUnsafeBytes { pwrite(file.descriptor, $0.baseAddress, $0.count, offset) }
    }
  }

  /// Which record of a bucket is replaced: an older one of the same file, one that holds nothing,
  /// or any.
  private static func place(for stamp: Stamp, in bucket: [UInt8]) -> Int {
    let records = records(bucket)
    let isSameFile = { (record: Record?) in
      record?.stamp.device == stamp.device && record?.stamp.inode == stamp.inode
    }
    return records.firstIndex(where: isSameFile) ?? records.firstIndex { $0 == nil }
      ?? Int(stamp.changed.magnitude % UInt64(ways))
  }

  private static func offset(of stamp: Stamp) -> off_t {
    let hash = (stamp.inode ^ stamp.device &* 0xff51_afd7_ed55_8ccd) &* 0x9e37_79b9_7f4a_7c15
    return off_t(hash >> 32 % buckets) * off_t(bucketSize)
  }

  private static func bucket(of stamp: Stamp, in file: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: bucketSize)
    let count = bytes.withUnsafeMutableBytes {
      pread(file, $0.baseAddress, $0.count, offset(of: stamp))
    }
    return count > 0 ? bytes : nil
  }

  struct Record {
    var stamp: Stamp
    var digest: [UInt8]
  }

  /// The records of a bucket; nil for each that holds nothing.
  private static func records(_ bytes: [UInt8]) -> [Record?] {
    bytes.withUnsafeBytes { bytes in
      (0..<ways).map { way in
        guard bytes.count >= (way + 1) * recordSize else { return nil }
        return decode(
          UnsafeRawBufferPointer(rebasing: bytes[way * recordSize..<(way + 1) * recordSize]))
      }
    }
  }

  static func encode(_ stamp: Stamp, _ digest: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(recordSize)
    for number in [0, stamp.device, stamp.inode] { bytes.append(little: number) }
    for number in [stamp.size, stamp.modified, stamp.changed] { bytes.append(little: number) }
    bytes.append(contentsOf: digest)
    let sum = bytes.withUnsafeBytes {
      Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[8...]))
    }
    bytes.put(little: sum, at: 0)
    return bytes
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) -> Record? {
    var reader = FieldReader(bytes)
    guard bytes.count == recordSize, let sum = reader.number(UInt64.self), sum != 0,
      sum == Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: bytes[8...])),
      let device = reader.number(UInt64.self), let inode = reader.number(UInt64.self),
      let size = reader.number(Int64.self), let modified = reader.number(Int64.self),
      let changed = reader.number(Int64.self), let digest = reader.slice(digestSize)
    else { return nil }
    var stamp = Stamp(stat())
    (stamp.device, stamp.inode, stamp.size) = (device, inode, size)
    (stamp.modified, stamp.changed) = (modified, changed)
    return Record(stamp: stamp, digest: Array(digest))
  }
}
