internal import Glibc

/// The program that the first line of a script names, after `#!`.
struct Interpreter: Equatable {
  /// As the script spells it.
  var path: [UInt8]
  /// What follows it; the kernel passes this as one argument.
  var argument: [UInt8]

  /// As much of a file as the kernel reads for this.
  private static let limit = 256

  /// Reads the first line of a file; nil if it names no interpreter or cannot be read.
  init?(of file: [UInt8]) {
    let descriptor = file.withCPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let line = withUnsafeTemporaryAllocation(byteCount: Self.limit, alignment: 1) { buffer in
      let count = pread(descriptor, buffer.baseAddress, Self.limit, 0)
      guard count > 2, buffer[0] == UInt8(ascii: "#"), buffer[1] == UInt8(ascii: "!") else {
        return [UInt8]()
      }
      return Array(buffer[2..<count].prefix { $0 != 0x0a && $0 != 0 })
    }
    self.init(line: line)
  }

  /// Reads what follows the `#!`.
  init?(line: [UInt8]) {
    let rest = line.drop(while: Self.isBlank)
    path = Array(rest.prefix { !Self.isBlank($0) })
    argument = Array(rest.dropFirst(path.count).drop(while: Self.isBlank))
    while let last = argument.last, Self.isBlank(last) { argument.removeLast() }
    if path.isEmpty { return nil }
  }

  /// The argument in words, as `env -S` splits it; quotes are left out.
  var words: [[UInt8]] {
    argument.split(whereSeparator: Self.isBlank).map { word in
      var word = word.filter { $0 != 0x22 && $0 != 0x27 }
      // `-S` and what it splits may be one word.
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
