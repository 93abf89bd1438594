internal import Synchronization
internal import System

/// Readable keys for calls, as the seed builds them: `name(argument=value, ...)`.
public struct CallKey: Sendable {
  /// The key of a call, its arguments sorted by name.
  ///
  /// Values are written as Python's `repr` spells them: `'text'`, `1`, `1.5`, `True`, `None`,
  /// `[1, 2]`, `{'a': 1}`.
  public static func of(
    _ name: String, _ arguments: [String: any Encodable & Sendable]
  ) throws(Failure) -> String {
    var parts: [String] = []
    for (argument, value) in arguments.sorted(by: { $0.key < $1.key }) {
      parts.append("\(argument)=\(repr(try ValueEncoder.encode(value)))")
    }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  /// A value as Python's `repr` spells it.
  static func repr(_ value: Value) -> String {
    switch value {
    case .null: return "None"
    case .bool(let flag): return flag ? "True" : "False"
    case .int(let number): return number.description
    case .uint(let number): return number.description
    case .double(let number):
      if number.isNaN { return "nan" }
      if number.isInfinite { return number > 0 ? "inf" : "-inf" }
      return number.description
    case .string(let text): return quote(text)
    case .bytes(let bytes), .extension(_, let bytes):
      return "b'" + bytes.map { escape(Unicode.Scalar($0), limit: 0x7f) }.joined() + "'"
    case .array(let items): return "[" + items.map(repr).joined(separator: ", ") + "]"
    case .map(let pairs):
      // A Swift dictionary has no own order: equal ones must give equal keys.
      let parts = pairs.map { "\(repr($0.key)): \(repr($0.value))" }.sorted()
      return "{" + parts.joined(separator: ", ") + "}"
    }
  }

  private static func quote(_ text: String) -> String {
    let mark = text.utf8.contains(0x27) && !text.utf8.contains(0x22) ? "\"" : "'"
    var result = mark
    for scalar in text.unicodeScalars {
      if scalar == "'", mark == "'" {
        result += "\\'"
      } else if scalar == "'" || scalar == "\"" {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar, limit: .max)
      }
    }
    return result + mark
  }

  private static func escape(_ scalar: Unicode.Scalar, limit: UInt32) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\\": return "\\\\"
    case "'" where limit != .max: return "\\'"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7f || (scalar.value > limit && limit != .max) {
        return "\\x" + Digest.hex([UInt8(truncatingIfNeeded: scalar.value)])
      }
      return String(Character(scalar))
    }
  }
}

extension Cachetronaut {
  /// The value of a call: from the cache, or computed once however many ask at the same time.
  ///
  /// A cached nil, empty or false result is a hit. An error of the body is thrown on and not kept;
  /// those who waited then compute themselves. Trouble with the cache never stops the body.
  ///
  /// - Parameters:
  ///   - name: the name of what is computed.
  ///   - arguments: what it depends on; their order makes no difference.
  ///   - ttl: how long the result is kept; without one the profile's.
  ///   - tags: tags of the result.
  ///   - version: a higher one makes older results misses.
  ///   - body: computes the value.
  public func memoize<T: Codable & Sendable>(
    _ name: String, _ arguments: [String: any Encodable & Sendable] = [:], ttl: TimeToLive? = nil,
    tags: [String]? = nil, version: Int64 = 1, _ body: () throws -> T
  ) throws -> T {
    let key = try Key(try CallKey.of(name, arguments))
    while true {
      if let found = try? get(key, as: Boxed<T>.self, version: version) { return found.value }
      let mine = Flight()
      let other = flights.withLock { flights -> Flight? in
        if let other = flights[key] { return other }
        flights[key] = mine
        return nil
      }
      guard let other else {
        defer {
          _ = flights.withLock { $0.removeValue(forKey: key) }
          mine.release()
        }
        // Another process may have landed between the lookup and the lock.
        if let found = try? get(key, as: Boxed<T>.self, version: version) { return found.value }
        let value = try body()
        try? set(key.text, Boxed(value: value), ttl: ttl, version: version, tags: tags)
        return value
      }
      other.wait()
      if let found = try? get(key, as: Boxed<T>.self, version: version) { return found.value }
    }
  }

  /// The key that `memoize` uses for a call.
  public func key(
    for name: String, _ arguments: [String: any Encodable & Sendable] = [:]
  ) throws(Failure) -> String { try CallKey.of(name, arguments) }
}

/// A result that may be nil, written as itself.
struct Boxed<T: Codable & Sendable>: Codable, Sendable {
  var value: T

  init(value: T) { self.value = value }

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    value = try single.decode(T.self)
  }

  func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    try single.encode(value)
  }
}
