/// What the kernel gave the process: arguments, environment, user.
struct Call {
  /// Pointers to C strings.
  let arguments: UnsafeRawPointer
  /// The number of arguments, the name of the program among them.
  let count: Int
  /// Pointers to C strings; a null pointer ends them.
  let environment: UnsafeRawPointer
  var user: UInt32 = 0
  var effectiveUser: UInt32 = 0
  var group: UInt32 = 0
  var effectiveGroup: UInt32 = 0

  @inline(__always)
  static func string(_ strings: UnsafeRawPointer, _ index: Int) -> UnsafeRawPointer? {
    strings.load(
      fromByteOffset: index &* MemoryLayout<UnsafeRawPointer>.size, as: UnsafeRawPointer?.self)
  }

  /// An argument; nil if there are not this many.
  @inline(__always)
  func argument(_ index: Int) -> Bytes? {
    guard index >= 0, index < count, let start = Self.string(arguments, index) else { return nil }
    return Bytes(c: start)
  }

  /// The value of a variable: the first that has the name, as for the library.
  func variable(_ name: Bytes) -> Bytes? {
    guard name.count > 0 else { return nil }
    var index = 0
    while index < Front.entryLimit, let entry = Self.string(environment, index) {
      var at = 0
      while at < name.count, entry.load(fromByteOffset: at, as: UInt8.self) == name[at] {
        at &+= 1
      }
      if at == name.count, entry.load(fromByteOffset: at, as: UInt8.self) == 0x3d {
        return Bytes(c: entry + at + 1)
      }
      index &+= 1
    }
    return nil
  }

  func variable(_ name: StaticString) -> Bytes? { variable(Bytes(name)) }
}
