internal import Glibc
internal import System

/// A path that a traced command used, with its states before the first use and at the end.
package struct TracedInput: Equatable, Sendable {
  /// The absolute path.
  package var path: [UInt8]
  /// Before the first use.
  package var before: FileState
  /// When all had ended.
  package var after: FileState
  /// A digest of the contents before they were changed, or of a directory's names at first.
  package var digest: [UInt8]?
  package var isUnsettled: Bool
  private var use: Use

  /// Takes over the uses of the same path in another way.
  package mutating func merge(_ other: TracedInput) {
    use.formUnion(other.use.subtracting([.itself, .readFirst]))
    digest = digest ?? other.digest
  }

  /// Whether its names were listed.
  package var isListed: Bool { use.contains(.listed) }
  /// Whether the link itself was used, not what it leads to.
  package var isItself: Bool { use.contains(.itself) }
  /// Whether its times count.
  package var isTimed: Bool { use.contains(.timed) }
  /// Whether no digest stands in for an unchanged status.
  package var isExact: Bool { use.contains(.exact) }
  /// Whether the command may have changed, created or removed it.
  package var isChanging: Bool { !use.isDisjoint(with: .changing) }
  /// Whether it was read before the command changed it.
  package var isReadFirst: Bool { use.contains(.readFirst) }
  /// Whether it was used in another way than to change it.
  package var isUsed: Bool { !use.isDisjoint(with: [.looked, .read, .listed]) }

  /// A digest of a regular file's bytes as the tracer makes it, 16 bytes; nil if it cannot be read.
  package static func contents(_ path: UnsafePointer<CChar>) -> [UInt8]? {
    InputSet.contents(path).map { digest in
      withUnsafeBytes(of: digest) { Array($0) }
    }
  }

  /// Appends an item as the report has it, with its state now.
  static func append(
    _ item: InputSet.Item, _ path: UnsafePointer<CChar>, to bytes: inout [UInt8]
  ) {
    bytes.append(little: item.use.rawValue)
    bytes.append((item.digest == nil ? 0 : 1) | (item.isUnsettled ? 2 : 0))
    item.state.append(to: &bytes)
    FileState(path, itself: item.use.contains(.itself)).append(to: &bytes)
    bytes.append(little: item.digest?.0 ?? 0)
    bytes.append(little: item.digest?.1 ?? 0)
    bytes.append(little: UInt32(item.length))
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: path, count: Int(item.length)))
  }

  /// Decodes the items of a report; nil if they are not complete.
  package static func decode(_ bytes: [UInt8], count: Int) -> [TracedInput]? {
    bytes.withUnsafeBytes { all in
      var reader = FieldReader(all)
      var items: [TracedInput] = []
      for _ in 0..<count {
        guard let item = TracedInput(&reader) else { return nil }
        items.append(item)
      }
      return items
    }
  }

  private init?(_ reader: inout FieldReader) {
    guard let use = reader.number(UInt16.self), let flags = reader.number(UInt8.self),
      let before = FileState(&reader), let after = FileState(&reader),
      let digest = reader.slice(16),
      let path = reader.counted()
    else { return nil }
    self.use = Use(rawValue: use)
    (self.before, self.after, self.path) = (before, after, Array(path))
    self.digest = flags & 1 == 0 ? nil : Array(digest)
    isUnsettled = flags & 2 != 0
  }
}
