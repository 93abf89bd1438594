internal import CFront

/// stdin of the caller, as far as it decides whether a recording may be served: the library's
/// `StandardInput` and `ServingTerms`.
struct Input {
  private enum Kind {
    case null, stream, socket, file
  }

  private var kind = Kind.null
  private var offset = 0
  private var size: Int64 = 0
  private let descriptor: Int

  /// - Returns: nil if the whole program has to say what it is.
  init?(_ descriptor: Int, isNone: Bool) {
    self.descriptor = descriptor
    if isNone { return }
    var status = front_stat()
    let getFlags = 3
    let mode = Syscall.call(front_sys_fcntl, descriptor, getFlags)
    let (accessMode, writeOnly, onlyPath) = (3, 1, 0o10000000)
    guard Syscall.status(of: descriptor, &status) == 0, mode >= 0,
      mode & accessMode != writeOnly, mode & onlyPath == 0
    else { return }
    switch status.type {
    case front_stat.regular:
      guard isOnOrdinaryFileSystem else { return nil }
      (kind, size) = (.file, status.size)
      offset = max(0, Syscall.call(front_sys_lseek, descriptor, 0, 1))
    case 0o010000: kind = .stream
    case 0o140000: kind = .socket
    case 0o020000:
      // /dev/null, or a terminal; other devices have data that cannot be in a key.
      guard status.special == 0x103 || Self.isTerminal(descriptor) else { return nil }
    case 0o060000: return nil
    default: return
    }
  }

  static func isTerminal(_ descriptor: Int) -> Bool {
    // struct termios has 60 bytes at most.
    var attributes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      0, 0, 0, 0, 0, 0, 0, 0
    )
    return withUnsafeMutablePointer(to: &attributes) {
      Syscall.call(front_sys_ioctl, descriptor, 0x5401, Syscall.address($0)) == 0
    }
  }

  /// Whether the file is on a file system whose contents the kernel does not make up.
  private var isOnOrdinaryFileSystem: Bool {
    var status = front_statfs()
    let result = withUnsafeMutablePointer(to: &status) {
      Syscall.call(front_sys_fstatfs, descriptor, Syscall.address($0))
    }
    guard result == 0 else { return false }
    switch status.kind & 0xffff_ffff {
    // ext, xfs, btrfs, f2fs, zfs, bcachefs, overlay, tmpfs, ramfs, nfs
    case 0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0xca45_1a4e, 0x794c_7630,
      0x0102_1994, 0x8584_58f6, 0x6969:
      return true
    default: return false
    }
  }

  /// The kind of an input with nothing to read, as an entry has it: 0 for `/dev/null`, 1 for a
  /// closed pipe, 2 for a file at its end; nil if there may be something.
  private var emptiness: UInt32? {
    switch kind {
    case .null: return 0
    case .file: return Int64(offset) >= size ? 2 : nil
    case .stream: return isAtEnd(hangUp: 0x10) ? 1 : nil
    case .socket: return isAtEnd(hangUp: 0x2010) ? 1 : nil
    }
  }

  private func isAtEnd(hangUp: Int16) -> Bool {
    var state = front_poll()
    state.descriptor = Int32(truncatingIfNeeded: descriptor)
    // POLLIN and POLLRDHUP
    state.events = 0x2001
    var noTime = front_time()
    let result = withUnsafeMutablePointer(to: &state) { state in
      withUnsafeMutablePointer(to: &noTime) {
        Syscall.call(front_sys_ppoll, Syscall.address(state), 1, Syscall.address($0))
      }
    }
    guard result >= 0, state.found & 0x2010 != 0 else { return false }
    var waiting: Int32 = 0
    _ = withUnsafeMutablePointer(to: &waiting) {
      Syscall.call(front_sys_ioctl, descriptor, 0x541b, Syscall.address($0))
    }
    return waiting == 0
  }

  /// Whether a recording made with a kind of input may be served to this call.
  func admits(_ recorded: UInt32) -> Bool {
    switch recorded {
    case 0, 1, 2: return emptiness == recorded
    case 3: return true
    // In the middle of a file that the caller itself reads.
    case 6: return kind == .file && offset > 0 && emptiness == nil
    // The contents are in the key, and the offset has to be moved.
    default: return false
    }
  }
}
