internal import CPOSIX
internal import Glibc
internal import Synchronization
internal import System

/// Disk space that a store holds for the day when the disk is full: without some, SQLite can write
/// no log, and nothing could be removed.
///
/// A file next to the database, `<database>-reserve`, whose contents are never read. It is given up
/// only by a removal, and made again by the next writer that finds room.
enum Reserve {
  /// Bytes of the file: about 60 pages in the log, of which the removal of one entry takes 12 to
  /// 25.
  static let size: Int64 = 256 << 10
  /// Bytes of it that the log gets; the rest is for pages by which the database may have to grow.
  static let logShare: Int64 = size - 32 << 10

  /// Bytes of the header of a log's index (SQLite's "WAL-index").
  private static let indexHeaderSize = 136
  /// The descriptors of indexes that this process keeps, one for each store.
  private static let indexes = Mutex<[StoreFile.Identity: Int32]>([:])

  private static func file(of store: String) -> String { store + "-reserve" }

  /// Makes the reserve if it is not there.
  ///
  /// - Parameter store: the resolved path of the database.
  /// - Returns: false if there is no room for it.
  @discardableResult
  static func make(beside store: String) -> Bool {
    let path = file(of: store)
    var status = stat()
    if lstat(path, &status) == 0 {
      if Int64(status.st_size) == size { return true }
      // Its maker died. Files of other users are left alone.
      guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else { return true }
      unlink(path)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errno != ENOSPC && errno != EDQUOT }
    defer { close(descriptor) }
    Fault.reach()
    let code = posix_fallocate(descriptor, 0, off_t(size))
    if code != 0 { unlink(path) }
    return code != ENOSPC && code != EDQUOT
  }

  /// Whether there is none and no room to make one.
  static func isNeeded(beside store: String) -> Bool {
    var status = stat()
    if lstat(file(of: store), &status) == 0, Int64(status.st_size) == size { return false }
    let free = FileSystem(of: StoreFile.directory(of: store))?.free ?? .max
    return free < size * 2
  }

  /// Gives the reserve up.
  ///
  /// - Returns: false if there is none.
  static func release(beside store: String) -> Bool {
    let path = file(of: store)
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return unlink(path) == 0
  }

  /// On a nearly full disk, prevents SQLite from giving up the room of the log's index.
  ///
  /// The first process that opens a store truncates the index and rebuilds it; meanwhile another
  /// program may take its room. SQLite does not truncate an index that is locked, so it is emptied
  /// here in place and locked by a descriptor that stays open until the process ends: to close it
  /// would release SQLite's own locks on the file.
  static func keepIndex(of store: String) {
    let free = Int64(cachetronomy_filesystem_free(store))
    let path = store + "-shm"
    guard free >= 0, free < size * 2, let identity = StoreFile.identity(path) else { return }
    let index = indexes.withLock { known -> Int32 in
      if let descriptor = known[identity] { return descriptor }
      let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      if descriptor >= 0 { known[identity] = descriptor }
      return descriptor
    }
    guard index >= 0, lockIndex(index, F_WRLCK) else { return }
    let header = [UInt8](repeating: 0, count: indexHeaderSize)
    _ = pwrite(index, header, header.count, 0)
    _ = lockIndex(index, F_RDLCK)
  }

  /// Locks the byte by which SQLite's processes see whether one of them has the index open, by a
  /// lock that belongs to the descriptor.
  ///
  /// - Returns: false if another process has it.
  private static func lockIndex(_ descriptor: Int32, _ kind: Int32) -> Bool {
    var lock = flock(
      l_type: Int16(kind), l_whence: Int16(SEEK_SET), l_start: 128, l_len: 1, l_pid: 0)
    return fcntl(descriptor, 37 /* F_OFD_SETLK, behind _GNU_SOURCE */, &lock) == 0
  }

  /// Gives the log room beyond its end, so that no other process gets it.
  ///
  /// SQLite takes no POSIX lock on the log, so that one can be opened and closed here.
  static func extendLog(of store: String) {
    let descriptor = open(store + "-wal", O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    _ = cachetronomy_allocate(descriptor, 0, Int(status.st_size) + Int(logShare))
  }
}
