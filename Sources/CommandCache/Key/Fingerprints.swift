internal import Cachetronomy
internal import System

/// Short digests of the parts of a key, which compare two keys without storing their values.
///
/// A fingerprint is 8 bytes of a digest over the store's secret and the part. With the store one
/// can tell that a variable changed; without its secret, guesses cannot be tested against an
/// export. Only the working directory, which a recording contains anyway, is stored as plain text.
struct Fingerprints: Equatable {
  /// A kind of key part.
  enum Part: UInt8 {
    case argv = 0
    case executable, argumentFile, cwd, user, environment, file, mtime, stdin, scope

    /// Its name in messages.
    var name: String {
      switch self {
      case .argv: "argv"
      case .executable: "executable"
      case .argumentFile: "argument file"
      case .cwd: "cwd"
      case .user: "user"
      case .environment: "env"
      case .file: "file"
      case .mtime: "mtime"
      case .stdin: "stdin"
      case .scope: "scope"
      }
    }
  }

  struct Item: Equatable {
    var part: Part
    /// Which of several parts: a variable, a path or the index of an argument; else empty.
    var name: String
    var print: [UInt8]
  }

  private(set) var items: [Item] = []

  /// - Parameters:
  ///   - parts: the parts of the command's key.
  ///   - contents: a digest of stdin if it is a file.
  init(of call: Invocation, _ parts: KeyParts, contents: [UInt8]? = nil, secret: [UInt8]) {
    func print(_ parts: [[UInt8]]) -> [UInt8] {
      var bytes = secret
      for part in parts { bytes.add(part) }
      return Digest.of(bytes, size: 8)
    }
    func add(_ part: Part, named name: String = "", _ parts: [[UInt8]]) {
      items.append(Item(part: part, name: name, print: print(parts)))
    }
    add(.argv, call.argv)
    add(.executable, parts.executable)
    for file in parts.argumentFiles {
      add(.argumentFile, named: file.index.description, file.parts)
    }
    let redactor = call.redactor
    for name in parts.programs + parts.scriptInputs {
      add(
        name.isProgram ? .executable : .argumentFile,
        named: "=" + ShellWords.quote(redactor.redacted(name.text)), name.parts)
    }
    if let file = parts.startupFile { add(.argumentFile, named: "=BASH_ENV", file) }
    if let directory = parts.directory {
      // A part with several items names a repository, which is not a path of this machine.
      let print =
        directory.count == 1 ? call.directory : Array(directory[1...].joined(separator: [0x3a]))
      items.append(Item(part: .cwd, name: "", print: print))
    }
    if let user = parts.user { add(.user, user) }
    for index in parts.variables {
      let variable = call.environment.keyedVariable(index)
      add(.environment, named: String(decoding: variable.name, as: UTF8.self), [variable.value])
    }
    if !parts.nameless.isEmpty { add(.environment, named: "entries without =", parts.nameless) }
    for file in parts.files {
      add(.file, named: String(decoding: file.path, as: UTF8.self), file.parts)
    }
    for file in parts.mtimes {
      add(.mtime, named: String(decoding: file.path, as: UTF8.self), file.parts)
    }
    if let input = call.input ?? contents { add(.stdin, [input]) }
    if let scope = call.settings.scope { add(.scope, [Array(scope.utf8)]) }
  }

  /// - Returns: nil for the format of another version or of another program.
  init?(decoding bytes: [UInt8]) {
    guard case .array(let values)? = try? MessagePackReader.decode(bytes), values.count % 3 == 0
    else { return nil }
    for at in stride(from: 0, to: values.count, by: 3) {
      guard let number = values[at].integer.flatMap({ UInt8(exactly: $0) }),
        let part = Part(rawValue: number), let name = values[at + 1].text,
        case .bytes(let print) = values[at + 2]
      else { return nil }
      items.append(Item(part: part, name: name, print: print))
    }
  }

  var encoded: [UInt8] {
    var writer = MessagePackWriter(capacity: items.count * 32)
    writer.beginArray(items.count * 3)
    for item in items {
      writer.write(Int64(item.part.rawValue))
      writer.write(item.name)
      item.print.withUnsafeBytes { writer.write(binary: $0) }
    }
    return writer.bytes
  }

  func hasSameWords(as other: Fingerprints) -> Bool {
    items.first { $0.part == .argv } == other.items.first { $0.part == .argv }
  }

  /// Returns the name of an item for messages: the argument at its index, with secrets redacted.
  private static func name(_ item: Item, _ words: [[UInt8]]) -> String? {
    // Items of a script carry their own name, marked with `=`, since they have no index.
    if item.name.first == "=" { return String(item.name.dropFirst()) }
    guard item.part == .argumentFile, let index = Int(item.name), words.indices.contains(index)
    else { return item.name.isEmpty ? nil : item.name }
    return ShellWords.quote(words[index])
  }

  /// Returns the parts that differ from an earlier recording's.
  func differences(
    from then: Fingerprints, words: [[UInt8]]
  ) -> [Explanation.Difference] {
    var found: [Explanation.Difference] = []
    func note(_ item: Item, _ change: Explanation.Change, _ detail: String? = nil) {
      found.append(
        Explanation.Difference(
          part: item.part.name, name: Self.name(item, words), change: change, detail: detail))
    }
    func same(_ item: Item) -> (Item) -> Bool { { $0.part == item.part && $0.name == item.name } }
    for item in items {
      guard let other = then.items.first(where: same(item)) else {
        note(item, .added)
        continue
      }
      guard other.print != item.print else { continue }
      let detail =
        item.part == .cwd
        ? "\(ShellWords.quote(other.print)) -> \(ShellWords.quote(item.print))" : nil
      note(item, .changed, detail)
    }
    for item in then.items where !items.contains(where: same(item)) { note(item, .removed) }
    return found
  }
}
