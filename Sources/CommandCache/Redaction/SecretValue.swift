internal import Cachetronomy
internal import System

/// Which part of an argument is a secret.
enum SecretValue: UInt8 {
  case none
  /// All of it.
  case whole
  /// All of it, if it is `user:password`, as other values of `-u` and `--user` are none.
  case userAndPassword
  /// A header's value, if the header's name says so.
  case header
  /// What follows the first `:`, `%`, `,` or `=`.
  case afterColon, afterPercent, afterComma, afterEquals
  /// All of it if it has a `=`; otherwise it is the name of a file.
  case pairs
  /// All of it unless it looks like the path of a file.
  case unlessPath
  /// A password as OpenSSL takes it: `pass:` and the password, but not `env:`, `file:`, `fd:`.
  case source
  /// Only what stands in one argument with the option.
  case joined
  /// A name: if that says so, the next argument is a secret.
  case nextByName
  /// The value of `/p:` and `/password:`.
  case slashOption
  /// What is between the first `/` and the last `@`, as in `user/password@database`.
  case afterSlash

  /// The secret part of an argument; nil if there is none.
  func range(in text: ByteText, _ names: SecretNames) -> Range<Int>? {
    let whole = text.isEmpty ? nil : 0..<text.count
    switch self {
    case .none, .nextByName: return nil
    case .whole, .joined: return whole
    case .userAndPassword: return Self.isUserAndPassword(text) ? whole : nil
    case .header: return Self.header(text, names)
    case .afterColon: return Self.after(0x3a, text)
    case .afterPercent: return Self.after(0x25, text)
    case .afterComma: return Self.after(0x2c, text)
    case .afterEquals: return Self.after(0x3d, text)
    case .pairs: return text.contains(0x3d) ? whole : nil
    case .unlessPath: return Self.isPath(text) ? nil : whole
    case .source:
      if text.has("PASS:", at: 0) { return text.count > 5 ? 5..<text.count : nil }
      // The number of a pass, as of ffmpeg.
      if text.count == 1, ByteKind.isDigit(text[0]) { return nil }
      return text.hasOne(of: "ENV: FILE: FD: STDIN", at: 0) ? nil : whole
    case .slashOption:
      guard text.hasOne(of: "/p: /password:", at: 0) else { return nil }
      return Self.after(0x3a, text)
    case .afterSlash:
      guard let slash = Self.after(0x2f, text), slash.lowerBound > 1 else { return nil }
      let end = text.lastIndex(of: 0x40) ?? text.count
      return end > slash.lowerBound ? slash.lowerBound..<end : nil
    }
  }

  private static func after(_ byte: UInt8, _ text: ByteText) -> Range<Int>? {
    let at = text.place(of: byte, from: 0)
    return at + 1 < text.count ? at + 1..<text.count : nil
  }

  private static func header(_ text: ByteText, _ names: SecretNames) -> Range<Int>? {
    let colon = text.place(of: 0x3a, from: 0)
    guard colon > 0, colon < text.count, names.isHeader(text.part(0, colon), isGiven: true)
    else { return nil }
    let start = text.place(from: colon + 1) { !ByteKind.isBlank($0) }
    return start < text.count ? start..<text.count : nil
  }

  /// Not two numbers, as of a user and a group, and no address.
  private static func isUserAndPassword(_ text: ByteText) -> Bool {
    let colon = text.place(of: 0x3a, from: 0)
    if colon == text.count || text.first == 0x2d || text.has("//", at: colon + 1) { return false }
    return !text.allSatisfy { ByteKind.isDigit($0) || $0 == 0x3a }
  }

  /// Whether an argument looks like the path of a file more than like a key.
  private static func isPath(_ text: ByteText) -> Bool {
    guard let first = text.first else { return false }
    if text.endsWithOne(of: ".PEM .KEY .JSON .CRT .CER .P8 .P12 .PFX .JKS .TXT .YAML .YML .CONF") {
      return true
    }
    if first == 0x40 || first == 0x7e || text.hasOne(of: "./ ../ file:", at: 0) { return true }
    // A key in base 64 may begin with a slash.
    return first == 0x2f && text.count < 256 && !text.contains { $0 == 0x2b || $0 == 0x3d }
  }
}
