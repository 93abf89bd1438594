internal import Cachetronomy
internal import Glibc
internal import System

/// How a watched file enters the key.
enum FileView {
  /// `--file`: by its contents.
  case contents
  /// `--mtime`: by inode, size, mtime and ctime.
  case identity
}

/// Digests files, and trees of files, for `--file` and `--mtime`.
struct FileTree {
  let view: FileView
  /// Leaves out directories, modes and lock files: a tree of Git's refs.
  var isOfRefs = false
  private let probe: Probe

  init(_ view: FileView, _ probe: Probe, isOfRefs: Bool = false) {
    self.view = view
    self.probe = probe
    self.isOfRefs = isOfRefs
  }

  /// Returns a digest of the tree below a directory.
  ///
  /// Each entry consists of its path from the root, its kind and mode, and its value: the digest of
  /// a file, or the target of a symbolic link, which is not followed. Directories, devices, FIFOs
  /// and sockets have no value; the last three are never opened.
  func digest(_ root: [UInt8], _ status: stat, _ budget: inout FileBudget) -> [UInt8] {
    var sum = Digest(size: 32)
    add([], root, status, to: &sum, &budget)
    return sum.finish()
  }

  private func add(
    _ place: [UInt8], _ path: [UInt8], _ status: stat, to sum: inout Digest,
    _ budget: inout FileBudget
  ) {
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    var names: [[UInt8]]? = []
    var reason: Int32 = 0
    if isDirectory {
      names = budget.names(in: path, probe)
      if names == nil { reason = errno }
    }
    if !isDirectory || !isOfRefs {
      var entry: [UInt8] = []
      entry.add(place)
      entry.append(little: isOfRefs ? 0 : UInt32(status.st_mode))
      entry.add(names == nil ? Self.unreadable(reason, status) : value(path, status))
      sum.update(entry)
    }
    for name in names ?? [] {
      if isOfRefs, name.ends(with: ".lock") { continue }
      let (place, path) = (PathPattern.join(place, name), PathPattern.join(path, name))
      var status = stat()
      if probe.status(path, &status, followsLinks: false) {
        add(place, path, status, to: &sum, &budget)
      } else {
        var entry: [UInt8] = []
        let reason = errno
        entry.add(place)
        entry.append(little: UInt32.max)
        entry.append(little: reason)
        sum.update(entry)
      }
    }
  }

  /// Returns the value of a tree entry in the digest.
  private func value(_ path: [UInt8], _ status: stat) -> [UInt8] {
    if view == .identity { return status.identity }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return probe.digest(path, flags: O_NOFOLLOW) ?? Self.unreadable(errno, status)
    case S_IFLNK: return probe.target(path) ?? Self.unreadable(errno, status)
    default: return []
    }
  }

  /// Returns the value of a file that cannot be read, which is longer than any digest.
  static func unreadable(_ reason: Int32, _ status: stat) -> [UInt8] {
    Invocation.bytes(Int64(reason)) + status.identity
  }
}

extension stat {
  /// Inode, size, mtime and ctime, the times in nanoseconds: 48 bytes.
  var identity: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(little: UInt64(st_ino))
    bytes.append(little: Int64(st_size))
    for time in [st_mtim, st_ctim] {
      bytes.append(little: Int64(time.tv_sec))
      bytes.append(little: Int64(time.tv_nsec))
    }
    return bytes
  }
}

extension [UInt8] {
  /// Whether the bytes end with `text`.
  func ends(with text: StaticString) -> Bool {
    let end = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return suffix(end.count).elementsEqual(end)
  }
}
