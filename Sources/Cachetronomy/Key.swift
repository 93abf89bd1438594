internal import System

/// The name of an entry: not empty, valid UTF-8, at most 64 KiB.
public struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The key as it stands in the store.
  public let text: String

  /// The longest key, in bytes of UTF-8.
  public static let limit = 65_536

  /// A key from text.
  ///
  /// - Throws: `Failure.badKey` if it is empty or too long.
  public init(_ text: String) throws(Failure) {
    let length = text.utf8.count
    guard length > 0 else { throw .badKey("it is empty") }
    guard length <= Self.limit else {
      throw .badKey("\(length) bytes, the limit is \(ByteSize.text(Int64(Self.limit)))")
    }
    self.text = text
  }

  /// A key that is already in a store, whatever it is: Python allows the empty one.
  package init(stored text: String) { self.text = text }

  /// The key's text.
  public var description: String { text }

  /// The 32 hexadecimal digits that end the key of a recording; nil for any other key.
  public var digest: String? {
    let bytes = text.utf8
    guard text.hasPrefix("run:"), bytes.count > 36, bytes.dropLast(32).last == UInt8(ascii: "#")
    else { return nil }
    let digits = bytes.suffix(32)
    guard digits.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else {
      return nil
    }
    return String(decoding: digits, as: UTF8.self)
  }

  // Swift's == on strings calls canonically equivalent texts equal; the store compares bytes.
  /// Whether both are the same, byte for byte.
  public static func == (one: Key, other: Key) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }

  /// Whether the first comes before the second.
  public static func < (one: Key, other: Key) -> Bool {
    one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
  }
}
