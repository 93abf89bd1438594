internal import Cachetronomy
internal import Glibc
internal import System

/// Opens the directories of outputs, without following a symbolic link on the way.
///
/// Those on the way to the last one stay open: the next path mostly begins with them.
final class OutputDirectories {
  private struct Open {
    var name: [UInt8]
    var descriptor: Int32
    var isWritable = false
  }

  private let start: Int32
  private let root: Int32
  private var isAbsolute = false
  private var stack: [Open] = []

  /// - Parameter directory: where relative paths begin.
  init(_ directory: [UInt8]) {
    start = directory.withCPath { open($0, Self.handle) }
    root = open("/", Self.handle)
  }

  deinit {
    close(after: 0)
    if start >= 0 { Glibc.close(start) }
    if root >= 0 { Glibc.close(root) }
  }

  /// `O_PATH`, which is a macro that Swift does not see: it requires no right to read.
  private static let handle = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | 0o10_000_000

  /// The directory of a path.
  ///
  /// - Parameter isMade: whether missing ones are made.
  /// - Returns: a descriptor for `*at` calls, valid until the next call; -1 with the reason in `errno`.
  func parent(of path: [UInt8], isMade: Bool) -> Int32 {
    var names = path.split(separator: 0x2f)[...]
    _ = names.popLast()
    if isAbsolute != (path.first == 0x2f) {
      close(after: 0)
      isAbsolute = path.first == 0x2f
    }
    let known = zip(stack, names).prefix { $0.name.elementsEqual($1) }.count
    close(after: known)
    for name in names.dropFirst(known) {
      let name = Array(name)
      var next = name.withCPath { openat(last, $0, Self.handle) }
      if next < 0, errno == ENOENT, isMade {
        guard name.withCPath({ mkdirat(last, $0, 0o777) }) == 0 || errno == EEXIST else {
          return -1
        }
        Fault.reach()
        next = name.withCPath { openat(last, $0, Self.handle) }
      }
      guard next >= 0 else { return -1 }
      stack.append(Open(name: name, descriptor: next))
    }
    return last
  }

  /// Lets files be made in the directory opened last; the caller puts its mode right at the end.
  func allowWriting() {
    var status = stat()
    guard let directory = stack.last, !directory.isWritable else { return }
    stack[stack.count - 1].isWritable = true
    guard fstat(directory.descriptor, &status) == 0, status.st_mode & 0o300 != 0o300 else { return }
    let above = stack.dropLast().last?.descriptor ?? (isAbsolute ? root : start)
    _ = directory.name.withCPath { fchmodat(above, $0, status.st_mode & 0o7777 | 0o700, 0) }
  }

  private var last: Int32 { stack.last?.descriptor ?? (isAbsolute ? root : start) }

  private func close(after count: Int) {
    while stack.count > count { Glibc.close(stack.removeLast().descriptor) }
  }
}
