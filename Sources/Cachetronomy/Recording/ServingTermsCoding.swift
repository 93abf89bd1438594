/// Encodes the conditions of a recording, for its map and for the files of the memory tier.
extension ServingTerms {
  /// Fields of the recording's map; those with their original default are left out.
  package var fields: [(String, Value)] {
    var fields: [(String, Value)] = []
    if input != .nothing(.null) { fields.append(("input", .string(inputName))) }
    if case .file(let moved) = input { fields.append(("input_moved", .int(moved))) }
    if isMerged { fields.append(("merged", .bool(true))) }
    if outputs.contains(where: { $0 != 0 }) {
      fields.append(("outputs", .array(outputs.map { .int(Int64(bitPattern: $0)) })))
    }
    return fields
  }

  /// The kind of stdin, as `show` prints it.
  public var inputName: String {
    switch input {
    case .nothing(let kind): kind.rawValue
    case .unread: "unread"
    case .unreadFile: "unread file"
    case .file: "file"
    case .given: "given"
    }
  }

  /// How the streams were recorded, as `show` prints it.
  public var streamsName: String { isMerged ? "both streams in one" : "apart" }

  /// Decodes the fields of a recording's map.
  ///
  /// - Returns: nil if they are not valid.
  init?(_ input: Value?, _ moved: Value?, _ isMerged: Value?, _ outputs: Value?) {
    if let input {
      switch input.text {
      case "unread": self.input = .unread
      case "unread file": self.input = .unreadFile
      case "file":
        guard let count = moved?.integer else { return nil }
        self.input = .file(moved: count)
      case "given": self.input = .given
      case let name?:
        guard let kind = EmptyInput(rawValue: name) else { return nil }
        self.input = .nothing(kind)
      case nil: return nil
      }
    }
    if let isMerged {
      guard case .bool(let value) = isMerged else { return nil }
      self.isMerged = value
    }
    if let outputs {
      guard case .array(let prints) = outputs else { return nil }
      self.outputs = prints.compactMap { $0.integer.map { UInt64(bitPattern: $0) } }
      guard self.outputs.count == prints.count else { return nil }
    }
  }

  /// The input encoded as two numbers.
  var inputCode: (kind: UInt32, moved: Int64) {
    switch input {
    case .nothing(.null): (0, 0)
    case .nothing(.stream): (1, 0)
    case .nothing(.file): (2, 0)
    case .unread: (3, 0)
    case .file(let moved): (4, moved)
    case .given: (5, 0)
    case .unreadFile: (6, 0)
    }
  }

  /// Decodes both numbers; returns nil if they are not valid.
  static func input(kind: UInt32, moved: Int64) -> RecordedInput? {
    switch kind {
    case 0: .nothing(.null)
    case 1: .nothing(.stream)
    case 2: .nothing(.file)
    case 3: .unread
    case 4: .file(moved: moved)
    case 5: .given
    case 6: .unreadFile
    default: nil
    }
  }
}
