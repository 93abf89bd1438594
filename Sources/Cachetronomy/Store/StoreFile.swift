internal import Glibc
internal import System

/// The database as a file: found, judged, made.
///
/// Only SQLite ever opens it for reading or writing, since closing any other descriptor would drop
/// SQLite's locks in this process.
package enum StoreFile {
  /// What stands at the path.
  package enum Found: Equatable {
    case nothing
    case empty
    case database(foreign: Bool)
  }

  /// The path with every link resolved, so that all names of a store share one lock.
  package static func resolve(_ path: String) throws(Failure) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return try text(real)
    }
    guard errno == ENOENT else { throw io(path, errno) }
    // Not there yet: its directory decides.
    let cut = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = cut.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    guard !name.isEmpty, name != ".", name != ".." else {
      throw .store(path: path, .notOurs, detail: "is a directory")
    }
    let directory = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let real = realpath(directory, nil) else {
      if errno == ENOENT { return path }
      throw io(path, errno)
    }
    defer { free(real) }
    let parent = try text(real)
    return parent == "/" ? "/" + name : parent + "/" + name
  }

  /// Judges what stands at a resolved path.
  ///
  /// - Throws: for a file that must not be opened: a directory, a device, a second name of a file.
  static func inspect(_ path: String) throws(Failure) -> Found {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw io(path, errno) }
      try checkSides(of: path, owner: geteuid())
      return .nothing
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .store(path: path, .notOurs, detail: "is a directory")
    default: throw .store(path: path, .notOurs, detail: "is not a regular file")
    }
    guard status.st_nlink <= 1 else {
      throw .store(path: path, .notTrusted, detail: "the file has a second name (a hard link)")
    }
    try checkSides(of: path, owner: status.st_uid)
    if status.st_size == 0 { return .empty }
    return .database(foreign: status.st_uid != geteuid())
  }

  /// Checks the files next to a database that SQLite opens by itself: through a second name it
  /// would write into another file, at a pipe it would wait, and a planted log it would believe.
  private static func checkSides(of path: String, owner: uid_t) throws(Failure) {
    for suffix in ["-wal", "-shm", "-journal"] {
      var status = stat()
      guard lstat(path + suffix, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1,
        [owner, geteuid(), 0].contains(status.st_uid)
      else {
        throw .store(path: path, .notTrusted, detail: "'\(path + suffix)' is not its own file")
      }
    }
  }

  /// Makes the directories above a store, readable by us alone.
  static func makeDirectories(above path: String) throws(Failure) {
    var at = path.utf8.startIndex
    while let slash = path.utf8[at...].dropFirst().firstIndex(of: UInt8(ascii: "/")) {
      at = slash
      let directory = String(path[..<slash])
      if mkdir(directory, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES {
        throw io(path, errno)
      }
    }
  }

  /// Makes the empty file before SQLite does, which would leave it readable by others.
  static func create(_ path: String) throws(Failure) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return }
      throw io(path, errno)
    }
    close(descriptor)
  }

  /// What tells a file from another of the same name.
  package struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  /// Which file has a name now; nil if none has.
  static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  /// The files next to a path whose names begin with its name and a mark, in no order.
  static func siblings(of path: String, mark: String) -> [String] {
    let directory = directory(of: path)
    let parent = directory == "/" ? "/" : directory + "/"
    let prefix = path.dropFirst(path.hasPrefix(parent) ? parent.count : 0) + mark
    return names(in: directory).filter { $0.hasPrefix(prefix) }.map { parent + $0 }
  }

  /// The names in a directory, in no order.
  package static func names(in directory: String) -> [String] {
    names(in: Array(directory.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in a directory unchanged, which need not be text.
  package static func names(in directory: [UInt8]) -> [[UInt8]] {
    var found: [[UInt8]] = []
    _ = eachName(in: directory) {
      found.append($0)
      return true
    }
    return found
  }

  /// Calls a body with each name in a directory, in no order, until it returns false.
  ///
  /// - Returns: false if the directory cannot be read, with the reason in `errno`.
  package static func eachName(in directory: [UInt8], _ body: ([UInt8]) -> Bool) -> Bool {
    guard let stream = directory.withCPath({ opendir($0) }) else { return false }
    defer { closedir(stream) }
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
      if !body(name) { break }
    }
    return true
  }

  /// Bytes in the write-ahead log.
  static func walSize(_ path: String) -> Int64 {
    var status = stat()
    return stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
  }

  /// The directory of a resolved path.
  static func directory(of path: String) -> String {
    guard let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return cut == path.startIndex ? "/" : String(path[..<cut])
  }

  /// A path that SQLite and all files next to the store can be named by.
  private static func text(_ path: UnsafeMutablePointer<CChar>) throws(Failure) -> String {
    guard let text = String(validatingCString: path) else {
      throw .store(
        path: String(cString: path), .io, detail: "its path is not valid UTF-8")
    }
    return text
  }

  private static func io(_ path: String, _ number: Int32) -> Failure {
    let problem: StoreProblem =
      switch number {
      case EACCES, EROFS, EPERM: .readOnly
      case ENOSPC, EDQUOT: .full
      default: .io
      }
    return .store(path: path, problem, detail: SystemError.text(number))
  }
}
