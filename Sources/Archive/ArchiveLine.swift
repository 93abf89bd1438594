internal import Cachetronomy
internal import System

/// One line of an archive as read: nothing in it is trusted before it is checked.
enum ArchiveLine {
  case entry(Entry, chunks: Int, digest: String)
  case chunk(Int, of: String, [UInt8])
  case profile(Profile)
  case log(Store.LogKind, Value)
  case active(String)
  case end(entries: Int64)

  /// What is wrong with a line.
  struct Flaw: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  /// Whether a line is the first of an archive.
  static func checkHeader(_ line: [UInt8]) throws(Flaw) {
    guard line.count < 4096, case .map(let pairs)? = try? JSONReader.decode(line),
      case .string("cachetronomy_export")? = pairs.first?.key
    else { throw Flaw("not an export of cachetronomy") }
    guard case .int(1)? = pairs.first?.value else {
      throw Flaw("made by a newer cachetronomy: unknown version of the format")
    }
  }

  private static let tail = Array(",\"digest\":\"".utf8)

  init(_ line: [UInt8]) throws(Flaw) {
    // The digest first: a damaged line is to be called damaged, whatever the damage looks like.
    let body = line.count - Self.tail.count - 34
    guard body > 0, line[body..<body + Self.tail.count].elementsEqual(Self.tail),
      line.suffix(2).elementsEqual("\"}".utf8)
    else { throw Flaw("cut short, or without a digest at its end") }
    var sum = Digest()
    line.withUnsafeBytes { sum.update(UnsafeRawBufferPointer(rebasing: $0[..<body])) }
    let digest = Digest.hex(sum.finish())
    guard line[(line.count - 34)..<(line.count - 2)].elementsEqual(digest.utf8) else {
      throw Flaw("damaged: the digest is wrong")
    }
    let value: Value
    do throws(Failure) {
      value = try JSONReader.decode(line, values: EntryLimits.memberLimit)
    } catch {
      throw Flaw(error.description)
    }
    guard case .map(let pairs) = value, case .string(let first)? = pairs.first?.key else {
      throw Flaw("not an object")
    }
    switch first {
    case "key": self = try Self.entry(pairs, digest)
    case "chunk": self = try Self.chunk(pairs)
    case "profile": self = .profile(try Self.profile(pairs))
    case "access", "eviction":
      guard pairs.count == 2, let kind = Store.LogKind(rawValue: first) else {
        throw Flaw("a member too many")
      }
      self = .log(kind, try Self.log(kind, pairs[0].value))
    case "active_profile":
      guard pairs.count == 2, let name = pairs[0].value.text, Self.isName(name) else {
        throw Flaw("a bad name of a profile")
      }
      self = .active(name)
    case "end":
      guard pairs.map(\.key.text) == ["end", "entries", "digest"],
        case .bool(true) = pairs[0].value,
        let count = pairs[1].value.integer, count >= 0
      else { throw Flaw("a bad last line") }
      self = .end(entries: count)
    default: throw Flaw("unknown kind of line '\(first)'")
    }
  }

  private static func chunk(_ pairs: [(key: Value, value: Value)]) throws(Flaw) -> ArchiveLine {
    guard pairs.map(\.key.text) == ["chunk", "of", "data_base64", "digest"],
      let number = pairs[0].value.integer, number >= 0, let of = pairs[1].value.text,
      let data = pairs[2].value.text, let bytes = Base64.decode(data), !bytes.isEmpty,
      bytes.count <= EntryLimits.chunkLimit
    else { throw Flaw("a bad chunk") }
    return .chunk(Int(clamping: number), of: of, bytes)
  }

  private static func profile(_ pairs: [(key: Value, value: Value)]) throws(Flaw) -> Profile {
    guard pairs.count == 2, case .map(let members) = pairs[0].value, members.count == 2,
      members[0].key.text == "name", let name = members[0].value.text, isName(name),
      members[1].key.text == "settings",
      case .mapping(let settings) = Node(members[1].value).content
    else { throw Flaw("a bad profile") }
    var profile = Profile(name: name)
    let reader = SettingReader(file: "profile \(name)")
    do throws(Diagnostic) {
      for pair in settings {
        guard let setting = ProfileSetting(rawValue: pair.name.text ?? "") else {
          throw Diagnostic(file: name, message: "unknown setting '\(pair.name.text ?? "")'")
        }
        try setting.read(pair.value, with: reader, into: &profile)
      }
    } catch {
      throw Flaw(error.description)
    }
    do throws(Failure) {
      try profile.check()
    } catch {
      throw Flaw(error.description)
    }
    return profile
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= EntryLimits.textLimit && !text.utf8.contains(0)
  }

  /// The row of a log, if it is one.
  static func log(_ kind: Store.LogKind, _ value: Value) throws(Flaw) -> Value {
    guard case .map(let pairs) = value, pairs.map({ $0.key.text ?? "" }) == kind.members else {
      throw Flaw("a bad row of a log")
    }
    for (key, value) in pairs {
      switch key.text {
      case "id"?, "count"?:
        guard let number = value.integer, number >= 0 else { throw Flaw("a bad number in a log") }
      case "last_accessed"?, "evicted_at"?:
        guard let text = value.text, Timestamp(text) != nil else {
          throw Flaw("a bad time in a log")
        }
      default:
        guard let text = value.text, text.utf8.count <= Key.limit, !text.utf8.contains(0) else {
          throw Flaw("a bad text in a log")
        }
      }
    }
    return value
  }
}
