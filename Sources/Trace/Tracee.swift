internal import CPOSIX
internal import Glibc

/// Reads the paths that a stopped thread passes to the kernel, and keeps what is known of threads.
struct Tracee {
  /// The path found last, absolute, with a NUL at its end.
  let path = UnsafeMutablePointer<CChar>.allocate(capacity: 16384)
  private let text = UnsafeMutablePointer<CChar>.allocate(capacity: 4224)
  private let link = UnsafeMutablePointer<CChar>.allocate(capacity: 64)
  /// What is known of each thread.
  private let threads: UnsafeMutablePointer<Traits>

  static let threadLimit = 1 << 22

  /// What is known of a thread and the program that it runs.
  struct Traits: OptionSet {
    let rawValue: UInt8
    /// It is the command's.
    static let known = Traits(rawValue: 1)
    /// Its program uses the times of files.
    static let timed = Traits(rawValue: 2)
    /// Its program is a shell, whose scripts may compare times.
    static let shell = Traits(rawValue: 4)
    /// Its program walks trees, and asks how a file system does that best.
    static let walker = Traits(rawValue: 8)
    /// Its program shows more of a file than its contents and times.
    static let exact = Traits(rawValue: 16)
  }

  init() {
    // Only the pages of threads that exist are ever touched.
    let memory = mmap(
      nil, Self.threadLimit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0)
    if let memory, memory != MAP_FAILED {
      threads = memory.bindMemory(to: Traits.self, capacity: Self.threadLimit)
    } else {
      threads = .allocate(capacity: Self.threadLimit)
      threads.initialize(repeating: [], count: Self.threadLimit)
    }
  }

  /// Nothing is known of a thread with a number that the kernel does not give.
  subscript(_ thread: Int) -> Traits {
    get { 0..<Self.threadLimit ~= thread ? threads[thread] : [] }
    nonmutating set { if 0..<Self.threadLimit ~= thread { threads[thread] = newValue } }
  }

  subscript(_ thread: Int32) -> Traits {
    get { self[Int(thread)] }
    nonmutating set { self[Int(thread)] = newValue }
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
    var end = setLink(thread, descriptor == AT_FDCWD ? "cwd" : "fd/")
    if descriptor != AT_FDCWD { end = append(number: descriptor, at: end) }
    link[end] = 0
    let count = readLink()
    return count > 0 && path[0] == 0x2f ? count : 0
  }

  /// Puts the path of a thread's program into `path`.
  func program(of thread: Int32) -> Int {
    link[setLink(thread, "exe")] = 0
    return readLink()
  }

  // Written by hand: a list of variadic arguments is an allocation at each relative path.

  /// Begins `link` with `/proc/`, a thread, and a name; returns its length.
  private func setLink(_ thread: Int32, _ name: StaticString) -> Int {
    var end = append("/proc/", at: 0)
    end = append(number: thread, at: end)
    return append(name, at: append("/", at: end))
  }

  private func append(_ text: StaticString, at start: Int) -> Int {
    memcpy(link + start, text.utf8Start, text.utf8CodeUnitCount)
    return start + text.utf8CodeUnitCount
  }

  private func append(number: Int32, at start: Int) -> Int {
    var (rest, power) = (max(0, number), Int32(1))
    while rest / power >= 10 { power *= 10 }
    var end = start
    while power > 0 {
      link[end] = CChar(48 + rest / power)
      rest %= power
      power /= 10
      end += 1
    }
    return end
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
