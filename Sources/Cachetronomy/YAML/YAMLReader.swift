internal import CYAML
internal import System

/// Reads YAML documents with libyaml into trees of text that know their places.
///
/// Anchors and merge keys work; what grows beyond reason (alias bombs, depth over 64) is refused.
final class YAMLReader {
  private let file: String
  // libyaml keeps a pointer into its own struct: it must not move.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
  private var anchors: [String: Node] = [:]
  private var budget = 100_000
  private let comments: YAMLComments
  /// Where the last event ended that could be read.
  private var end = yaml_mark_t()

  /// Files over this many bytes are refused.
  static let sizeLimit = 1 << 20
  /// Nesting beyond this is refused.
  static let depthLimit = 64

  private init(_ bytes: [UInt8], file: String) {
    self.file = file
    comments = YAMLComments(bytes)
    event.initialize(to: yaml_event_t())
    parser.initialize(to: yaml_parser_t())
    yaml_parser_initialize(parser)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// The documents of a file; an empty one gives none.
  static func documents(_ bytes: [UInt8], file: String) throws(Diagnostic) -> [Node] {
    guard bytes.count <= sizeLimit else {
      throw Diagnostic(
        file: file,
        message:
          "the file has \(bytes.count) bytes, the limit is \(ByteSize.text(Int64(sizeLimit)))")
    }
    let reader = YAMLReader(bytes, file: file)
    let result: Result<[Node], Diagnostic> = bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(reader.parser, buffer.baseAddress, buffer.count)
      return Result { () throws(Diagnostic) in try reader.documents() }
    }
    return try result.get()
  }

  private func documents() throws(Diagnostic) -> [Node] {
    var documents: [Node] = []
    while true {
      try next()
      defer { yaml_event_delete(event) }
      switch event.pointee.type {
      case YAML_STREAM_END_EVENT: return documents
      case YAML_DOCUMENT_START_EVENT:
        anchors = [:]
        try next()
        documents.append(try node(depth: 0))
      default: break
      }
    }
  }

  private func next() throws(Diagnostic) {
    guard yaml_parser_parse(parser, event) == 1 else { throw problem() }
    end = event.pointee.end_mark
  }

  private func problem() -> Diagnostic {
    let mark = parser.pointee.problem_mark
    var message = parser.pointee.problem.map { String(cString: $0) } ?? "this is not YAML"
    if parser.pointee.error == YAML_READER_ERROR {
      return Diagnostic(
        file: file, message: "\(message) (at byte \(parser.pointee.problem_offset))")
    }
    // The commonest causes are a colon, an '@' or a '*' inside a plain text.
    let hints = ["mapping values", "alias", "cannot start any token", "anchor"]
    let context = parser.pointee.context.map { String(cString: $0) } ?? ""
    if hints.contains(where: { message.contains($0) || context.contains($0) }) {
      message += " (if this is a text, put it in quotes)"
    } else if context.hasPrefix("while parsing a flow"),
      let line = comments.line(from: end, to: mark)
    {
      message += " (a '#' after a blank begins a comment in line \(line): quote a text with one)"
    }
    return Diagnostic(
      file: file, line: mark.line + 1, column: mark.column + 1, message: message)
  }

  private func complaint(_ message: String) -> Diagnostic {
    let mark = event.pointee.start_mark
    return Diagnostic(file: file, line: mark.line + 1, column: mark.column + 1, message: message)
  }

  /// The node that begins at the event in hand; leaves its last event in hand.
  private func node(depth: Int) throws(Diagnostic) -> Node {
    guard depth <= Self.depthLimit else {
      throw complaint("nested deeper than \(Self.depthLimit) levels")
    }
    try spend(1)
    let mark = event.pointee.start_mark
    var node = Node(
      content: .sequence([]), line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    var anchor: String?
    switch event.pointee.type {
    case YAML_ALIAS_EVENT:
      let name = text(event.pointee.data.alias.anchor)
      guard let target = anchors[name] else {
        throw complaint("unknown alias '*\(name)' (if this is a text, put it in quotes)")
      }
      try spend(target.weight)
      node.content = target.content
      return node
    case YAML_SCALAR_EVENT:
      let scalar = event.pointee.data.scalar
      let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      node.content = .scalar(
        String(decoding: value, as: UTF8.self), quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
      if scalar.style == YAML_PLAIN_SCALAR_STYLE {
        node.comment = comments.comment(after: event.pointee.end_mark)
      }
      if let name = scalar.anchor { anchor = text(name) }
    case YAML_SEQUENCE_START_EVENT:
      if let name = event.pointee.data.sequence_start.anchor { anchor = text(name) }
      var items: [Node] = []
      while try advance(), event.pointee.type != YAML_SEQUENCE_END_EVENT {
        items.append(try self.node(depth: depth + 1))
      }
      node.content = .sequence(items)
    case YAML_MAPPING_START_EVENT:
      if let name = event.pointee.data.mapping_start.anchor { anchor = text(name) }
      node.content = .mapping(try pairs(depth: depth))
    default: throw complaint("a value is missing here")
    }
    if let anchor { anchors[anchor] = node }
    return node
  }

  private func pairs(depth: Int) throws(Diagnostic) -> [Node.Pair] {
    var pairs: [Node.Pair] = []
    var merged: [Node.Pair] = []
    // A list of thousands of names must not be searched from end to end for each.
    var names: Set<String> = []
    while try advance(), event.pointee.type != YAML_MAPPING_END_EVENT {
      let name = try node(depth: depth + 1)
      guard let text = name.text else {
        throw Diagnostic(
          file: file, line: name.line, column: name.column, message: "a name must be text")
      }
      _ = try advance()
      let value = try node(depth: depth + 1)
      if text == "<<" {
        merged += try mergeable(value)
      } else if !names.insert(text).inserted {
        throw Diagnostic(
          file: file, line: name.line, column: name.column,
          message: "'\(text)' is given twice")
      } else {
        pairs.append(Node.Pair(name: name, value: value))
      }
    }
    for pair in merged where names.insert(pair.name.text ?? "").inserted { pairs.append(pair) }
    return pairs
  }

  private func mergeable(_ value: Node) throws(Diagnostic) -> [Node.Pair] {
    switch value.content {
    case .mapping(let pairs): return pairs
    case .sequence(let items):
      var pairs: [Node.Pair] = []
      for item in items { pairs += try mergeable(item) }
      return pairs
    case .scalar:
      throw Diagnostic(
        file: file, line: value.line, column: value.column,
        message: "'<<' must be a mapping, as in '<<: *name'")
    }
  }

  private func advance() throws(Diagnostic) -> Bool {
    yaml_event_delete(event)
    try next()
    return true
  }

  private func spend(_ nodes: Int) throws(Diagnostic) {
    budget -= nodes
    guard budget > 0 else { throw complaint("too many values (aliases that multiply?)") }
  }

  private func text(_ start: UnsafeMutablePointer<yaml_char_t>?) -> String {
    guard let start else { return "" }
    return String(cString: start)
  }
}

extension Diagnostic {
  fileprivate init(file: String, line: UInt, column: UInt, message: String) {
    self.init(file: file, line: Int(line), column: Int(column), message: message)
  }

  fileprivate init(file: String, line: Int, column: UInt, message: String) {
    self.init(file: file, line: line, column: Int(column), message: message)
  }
}

extension Node {
  /// How many nodes hang on this one, itself included.
  fileprivate var weight: Int {
    switch content {
    case .scalar: 1
    case .sequence(let items): items.reduce(1) { $0 + $1.weight }
    case .mapping(let pairs): pairs.reduce(1) { $0 + 1 + $1.value.weight }
    }
  }
}
