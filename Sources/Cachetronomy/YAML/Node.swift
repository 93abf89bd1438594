/// A place in a YAML document, as text: what a scalar means is decided by its reader.
public struct Node: Sendable, Equatable {
  /// What stands there.
  public indirect enum Content: Sendable, Equatable {
    /// Text, and whether it was written in quotes.
    case scalar(String, quoted: Bool)
    /// A list.
    case sequence([Node])
    /// Names and values in the order written.
    case mapping([Pair])
  }

  /// A name and a value of a mapping.
  public struct Pair: Sendable, Equatable {
    /// The name's own place, for complaints.
    public var name: Node
    /// What it names.
    public var value: Node
  }

  /// What stands there.
  public var content: Content
  /// The line, from 1.
  public var line = 0
  /// The column, from 1.
  public var column = 0

  /// The comment that ends a plain scalar, if its `#` is followed by no blank, as in `view #12`.
  public var comment: Comment?

  /// A comment that may have been meant as part of a text.
  public struct Comment: Sendable, Equatable {
    /// The comment with its `#`.
    public var text: String
    /// The line of the `#`, from 1.
    public var line: Int
    /// The column of the `#`, from 1.
    public var column: Int
  }

  /// The text of a scalar.
  package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

  /// Nothing written at all, `~` or `null`.
  var isNull: Bool {
    if case .scalar(let text, quoted: false) = content {
      return ["", "~", "null", "Null", "NULL"].contains(text)
    }
    return false
  }

  /// The value under a name of a mapping.
  subscript(name: String) -> Node? {
    guard case .mapping(let pairs) = content else { return nil }
    return pairs.first { $0.name.text == name }?.value
  }
}

extension Node {
  /// The same tree without its places, as JSON with every scalar as text.
  package var asValue: Value {
    switch content {
    case .scalar(let text, _): .string(text)
    case .sequence(let items): .array(items.map(\.asValue))
    case .mapping(let pairs):
      .map(pairs.map { (.string($0.name.text ?? ""), $0.value.asValue) })
    }
  }

  /// A tree that was kept as JSON.
  package init(_ value: Value) {
    switch value {
    case .array(let items): content = .sequence(items.map { Node($0) })
    case .map(let pairs):
      content = .mapping(pairs.map { Pair(name: Node($0.key), value: Node($0.value)) })
    case .string(let text): content = .scalar(text, quoted: true)
    case let other: content = .scalar(JSONWriter.text(other), quoted: false)
    }
  }
}
