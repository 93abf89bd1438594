internal import CPOSIX
internal import Cachetronomy
internal import Glibc
internal import System

/// The kind of file that an existing path leads to, as far as a cache key is concerned.
enum NamedFile {
  case regular
  case directory
  /// A file whose contents can change without its metadata, and why.
  case volatile(String)

  init(_ path: [UInt8], _ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      self = Self.kernel(path, status).map { .volatile($0) } ?? .regular
    case S_IFDIR:
      self = Self.kernel(path, status).map { .volatile($0) } ?? .directory
    case S_IFIFO: self = .volatile("is a pipe")
    case S_IFSOCK: self = .volatile("is a socket")
    default: self = .volatile("is a device")
    }
  }

  /// Returns which kernel file system holds a path, as a phrase; nil if none does.
  private static func kernel(_ path: [UInt8], _ status: stat) -> String? {
    // Links in /proc that lead elsewhere differ between processes.
    if path.starts(with: "/proc/".utf8) { return "is in /proc" }
    // Only file systems without a block device have major number 0.
    guard status.st_dev >> 8 & 0xfff == 0, status.st_dev >> 44 == 0 else { return nil }
    return kernel(path.withCPath { cachetronomy_filesystem_kind($0) })
  }

  /// Returns which kernel file system has this type, as a phrase; nil for all others.
  ///
  /// - Parameter kind: the type as in statfs(2).
  static func kernel(_ kind: UInt) -> String? {
    switch kind {
    // procfs
    case 0x9fa0: return "is in /proc"
    // sysfs, debugfs, tracefs, cgroup, cgroup2, bpf, securityfs, pstore, efivarfs, configfs,
    // selinuxfs, smackfs, resctrl, fusectl
    case 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x27_e0eb, 0x6367_7270, 0xcafe_4a11, 0x7363_6673,
      0x6165_676c, 0xde5e_81e4, 0x6265_6570, 0xf97c_ff8c, 0x4341_5d53, 0x0765_5821, 0x6573_5543:
      return "is in /sys"
    // devpts, mqueue, binfmt_misc, rpc_pipefs, nsfs
    case 0x1cd1, 0x1980_0202, 0x4249_4e4d, 0x6759_6969, 0x6e73_6673:
      return "is on a file system of the kernel"
    default: return nil
    }
  }

  /// Whether a path is one of stdin, stdout and stderr, which are observed while the command runs.
  static func isStandardStream(_ path: [UInt8]) -> Bool {
    guard path.first == 0x2f, path.count <= 15 else { return false }
    switch String(decoding: path, as: UTF8.self) {
    case "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/0", "/dev/fd/1", "/dev/fd/2",
      "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2":
      return true
    default: return false
    }
  }

  /// Whether a device behaves the same for each reader: `/dev/null`, `/dev/zero` and `/dev/full`.
  static func isConstant(_ status: stat) -> Bool {
    memoryDevice(status).map { [null, 5, 7].contains($0) } ?? false
  }

  /// The minor number of `/dev/null`.
  static let null: UInt = 3

  /// Returns the minor number of a memory device such as `/dev/null`; nil for other files.
  static func memoryDevice(_ status: stat) -> UInt? {
    status.st_mode & S_IFMT == S_IFCHR && status.st_rdev >> 8 == 1 ? status.st_rdev & 0xff : nil
  }

  /// Whether an argument names a descriptor other than 0 to 2, which exists only in this call.
  static func namesDescriptor(_ word: [UInt8]) -> Bool {
    for mark in ["/dev/fd/", "/proc/self/fd/"] where word.holds(Array(mark.utf8)) {
      var at = 0
      while at + mark.utf8.count <= word.count {
        let rest = word[at...]
        at += 1
        guard rest.starts(with: mark.utf8) else { continue }
        let number = rest.dropFirst(mark.utf8.count).prefix { (0x30...0x39).contains($0) }
        if number.count != 1 || number.contains(where: { $0 > 0x32 }) { return true }
      }
    }
    return false
  }
}
