internal import Cachetronomy
internal import Glibc
internal import System

/// The program that the first line of a script names after `#!`.
struct Interpreter: Equatable {
  /// As written in the script.
  var path: [UInt8]
  /// The rest of the line, which the kernel passes as one argument.
  var argument: [UInt8]

  /// The number of bytes of a file that the kernel reads for this.
  private static let limit = 256

  /// Whether a file begins with `#!`.
  static func isNeeded(for file: [UInt8], _ probe: Probe) -> Bool {
    read(file, probe) { buffer, count in
      count > 2 && buffer[0] == UInt8(ascii: "#") && buffer[1] == UInt8(ascii: "!")
    }
  }

  /// Reads the first line of a file.
  ///
  /// - Returns: nil if it names no interpreter or the file cannot be read.
  init?(of file: [UInt8], _ probe: Probe) {
    guard Self.isNeeded(for: file, probe) else { return nil }
    self.init(
      line: Self.read(file, probe) { buffer, count in
        Array(buffer[min(2, count)..<count].prefix { $0 != 0x0a && $0 != 0 })
      })
  }

  private static func read<T>(
    _ file: [UInt8], _ probe: Probe, _ body: (UnsafeMutableRawBufferPointer, Int) -> T
  ) -> T {
    withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { buffer in
      let descriptor = probe.open(file)
      guard descriptor >= 0 else { return body(buffer, 0) }
      defer { close(descriptor) }
      return body(buffer, max(0, pread(descriptor, buffer.baseAddress, limit, 0)))
    }
  }

  /// Parses the text after the `#!`.
  init?(line: [UInt8]) {
    let rest = line.drop(while: Self.isBlank)
    path = Array(rest.prefix { !Self.isBlank($0) })
    argument = Array(rest.dropFirst(path.count).drop(while: Self.isBlank))
    while let last = argument.last, Self.isBlank(last) { argument.removeLast() }
    if path.isEmpty { return nil }
  }

  /// The argument split as `env -S` does, with quotes removed.
  var words: [[UInt8]] {
    argument.split(whereSeparator: Self.isBlank).map { word in
      var word = word.filter { $0 != 0x22 && $0 != 0x27 }
      // `-S` and the string to split may be one argument.
      for start in ["-S", "-vS", "-iS", "--split-string="]
      where word.starts(with: start.utf8) && word.count > start.utf8.count {
        word.removeFirst(start.utf8.count)
      }
      return word
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d
  }
}
