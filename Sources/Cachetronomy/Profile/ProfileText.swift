extension Profile {
  /// The profile as a profile file says it.
  public var yaml: String { yaml(nil) }

  /// The profile as a profile file says it, with the origin of each setting in a comment.
  public func yaml(_ origins: Origins?) -> String {
    var text = "\(YAMLText.scalar(name)):\n"
    let places = origins.map { effective($0) }
    func line(_ name: String, _ setting: String, _ node: Node, _ indent: Int) -> String {
      let block = YAMLText.block(name, node, indent: indent)
      guard let place = places?.first(where: { $0.name == setting })?.origin else { return block }
      return "\(block.dropLast())  # \(YAMLText.comment(place))\n"
    }
    for setting in ProfileSetting.allCases {
      guard let node = setting.node(of: self) else { continue }
      switch setting {
      case .run:
        text += "  run:\n" + run.pairs.map { line($0.0, "run.\($0.0)", $0.1, 4) }.joined()
      case .rules, .warm: text += YAMLText.block(setting.rawValue, node, indent: 2)
      default: text += line(setting.rawValue, setting.rawValue, node, 2)
      }
    }
    return text
  }

  /// All settings as one value, for `--json`.
  public var asValue: Value {
    .map(
      [(.string("name"), .string(name))]
        + ProfileSetting.allCases.map { setting in
          (.string(setting.rawValue), setting.node(of: self)?.asTypedValue ?? .null)
        })
  }
}

extension RunSettings {
  /// The settings as a rule of a profile file says them, a line each.
  public var yaml: String {
    pairs.map { YAMLText.block($0.0, $0.1, indent: 2) }.joined()
  }

  /// The settings as one value, for `--json`.
  public var asValue: Value { Node(pairs: pairs).asTypedValue }
}

extension Node {
  /// As JSON with numbers and booleans where the text is one.
  var asTypedValue: Value {
    switch content {
    case .scalar("true", _): .bool(true)
    case .scalar("false", _): .bool(false)
    case .scalar(let text, _):
      Int64(text).map { .int($0) } ?? Double(text).map { .double($0) } ?? .string(text)
    // Words stay text, whatever they look like; exit statuses are the only numbers in a list.
    case .sequence(let items): .array(items.map(\.asPlainValue))
    case .mapping: asPlainValue
    }
  }
}

extension Node {
  fileprivate var asPlainValue: Value {
    switch content {
    case .scalar(let text, _): .string(text)
    case .sequence(let items): .array(items.map(\.asPlainValue))
    case .mapping(let pairs):
      .map(
        pairs.map { pair in
          let name = pair.name.text ?? ""
          switch RunSetting(rawValue: name) {
          case .cache, .cwd, .remote, .user: return (.string(name), pair.value.asTypedValue)
          case .cacheStatus:
            guard case .sequence(let items) = pair.value.content else { break }
            return (.string(name), .array(items.map(\.asTypedValue)))
          default: break
          }
          return (.string(name), pair.value.asPlainValue)
        })
    }
  }
}

/// Writes trees as YAML.
enum YAMLText {
  /// Text that stays on the line of its comment.
  static func comment(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.map { ShellWords.isUnprintable($0) ? "?" : $0 }))
  }

  static func scalar(_ text: String) -> String {
    let plain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || [0x2e, 0x2f, 0x5f, 0x2d, 0x20].contains(byte)
          || byte == 0x25
      } && text.first != "%" && text.first != " " && text.last != " " && text.first != "-"
    return plain ? text : JSONWriter.text(.string(text))
  }

  static func flow(_ node: Node) -> String {
    switch node.content {
    case .scalar(let text, _): scalar(text)
    case .sequence(let items): "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
    case .mapping(let pairs):
      "{"
        + pairs.filter { $0.name.text != "source" }
        .map { "\($0.name.text ?? ""): \(flow($0.writtenValue))" }
        .joined(separator: ", ") + "}"
    }
  }

  static func block(_ name: String, _ node: Node, indent: Int) -> String {
    let blanks = String(repeating: " ", count: indent)
    switch node.content {
    case .sequence(let items)
    where items.contains { if case .mapping = $0.content { true } else { false } }:
      return items.reduce("\(blanks)\(name):\n") { text, item in
        guard case .mapping(let pairs) = item.content else { return text }
        var mark = "- "
        var lines = ""
        for pair in pairs {
          if pair.name.text == "source" {
            lines = "\(blanks)  # \(comment(pair.value.text ?? ""))\n" + lines
            continue
          }
          lines += "\(blanks)  \(mark)\(pair.name.text ?? ""): \(flow(pair.writtenValue))\n"
          mark = "  "
        }
        return text + lines
      }
    case .mapping(let pairs):
      return pairs.reduce("\(blanks)\(name):\n") {
        $0 + block($1.name.text ?? "", $1.value, indent: indent + 2)
      }
    default: return "\(blanks)\(name): \(flow(node))\n"
    }
  }
}
