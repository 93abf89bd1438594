internal import Glibc

/// A digest of the names in a directory with the types of their files, as a program that lists it
/// sees them.
///
/// A sum of digests: it does not depend on the order, and names can be added and left out.
package struct DirectoryNames: Equatable {
  private var sum: (UInt64, UInt64) = (0, 0)

  package static func == (one: DirectoryNames, other: DirectoryNames) -> Bool {
    one.sum == other.sum
  }

  /// Reads a directory.
  ///
  /// - Parameter leavesOut: whether a name does not count.
  /// - Returns: nil if it cannot be read.
  package init?(
    _ path: UnsafePointer<CChar>, leavingOut leavesOut: ([UInt8], UInt8) -> Bool = { _, _ in false }
  ) {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        Array(bytes.prefix { $0 != 0 })
      }
      if !leavesOut(name, entry.pointee.d_type) { add(name, entry.pointee.d_type) }
      errno = 0
    }
    guard errno == 0 else { return nil }
  }

  /// Adds a name with the type that `readdir` gives.
  package mutating func add(_ name: [UInt8], _ type: UInt8) {
    let digest = Digest.of(name + [0, type])
    digest.withUnsafeBytes { bytes in
      sum.0 &+= bytes.loadUnaligned(as: UInt64.self)
      sum.1 &+= bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }
  }

  /// The digest, 16 bytes.
  package var digest: [UInt8] { withUnsafeBytes(of: sum) { Array($0) } }
}
