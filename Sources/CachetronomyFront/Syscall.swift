internal import CFront

/// Syscall calls; a result below 0 is an error number with its sign changed.
enum Syscall {
  static var workingDirectory: Int { -100 }
  static var closeOnExec: Int { 0o2000000 }
  /// For files of the tier: never a link, never waiting for the other end of a FIFO.
  static var reading: Int {
    closeOnExec | front_o_nofollow | 0o4000
  }

  @inline(__always)
  static func call(
    _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0,
    _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
  ) -> Int {
    front_call(number, a, b, c, d, e, f)
  }

  @inline(__always)
  static func address(_ pointer: UnsafeRawPointer) -> Int { Int(bitPattern: pointer) }

  static func open(_ path: UnsafeRawPointer, _ flags: Int, mode: Int = 0) -> Int {
    call(front_sys_openat, workingDirectory, address(path), flags, mode)
  }

  static func close(_ descriptor: Int) { _ = call(front_sys_close, descriptor) }

  /// - Returns: 0 or the error.
  static func status(
    _ path: UnsafeRawPointer, _ status: inout front_stat, followsLinks: Bool
  ) -> Int {
    withUnsafeMutablePointer(to: &status) {
      call(
        front_sys_newfstatat, workingDirectory, address(path), address($0),
        followsLinks ? 0 : 0x100)
    }
  }

  static func status(of descriptor: Int, _ status: inout front_stat) -> Int {
    withUnsafeMutablePointer(to: &status) {
      call(front_sys_fstat, descriptor, address($0))
    }
  }

  static func now() -> front_time {
    var time = front_time()
    _ = withUnsafeMutablePointer(to: &time) { call(front_sys_clock_gettime, 0, address($0)) }
    return time
  }

  static func waitToWrite(_ descriptor: Int) {
    var state = front_poll()
    state.descriptor = Int32(truncatingIfNeeded: descriptor)
    state.events = 4
    _ = withUnsafeMutablePointer(to: &state) { call(front_sys_ppoll, address($0), 1) }
  }
}

extension front_stat {
  static var regular: UInt32 { 0o100000 }

  @inline(__always)
  var type: UInt32 { mode & 0o170000 }
  @inline(__always)
  var modifiedNanoseconds: Int64 { modified &* 1_000_000_000 &+ modified_ns }
  @inline(__always)
  var changedNanoseconds: Int64 { changed &* 1_000_000_000 &+ changed_ns }

  /// Whether it is a regular file that the user alone owns.
  @inline(__always)
  func isFile(of user: UInt32) -> Bool { type == Self.regular && uid == user }

  /// Whether it is a directory that no other user can change.
  @inline(__always)
  func isPrivateDirectory(of user: UInt32) -> Bool {
    type == 0o040000 && uid == user && mode & 0o077 == 0
  }
}
