internal import CPOSIX

/// How a command uses a path.
struct Use: OptionSet {
  let rawValue: UInt16
  /// It was examined by `stat` or a similar call.
  static let looked = Use(rawValue: 1)
  /// It was read or executed.
  static let read = Use(rawValue: 2)
  /// Its names were listed.
  static let listed = Use(rawValue: 4)
  /// It was written to, or its attributes were changed.
  static let written = Use(rawValue: 8)
  /// It was created, or something was moved there.
  static let created = Use(rawValue: 16)
  /// It was removed or moved away.
  static let removed = Use(rawValue: 32)
  /// The link itself, not what it leads to.
  static let itself = Use(rawValue: 64)
  /// By a program that uses the times of files.
  static let timed = Use(rawValue: 128)
  /// Attributes were read that the contents and times do not tell.
  static let exact = Use(rawValue: 256)

  /// It was read, or opened for writing without being truncated, before it was changed.
  static let readFirst = Use(rawValue: 512)

  static let changing: Use = [.written, .created, .removed]
}

/// How the arguments of a system call name what it works on.
struct WatchedCall {
  enum Kind: UInt8 {
    case none
    /// A path, relative to a directory or to the working directory.
    case path
    /// The same with flags of `open`.
    case open
    /// `openat2`, whose flags are in memory.
    case openHow
    /// A path with flags of the `*at` calls.
    case at
    /// A program to execute.
    case execute
    /// A descriptor.
    case descriptor
    /// Two paths.
    case two
    /// Two paths, each relative to a directory.
    case twoAt
    /// The working directory changes.
    case changeDirectory, changeDirectoryTo
    /// A peer is named: the index of the address, of its length.
    case peer
    /// An own address is named.
    case address
    /// `sendmsg`, whose address is in memory.
    case message
    /// Free space, and the kind of file system.
    case statistics
    /// `clone3`, whose flags are in memory.
    case cloneHow
    /// A process is named.
    case process
    /// The name of the machine and the version of the kernel.
    case machine
    /// The result cannot be repeated.
    case refused
  }

  var kind = Kind.none
  /// The index of the directory; -1 is the working directory.
  var directory: Int8 = -1
  /// The index of the path.
  var path: Int8 = -1
  /// The index of the flags.
  var flags: Int8 = -1
  var use = Use()

  /// The calls that are watched, by their numbers.
  static let all: [(number: Int, call: WatchedCall)] = common + ofMachine

  private static func row(
    _ number: some BinaryInteger, _ kind: Kind, _ directory: Int8, _ path: Int8, _ use: Use,
    flags: Int8 = -1
  ) -> (number: Int, call: WatchedCall) {
    (
      Int(number),
      WatchedCall(kind: kind, directory: directory, path: path, flags: flags, use: use)
    )
  }

  private static let common = [
    row(SYS_openat, .open, 0, 1, .read, flags: 2), row(SYS_openat2, .openHow, 0, 1, .read),
    row(SYS_newfstatat, .at, 0, 1, .looked, flags: 3), row(SYS_statx, .at, 0, 1, .looked, flags: 2),
    row(SYS_faccessat, .path, 0, 1, .looked), row(SYS_faccessat2, .at, 0, 1, .looked, flags: 3),
    row(SYS_readlinkat, .path, 0, 1, [.looked, .itself]),
    row(SYS_execve, .execute, -1, 0, .read), row(SYS_execveat, .execute, 0, 1, .read, flags: 4),
    row(SYS_getdents64, .descriptor, 0, -1, .listed),
    row(SYS_unlinkat, .path, 0, 1, [.removed, .itself]),
    row(SYS_mkdirat, .path, 0, 1, [.created, .itself]),
    row(SYS_mknodat, .path, 0, 1, [.created, .itself]),
    row(SYS_symlinkat, .path, 1, 2, [.created, .itself]),
    row(SYS_renameat, .twoAt, 0, 1, [.removed, .itself]),
    row(SYS_renameat2, .twoAt, 0, 1, [.removed, .itself]),
    row(SYS_linkat, .twoAt, 0, 1, [.looked, .itself]),
    row(SYS_fchmodat, .path, 0, 1, .written), row(SYS_fchownat, .path, 0, 1, .written),
    row(SYS_utimensat, .path, 0, 1, .written), row(SYS_fchmod, .descriptor, 0, -1, .written),
    row(SYS_fchown, .descriptor, 0, -1, .written), row(SYS_truncate, .path, -1, 0, .written),
    row(SYS_setxattr, .path, -1, 0, .written),
    row(SYS_lsetxattr, .path, -1, 0, [.written, .itself]),
    row(SYS_fsetxattr, .descriptor, 0, -1, .written),
    row(SYS_removexattr, .path, -1, 0, .written),
    row(SYS_lremovexattr, .path, -1, 0, [.written, .itself]),
    row(SYS_fremovexattr, .descriptor, 0, -1, .written),
    row(SYS_getxattr, .path, -1, 0, [.looked, .exact]),
    row(SYS_lgetxattr, .path, -1, 0, [.looked, .itself, .exact]),
    row(SYS_listxattr, .path, -1, 0, [.looked, .exact]),
    row(SYS_llistxattr, .path, -1, 0, [.looked, .itself, .exact]),
    row(SYS_fgetxattr, .descriptor, 0, -1, [.looked, .exact]),
    row(SYS_flistxattr, .descriptor, 0, -1, [.looked, .exact]),
    row(SYS_chdir, .changeDirectory, -1, 0, .looked),
    row(SYS_fchdir, .changeDirectoryTo, 0, -1, .looked),
    row(SYS_inotify_add_watch, .path, -1, 1, .looked),
    row(SYS_connect, .peer, -1, 1, [], flags: 2), row(SYS_bind, .address, -1, 1, [], flags: 2),
    row(SYS_sendto, .peer, -1, 4, [], flags: 5), row(SYS_sendmsg, .message, -1, 1, []),
    row(SYS_sendmmsg, .message, -1, 1, []), row(SYS_statfs, .statistics, -1, 0, .looked),
    row(SYS_fstatfs, .statistics, 0, -1, .looked), row(SYS_clone3, .cloneHow, -1, -1, []),
    row(SYS_kill, .process, 0, -1, []), row(SYS_pidfd_open, .process, 0, -1, []),
    row(SYS_uname, .machine, -1, -1, []),
  ]

  /// Calls with effects or results that are not seen.
  static let refused: [(number: Int, name: StaticString)] = [
    (Int(SYS_io_uring_setup), "io_uring"), (Int(SYS_open_by_handle_at), "open_by_handle_at"),
    (Int(SYS_name_to_handle_at), "name_to_handle_at"), (Int(SYS_chroot), "chroot"),
    (Int(SYS_pivot_root), "pivot_root"), (Int(SYS_mount), "mount"), (Int(SYS_umount2), "umount"),
    (Int(SYS_fsopen), "fsopen"), (Int(SYS_fsmount), "fsmount"), (Int(SYS_fspick), "fspick"),
    (Int(SYS_open_tree), "open_tree"), (Int(SYS_move_mount), "move_mount"),
    (Int(SYS_mount_setattr), "mount_setattr"), (Int(SYS_setns), "setns"),
    (Int(SYS_unshare), "unshare"), (Int(SYS_shmget), "SysV IPC"), (Int(SYS_msgget), "SysV IPC"),
    (Int(SYS_semget), "SysV IPC"), (Int(SYS_mq_open), "mq_open"), (Int(SYS_ptrace), "ptrace"),
    (Int(SYS_pidfd_getfd), "pidfd_getfd"), (Int(SYS_bpf), "bpf"),
    (Int(SYS_perf_event_open), "perf_event_open"), (Int(SYS_fanotify_init), "fanotify"),
    (Int(SYS_add_key), "keyctl"), (Int(SYS_request_key), "keyctl"), (Int(SYS_keyctl), "keyctl"),
    (Int(SYS_init_module), "init_module"), (Int(SYS_finit_module), "finit_module"),
    (Int(SYS_swapon), "swapon"), (Int(SYS_acct), "acct"), (Int(SYS_quotactl), "quotactl"),
    (Int(SYS_process_vm_readv), "the memory of a process"),
    (Int(SYS_process_vm_writev), "the memory of a process"), (Int(SYS_quotactl_fd), "quotactl"),
    (Int(SYS_syslog), "syslog"), (Int(SYS_listen), "a server socket"),
  ]

  #if arch(x86_64)
    static let architecture: UInt64 = 0xc000_003e
    private static let ofMachine = [
      row(SYS_open, .open, -1, 0, .read, flags: 1),
      row(SYS_creat, .path, -1, 0, [.written, .created]), row(SYS_stat, .path, -1, 0, .looked),
      row(SYS_lstat, .path, -1, 0, [.looked, .itself]), row(SYS_access, .path, -1, 0, .looked),
      row(SYS_readlink, .path, -1, 0, [.looked, .itself]),
      row(SYS_unlink, .path, -1, 0, [.removed, .itself]),
      row(SYS_rmdir, .path, -1, 0, [.removed, .itself]),
      row(SYS_mkdir, .path, -1, 0, [.created, .itself]),
      row(SYS_mknod, .path, -1, 0, [.created, .itself]),
      row(SYS_rename, .two, -1, 0, [.removed, .itself]),
      row(SYS_link, .two, -1, 0, [.looked, .itself]),
      row(SYS_symlink, .path, -1, 1, [.created, .itself]),
      row(SYS_chmod, .path, -1, 0, .written), row(SYS_chown, .path, -1, 0, .written),
      row(SYS_lchown, .path, -1, 0, [.written, .itself]), row(SYS_utime, .path, -1, 0, .written),
      row(SYS_utimes, .path, -1, 0, .written), row(SYS_futimesat, .path, 0, 1, .written),
      row(SYS_getdents, .descriptor, 0, -1, .listed),
    ]
  #else
    static let architecture: UInt64 = 0xc000_00b7
    private static let ofMachine: [(number: Int, call: WatchedCall)] = []
  #endif

  /// One above the highest number that is watched.
  static let limit = 1024

  /// The calls by number.
  static func table() -> [WatchedCall] {
    var table = [WatchedCall](repeating: WatchedCall(), count: limit)
    for (number, call) in all { table[number] = call }
    for (number, _) in refused { table[number].kind = .refused }
    return table
  }
}
