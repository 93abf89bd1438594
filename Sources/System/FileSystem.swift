internal import CPOSIX
internal import Glibc

/// The file system that a path is on.
package struct FileSystem: Sendable, Equatable {
  /// Its name, or its number if the name is unknown.
  package var name: String
  /// Whether other machines may use the same files, with locks and times that cannot be relied on.
  package var isShared: Bool
  /// Bytes left for us; nil if that is not known.
  package var free: Int64?

  /// Nil if unknown.
  package init?(of path: String) {
    let kind = cachetronomy_filesystem_kind(path)
    guard kind != 0 else { return nil }
    (name, isShared) = Self.known[kind] ?? ("0x" + String(kind, radix: 16), false)
    let left = cachetronomy_filesystem_free(path)
    free = left < 0 ? nil : Int64(left)
  }

  // The numbers of statfs(2).
  private static let known: [UInt: (String, Bool)] = [
    0xef53: ("ext4", false), 0x5846_5342: ("xfs", false), 0x9123_683e: ("btrfs", false),
    0xf2f5_2010: ("f2fs", false), 0x2fc1_2fc1: ("zfs", false), 0xca45_1a4e: ("bcachefs", false),
    0x794c_7630: ("overlay", false), 0x0102_1994: ("tmpfs", false), 0x8584_58f6: ("ramfs", false),
    0x6969: ("nfs", true), 0x517b: ("smb", true), 0xff53_4d42: ("cifs", true),
    0xfe53_4d42: ("smb2", true), 0x0102_1997: ("9p", true), 0x5346_414f: ("afs", true),
    0x00c3_6400: ("ceph", true), 0x6573_5546: ("fuse", true), 0x0116_1970: ("gfs2", true),
    0x7461_636f: ("ocfs2", true), 0x0bd0_0bd0: ("lustre", true),
  ]
}
