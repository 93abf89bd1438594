/// Where a server is: `redis://user@host:port/number`, `rediss://...`, `unix:///path?db=number`.
public struct RemoteAddress: Sendable, Equatable {
  /// How it is reached.
  public var place: Place
  /// The user name sent; nil for the server's default user.
  public var user: String?
  /// The password, if the text had one; never printed.
  public var password: String?
  /// The number of the database.
  public var database: Int32

  /// How a server is reached.
  public enum Place: Sendable, Equatable {
    /// By TCP, with TLS around it if so said.
    case network(host: String, port: UInt16, isSecure: Bool)
    /// By a socket file.
    case socket(path: String)
  }

  /// Reads a URL.
  ///
  /// - Throws: `Failure.badSetting` without the text, which may hold a password.
  public init(_ text: String) throws(Failure) {
    guard let colon = text.range(of: "://") else { throw Self.bad("want redis://host:port/number") }
    let scheme = text[..<colon.lower]
    var rest = text[colon.upper...]
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else {
      throw Self.bad("it holds blanks or control characters")
    }
    let end = scheme == "unix" ? rest.firstIndex(of: "@") : Self.authorityEnd(rest)
    if let end, scheme != "unix" || rest.first != "/" {
      let authority = scheme == "unix" ? rest[...end] : rest[..<end]
      if let at = authority.lastIndex(of: "@") {
        let words = authority[..<at].split(
          separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        user = words[0].isEmpty ? nil : try Self.decode(words[0])
        password = words.count > 1 ? try Self.decode(words[1]) : nil
        rest = rest[rest.index(after: at)...]
      }
    }
    switch scheme {
    case "redis", "rediss":
      let slash = rest.firstIndex(of: "/")
      let (host, port) = try Self.hostAndPort(slash.map { rest[..<$0] } ?? rest)
      place = .network(host: host, port: port, isSecure: scheme == "rediss")
      database = try Self.number(slash.map { rest[rest.index(after: $0)...] } ?? "")
    case "unix":
      let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      let path = try Self.decode(parts[0])
      guard path.hasPrefix("/"), path.utf8.count < 108 else {
        throw Self.bad("want unix:///path of at most 107 bytes")
      }
      place = .socket(path: path)
      let query = parts.count > 1 ? parts[1] : ""
      guard query.isEmpty || query.hasPrefix("db=") else { throw Self.bad("want ?db=number") }
      database = try Self.number(query.dropFirst(3))
    default: throw Self.bad("want redis://, rediss:// or unix://")
    }
  }

  /// The URL without a password.
  public var shown: String {
    let who = user.map { "\($0)@" } ?? ""
    switch place {
    case .network(let host, let port, let isSecure):
      let name = host.contains(":") ? "[\(host)]" : host
      return "redis\(isSecure ? "s" : "")://\(who)\(name):\(port)"
        + (database == 0 ? "" : "/\(database)")
    case .socket(let path):
      return "unix://\(who)\(path)" + (database == 0 ? "" : "?db=\(database)")
    }
  }

  private static func bad(_ why: String) -> Failure { .badSetting("remote url", why) }

  private static func authorityEnd(_ text: Substring) -> Substring.Index {
    text.firstIndex(of: "/") ?? text.endIndex
  }

  private static func hostAndPort(_ text: Substring) throws(Failure) -> (String, UInt16) {
    var (host, tail) = (text, Substring(""))
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { throw bad("'[' without ']'") }
      host = text[text.index(after: text.startIndex)..<close]
      tail = text[text.index(after: close)...]
    } else if let colon = text.lastIndex(of: ":") {
      (host, tail) = (text[..<colon], text[colon...])
    }
    guard !host.isEmpty, host.utf8.count < 256 else { throw bad("it names no host") }
    if tail.isEmpty { return (String(host), 6379) }
    guard tail.first == ":", let port = UInt16(tail.dropFirst()), port > 0 else {
      throw bad("want a port of 1 to 65535")
    }
    return (String(host), port)
  }

  private static func number(_ text: Substring) throws(Failure) -> Int32 {
    if text.isEmpty { return 0 }
    guard let number = Int32(text), number >= 0, text.first != "+" else {
      throw bad("want the number of a database behind the host")
    }
    return number
  }

  /// Text with `%40` and the like undone.
  private static func decode(_ text: Substring) throws(Failure) -> String {
    var bytes: [UInt8] = []
    var left = Array(text.utf8)[...]
    while let byte = left.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard left.count >= 2,
        let value = UInt8(String(decoding: left.prefix(2), as: UTF8.self), radix: 16), value > 0
      else { throw bad("'%' must be followed by two hexadecimal digits") }
      bytes.append(value)
      left = left.dropFirst(2)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw bad("it is not UTF-8") }
    return text
  }
}

extension String {
  fileprivate func range(of mark: String) -> (lower: Index, upper: Index)? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(mark) { return (at, index(at, offsetBy: mark.count)) }
      at = index(after: at)
    }
    return nil
  }
}
