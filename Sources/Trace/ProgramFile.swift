internal import Glibc

/// What the kernel opens by itself to execute a program.
enum ProgramFile {
  /// Writes the path of the interpreter of a script or of an ELF file.
  ///
  /// - Returns: its length; nil if the file needs none.
  static func interpreter(
    of path: UnsafePointer<CChar>, into result: UnsafeMutablePointer<CChar>
  ) -> Int? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer -> Int? in
      let count = read(file, buffer.baseAddress, 4095)
      guard count >= 4 else { return nil }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      let name = bytes[0] == 0x23 && bytes[1] == 0x21 ? ofScript(bytes) : ofObject(bytes)
      guard let name, let start = bytes.baseAddress, !name.isEmpty, name.count < 4095 else {
        return nil
      }
      memcpy(result, start + name.lowerBound, name.count)
      result[name.count] = 0
      return result[0] == 0x2f ? name.count : nil
    }
  }

  private static func ofScript(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    var start = 2
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    var end = start
    while end < bytes.count, ![0x20, 0x09, 0x0a].contains(bytes[end]) { end += 1 }
    return start..<end
  }

  /// The program header of type 3, PT_INTERP, of a 64-bit file.
  private static func ofObject(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    guard bytes.count >= 64, bytes[..<4].elementsEqual([0x7f, 0x45, 0x4c, 0x46]), bytes[4] == 2
    else {
      return nil
    }
    func number<T: FixedWidthInteger>(_ at: Int, _: T.Type) -> Int? {
      guard at >= 0, at <= bytes.count - MemoryLayout<T>.size else { return nil }
      return Int(exactly: T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self)))
    }
    guard let table = number(32, UInt64.self), let size = number(54, UInt16.self),
      let count = number(56, UInt16.self), table < bytes.count
    else { return nil }
    for index in 0..<count {
      let at = table + index * size
      guard let type = number(at, UInt32.self), let start = number(at + 8, UInt64.self) else {
        return nil
      }
      guard type == 3 else { continue }
      guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
      return start..<end
    }
    return nil
  }
}
