internal import Cachetronomy
internal import System

/// Names that say that a value is a secret: of variables, properties, parameters, headers, options.
///
/// Compares bytes: a set of texts takes longer to make than a hit has time for.
struct SecretNames {
  /// Patterns for more names, in capitals.
  var others: [Pattern] = []

  /// Whether the name of a variable, property, parameter, member or header says so.
  func isSecret(_ name: ByteText) -> Bool {
    Self.holdsMark(name) && !Self.isPlace(name) || isOther(name)
  }

  /// Whether a name is that of a place or a kind, as `PASSWORD_FILE` and `AUTH_TYPE` are.
  private static func isPlace(_ name: ByteText) -> Bool {
    switch ByteText.folded(name[name.count - 1]) {
    case UInt8(ascii: "E"): name.endsWithOne(of: "FILE _TYPE _MODE _SIZE")
    case UInt8(ascii: "H"): name.endsWithOne(of: "PATH _LENGTH")
    case UInt8(ascii: "R"): name.ends("_DIR")
    case UInt8(ascii: "Y"): name.ends("DIRECTORY")
    case UInt8(ascii: "K"): name.ends("SOCK")
    case UInt8(ascii: "D"): name.ends("_METHOD")
    case UInt8(ascii: "T"): name.ends("_COUNT")
    case UInt8(ascii: "M"): name.ends("_ALGORITHM")
    default: false
    }
  }

  /// By two letters immediately, since most names hold none of these.
  private static func holdsMark(_ name: ByteText) -> Bool {
    guard name.count > 2 else { return false }
    var pair = UInt16(name[0] & 0xdf)
    for at in 0..<name.count - 2 {
      pair = pair << 8 | UInt16(name[at + 1] & 0xdf)
      switch pair {
      case 0x544f, 0x5345, 0x5349, 0x5041, 0x5057, 0x5053, 0x4b45, 0x434f, 0x4352, 0x4155, 0x4a57,
        0x4245:
        if isMark(name, at) { return true }
      default: continue
      }
    }
    return false
  }

  /// Whether a mark is at a place, which is the first letters of one: TO, SE, SI, PA, PW, PS, KE,
  /// CO, CR, AU, JW or BE.
  private static func isMark(_ name: ByteText, _ at: Int) -> Bool {
    switch name[at] & 0xdf {
    case UInt8(ascii: "T"):
      name.has("TOKEN", at: at) && !name.has("IZ", at: at + 5) && !isQuantity(name, at)
    case UInt8(ascii: "S"):
      name.has("SECRET", at: at) && !name.has("ARY", at: at + 6)
        || name.has("SIG", at: at) && (isEnd(name, at, 3) || name.isEnd("NATURE", at: at + 3))
        || name.has("SESSIONID", at: at)
    case UInt8(ascii: "P"):
      name.has("PASS", at: at) && !name.hasOne(of: "IVE THROUGH ENGER AGE ES", at: at + 4)
        && !follows(name, at, "BY COM")
        || name.isEnd("PWD", at: at) && !follows(name, at, "OLD")
        || name.has("PAT", at: at) && at > 0 && isEnd(name, at, 3)
        || name.has("PSK", at: at) && isEnd(name, at, 3)
    case UInt8(ascii: "K"):
      name.has("KEY", at: at)
        && !name.hasOne(of: "BOARD WORD MAP FRAME SPACE SERVER STROKE CLOAK", at: at + 3)
        && !follows(name, at, "MON HOT TUR DON HOC JOC")
    case UInt8(ascii: "C"):
      name.hasOne(of: "CREDENTIAL CREDS COOKIE", at: at) && !name.has("CUTTER", at: at + 6)
    case UInt8(ascii: "A"):
      name.has("AUTH", at: at)
        && (!name.has("OR", at: at + 4) || name.hasOne(of: "ORIZ ORIS", at: at + 4))
    case UInt8(ascii: "J"): name.has("JWT", at: at)
    default: name.has("BEARER", at: at)
    }
  }

  /// `max_tokens` and alike.
  private static func isQuantity(_ name: ByteText, _ at: Int) -> Bool {
    name.isEnd("S", at: at + 5) && name.hasOne(of: "MAX MIN NUM TOTAL N_", at: 0)
  }

  /// Whether a mark of some size is a whole part of a name, up to its end.
  private static func isEnd(_ name: ByteText, _ at: Int, _ size: Int) -> Bool {
    at + size == name.count && (at == 0 || !ByteKind.isLetter(name[at - 1]))
  }

  /// Whether what is at a place is the end of another word.
  private static func follows(_ name: ByteText, _ at: Int, _ words: StaticString) -> Bool {
    name.part(0, at).endsWithOne(of: words)
  }

  /// Whether a user's own pattern is for a name, which may be an option.
  func isOther(_ name: ByteText) -> Bool {
    if others.isEmpty { return false }
    let capitals = name.drop { $0 == 0x2d }.map(ByteText.folded)
    return others.contains { $0.matches(capitals) }
  }

  // MARK: headers

  /// Whether a header holds a secret.
  ///
  /// - Parameter isGiven: whether an option says that it is a header; otherwise only a name counts
  ///   that nothing else has.
  func isHeader(_ name: ByteText, isGiven: Bool) -> Bool {
    if isGiven { return isSecret(name) }
    if name.isOne(of: "AUTHORIZATION PROXY-AUTHORIZATION COOKIE SET-COOKIE") { return true }
    guard name.count > 2, name.contains(0x2d), !name.contains(0x2e),
      name.has("X-", at: 0) || ByteKind.isCapital(name[0])
    else { return isOther(name) }
    return isSecret(name)
  }

  /// Whether a name in front of a `:` says so where that may as well be prose.
  func isProperty(_ name: ByteText) -> Bool {
    guard isSecret(name) else { return false }
    if name.hasOne(of: "PASSW PASSPH", at: 0) || isOther(name) { return true }
    return !name.isOne(
      of: "TOKEN KEY KEYS AUTH PASS SECRET COOKIE CREDENTIAL CREDENTIALS SIGNATURE")
      && !name.contains(0x2d)
  }

  // MARK: options

  /// What the value of a long option is, by the option's name without its dashes.
  ///
  /// By how the name ends: `--password-file` and `--key` take a path.
  func value(ofOption name: ByteText) -> SecretValue {
    if isOther(name) { return .whole }
    var size = name.count
    while size > 0, ByteKind.isDigit(name[size - 1]) { size -= 1 }
    let stem = name.part(0, size)
    guard size > 1 else { return .none }
    let found = Self.value(ofStem: stem)
    return found == .none || stem.hasOne(of: Self.flags, at: 0) ? .none : found
  }

  /// By the last letter first: most options end with none of these words.
  private static func value(ofStem name: ByteText) -> SecretValue {
    switch ByteText.folded(name[name.count - 1]) {
    case UInt8(ascii: "C"): name.ends("AUTH-BASIC") ? .userAndPassword : .none
    case UInt8(ascii: "D"): name.endsWithOne(of: "PASSWORD PASSWD PWD") ? .whole : .none
    case UInt8(ascii: "E"):
      if name.endsWithOne(of: "PASSPHRASE PASSCODE") {
        .whole
      } else {
        name.endsWithOne(of: "COOKIE SIGNATURE") ? .unlessPath : .none
      }
    case UInt8(ascii: "G"):
      name.endsWithOne(of: "CONNECTION-STRING CONNECTIONSTRING") ? .whole : .none
    case UInt8(ascii: "H"): name.ends("AUTH") ? .whole : .none
    case UInt8(ascii: "L"): name.ends("CREDENTIAL") ? .unlessPath : .none
    case UInt8(ascii: "N"):
      if name.ends("TOKEN") { .whole } else { name.ends("LOGIN") ? .userAndPassword : .none }
    case UInt8(ascii: "P"): name.isSame("OTP") ? .whole : .none
    case UInt8(ascii: "R"):
      if name.ends("HEADER") {
        .header
      } else if name.isOne(of: "USER PROXY-USER") {
        .userAndPassword
      } else {
        name.ends("BEARER") ? .whole : .none
      }
    case UInt8(ascii: "S"):
      if name.ends("PASS") {
        name.endsWithOne(of: "BYPASS COMPASS") ? .none : .source
      } else {
        name.endsWithOne(of: "CREDENTIALS CREDS") ? .unlessPath : .none
      }
    case UInt8(ascii: "T"):
      if name.ends("SECRET") { .whole } else { name.ends("JWT") ? .unlessPath : .none }
    case UInt8(ascii: "W"): name.isSame("PW") ? .whole : .none
    case UInt8(ascii: "Y"): valueOfKey(name)
    default: .none
    }
  }

  /// What options begin with that take no value.
  private static let flags: StaticString =
    "NO- ASK- SKIP- USE- WITH- SHOW- DISABLE- ENABLE- ALLOW- PROMPT- FORCE- WITHOUT- REQUIRE- PRINT-"

  /// `api-key`, `secret_key` and `accesskey`: other keys are files and columns more often.
  private static func valueOfKey(_ name: ByteText) -> SecretValue {
    guard name.ends("KEY") else { return .none }
    var size = name.count - 3
    if size > 0, name[size - 1] == 0x2d || name[size - 1] == 0x5f { size -= 1 }
    let stem = name.part(0, size)
    if stem.endsWithOne(of: "API SECRET ACCESS AUTH ACCOUNT SHARED MASTER STORAGE SUBSCRIPTION") {
      return .whole
    }
    let mayBePath: StaticString =
      "PRIVATE ENCRYPTION DECRYPTION SIGNING LICENSE SESSION SERVICE APP APPLICATION ADMIN SAS"
    return stem.endsWithOne(of: mayBePath) ? .unlessPath : .none
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a mark is at a place and nothing follows it.
  fileprivate func isEnd(_ mark: StaticString, at place: Int) -> Bool {
    place + mark.utf8CodeUnitCount == count && has(mark, at: place)
  }
}
