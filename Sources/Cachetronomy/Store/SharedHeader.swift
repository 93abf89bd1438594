internal import Glibc
internal import Synchronization

/// A window on the WAL-index header that all processes share: it changes with every commit of
/// any process, so that 24 bytes tell whether the state in memory is still true.
///
/// The descriptor and the mapping are never given back: closing a descriptor of `-shm` would drop
/// the locks that SQLite holds on it in this process. There is one for each store of a process.
struct SharedHeader: Sendable {
  /// The part of the header that names a state: frames, checksum of the last one, salts.
  package struct Version: Equatable {
    var frames: UInt32
    var pages: UInt32
    var checksum: UInt64
    var salt: UInt64
  }

  // The mapping is read-only, shared and permanent: an address, not ownership.
  private let address: UInt

  private static let known = Mutex<[StoreFile.Identity: SharedHeader]>([:])

  /// The header of the store at a path; nil if there is no `-shm` file yet.
  init?(store: String) {
    let path = store + "-shm"
    var status = stat()
    guard stat(path, &status) == 0, status.st_size >= 136 else { return nil }
    let identity = StoreFile.Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    let found = Self.known.withLock { known -> SharedHeader? in
      if let header = known[identity] { return header }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0, fstat(descriptor, &status) == 0,
        UInt64(status.st_ino) == identity.inode,
        let start = mmap(nil, 136, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
      else { return nil }
      let header = SharedHeader(address: UInt(bitPattern: start))
      known[identity] = header
      return header
    }
    guard let found else { return nil }
    self = found
  }

  private init(address: UInt) { self.address = address }

  /// The state now; nil while another process is writing the header.
  func stamp() -> Version? {
    guard let start = UnsafeRawPointer(bitPattern: address) else { return nil }
    return Version(start)
  }
}

extension SharedHeader.Version {
  /// Both copies of the header, which is written twice; nil if they differ or it does not exist
  /// yet.
  fileprivate init?(_ start: UnsafeRawPointer) {
    guard start.load(fromByteOffset: 12, as: UInt8.self) != 0 else { return nil }
    let (one, other) = (Self.read(start), Self.read(start + 48))
    guard one == other else { return nil }
    self = one
  }

  private static func read(_ start: UnsafeRawPointer) -> Self {
    Self(
      frames: start.load(fromByteOffset: 16, as: UInt32.self),
      pages: start.load(fromByteOffset: 20, as: UInt32.self),
      checksum: start.load(fromByteOffset: 24, as: UInt64.self),
      salt: start.load(fromByteOffset: 32, as: UInt64.self))
  }

  /// The header of a store that this process has not opened: closing a descriptor of `-shm` would
  /// drop the locks that SQLite holds on it.
  init?(unopened store: String) {
    let descriptor = open(store + "-shm", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let found = withUnsafeTemporaryAllocation(byteCount: 96, alignment: 8) { buffer -> Self? in
      guard pread(descriptor, buffer.baseAddress, 96, 0) == 96, let start = buffer.baseAddress
      else { return nil }
      return Self(UnsafeRawPointer(start))
    }
    guard let found else { return nil }
    self = found
  }
}
