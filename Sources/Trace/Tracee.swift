internal import CPOSIX
internal import Glibc

/// Reads the paths that a stopped thread passes to the kernel, and keeps what is known of threads.
struct Tracee {
  /// The path found last, absolute, with a NUL at its end.
  let path = UnsafeMutablePointer<CChar>.allocate(capacity: 16384)
  private let text = UnsafeMutablePointer<CChar>.allocate(capacity: 4224)
  private let link = UnsafeMutablePointer<CChar>.allocate(capacity: 64)
  /// By thread: whether it is the command's, and whether its program uses the times of files.
  private let threads: UnsafeMutablePointer<UInt8>

  static let threadLimit = 1 << 22
  private static let isKnown: UInt8 = 1
  private static let isTimed: UInt8 = 2
  private static let isShell: UInt8 = 4
  private static let isWalker: UInt8 = 8
  private static let isExact: UInt8 = 16

  init() {
    // Only the pages of threads that exist are ever touched.
    let memory = mmap(
      nil, Self.threadLimit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0)
    if let memory, memory != MAP_FAILED {
      threads = memory.bindMemory(to: UInt8.self, capacity: Self.threadLimit)
    } else {
      threads = .allocate(capacity: Self.threadLimit)
      threads.initialize(repeating: 0, count: Self.threadLimit)
    }
  }

  private static func isValid(_ thread: Int) -> Bool { thread >= 0 && thread < threadLimit }

  /// Whether a process is the command's.
  func owns(_ thread: Int) -> Bool { Self.isValid(thread) && threads[thread] & Self.isKnown != 0 }

  func isTimed(_ thread: Int32) -> Bool {
    Self.isValid(Int(thread)) && threads[Int(thread)] & Self.isTimed != 0
  }

  func add(_ thread: Int32) {
    if Self.isValid(Int(thread)) { threads[Int(thread)] |= Self.isKnown }
  }

  /// A new thread or process runs its parent's program.
  func add(_ thread: Int, from parent: Int32) {
    guard Self.isValid(thread), Self.isValid(Int(parent)) else { return }
    threads[thread] = threads[Int(parent)] | Self.isKnown
  }

  func isShell(_ thread: Int32) -> Bool {
    Self.isValid(Int(thread)) && threads[Int(thread)] & Self.isShell != 0
  }

  func isExact(_ thread: Int32) -> Bool {
    Self.isValid(Int(thread)) && threads[Int(thread)] & Self.isExact != 0
  }

  func setExact(_ thread: Int32, _ isExact: Bool) { set(Self.isExact, thread, isExact) }

  func isWalker(_ thread: Int32) -> Bool {
    Self.isValid(Int(thread)) && threads[Int(thread)] & Self.isWalker != 0
  }

  func setWalker(_ thread: Int32, _ isWalker: Bool) { set(Self.isWalker, thread, isWalker) }
  func setTimed(_ thread: Int32, _ isTimed: Bool) { set(Self.isTimed, thread, isTimed) }
  func setShell(_ thread: Int32, _ isShell: Bool) { set(Self.isShell, thread, isShell) }

  private func set(_ bit: UInt8, _ thread: Int32, _ isSet: Bool) {
    guard Self.isValid(Int(thread)) else { return }
    if isSet { threads[Int(thread)] |= bit } else { threads[Int(thread)] &= ~bit }
  }

  func remove(_ thread: Int32) {
    if Self.isValid(Int(thread)) { threads[Int(thread)] = 0 }
  }

  /// The result of resolving a path.
  enum Resolved {
    /// The length of the path in `path`.
    case path(Int)
    /// The path is empty.
    case empty
    /// The kernel will refuse it as well.
    case invalid
    /// The memory or the descriptor could not be read.
    case unreadable
  }

  /// Resolves a path to an absolute one; `..` stays, since it may follow a link.
  func resolve(_ thread: Int32, _ directory: Int32, _ address: UInt64) -> Resolved {
    let count = read(thread, address)
    guard count > 0 else { return count == 0 ? .empty : count == -1 ? .invalid : .unreadable }
    var start = 0
    if text[0] != 0x2f {
      start = follow(thread, directory)
      guard start > 0 else { return directory == AT_FDCWD ? .unreadable : .invalid }
      path[start] = 0x2f
      start += 1
    }
    memcpy(path + start, text, count)
    return .path(tidy(start + count))
  }

  /// Copies a string of a thread into `text`.
  ///
  /// - Returns: its length; -1 if the address is not valid or it is too long, -2 if it cannot be
  ///   read.
  private func read(_ thread: Int32, _ address: UInt64) -> Int {
    if address == 0 { return -1 }
    var got = 0
    while got < 4096 {
      var count = min(4096 - Int((address &+ UInt64(got)) & 4095), 4096 - got)
      // Most paths are short.
      if got == 0, count > 256 { count = 256 }
      let read = cachetronomy_read_memory(thread, text + got, address &+ UInt64(got), count)
      guard read > 0 else { return read < 0 && errno == EFAULT ? -1 : -2 }
      if let end = memchr(text + got, 0, read) {
        return UnsafePointer(text).distance(to: end.assumingMemoryBound(to: CChar.self))
      }
      got += read
    }
    return -1
  }

  /// Copies bytes of a thread.
  func copy(_ thread: Int32, _ address: UInt64, to buffer: UnsafeMutableRawPointer, _ count: Int)
    -> Bool
  {
    cachetronomy_read_memory(thread, buffer, address, count) == count
  }

  /// Puts the path of a descriptor, or of the working directory, into `path`.
  ///
  /// - Returns: its length; 0 or less if there is none.
  func follow(_ thread: Int32, _ descriptor: Int32) -> Int {
    if descriptor == AT_FDCWD {
      _ = withVaList([thread]) { vsnprintf(link, 64, "/proc/%d/cwd", $0) }
    } else {
      _ = withVaList([thread, descriptor]) { vsnprintf(link, 64, "/proc/%d/fd/%d", $0) }
    }
    let count = readLink()
    return count > 0 && path[0] == 0x2f ? count : 0
  }

  /// Puts the path of a thread's program into `path`.
  func program(of thread: Int32) -> Int {
    _ = withVaList([thread]) { vsnprintf(link, 64, "/proc/%d/exe", $0) }
    return readLink()
  }

  /// Puts what `link` leads to into `path`.
  private func readLink() -> Int {
    let count = readlink(link, path, 4095)
    if count > 0 { path[count] = 0 }
    return count
  }

  /// Removes `//` and `/./`.
  private func tidy(_ count: Int) -> Int {
    var (to, from) = (0, 0)
    while from < count {
      let byte = path[from]
      if byte == 0x2f {
        if to > 0, path[to - 1] == 0x2f {
          from += 1
          continue
        }
        if from + 1 < count, path[from + 1] == 0x2e, from + 2 == count || path[from + 2] == 0x2f {
          if to == 0 {
            path[to] = byte
            to += 1
          }
          from += 2
          continue
        }
      }
      path[to] = byte
      (to, from) = (to + 1, from + 1)
    }
    while to > 1, path[to - 1] == 0x2f { to -= 1 }
    path[to] = 0
    return to
  }
}
