internal import Glibc

/// The names in a directory with the types of their files, as a program that lists it sees them.
package enum DirectoryNames {
  /// A digest that does not depend on the order, 16 bytes; nil if it cannot be read.
  package static func digest(_ path: UnsafePointer<CChar>) -> [UInt8]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        Array(bytes.prefix { $0 != 0 })
      }
      names.append(name + [0, entry.pointee.d_type])
    }
    guard errno == 0 else { return nil }
    var sum = Digest(size: 16)
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) { sum.update(name) }
    return sum.finish()
  }
}
