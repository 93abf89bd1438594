internal import System

/// Whether the schema of a file is that of a store, before anything is asked of its tables.
///
/// A file may come from elsewhere: its `cache` may be a view over an endless query or a virtual
/// table, a trigger may do anything at each write.
extension Store {
  /// Checks that every object which statements reach is a plain one.
  ///
  /// - Returns: nil if it is so; otherwise the name of what is not, and why.
  func shapeError() throws(Failure) -> String? {
    // A store made by this program is recognized by one sum: the rest reads more of each row.
    if try schemaSum() == Schema.sum { return nil }
    var row = try connection.prepare(
      "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema")
    var found: Set<String> = []
    while try row.step() {
      let object = SchemaObject(
        type: row.text(0), name: row.text(1).lowercased(), table: row.text(2).lowercased(),
        hasPages: row.integer(3) > 0, sql: row.isNull(4) ? nil : row.text(4))
      if let why = object.error { return "'\(object.name)' \(why)" }
      if object.type == "table" { found.insert(object.name) }
    }
    let missing = Schema.seedColumns.first { !found.contains($0.table) }
    return missing.map { "no table '\($0.table)'" }
  }

  /// The sum of all definitions in their order.
  func schemaSum() throws(Failure) -> UInt64 {
    var row = try connection.prepare("SELECT sql FROM sqlite_schema")
    var sum = Checksum()
    while try row.step() { row.withBytes(0) { sum.update($0) } }
    return sum.value
  }
}

extension Schema {
  /// The sum of the schema of a store made by this program.
  static let sum: UInt64 = 0x7fe0_1a77_5d2d_a0df

  /// The tables that statements of this program use.
  static let tables: Set<String> = [
    "access_log", "cache", "chunk", "entry_info", "eviction_log", "output", "output_chunk",
    "profiles", "state",
  ]
}

/// One row of `sqlite_schema`.
private struct SchemaObject {
  let type: String
  let name: String
  let table: String
  let hasPages: Bool
  let sql: String?

  /// Why it may not be there; nil if it may.
  var error: String? {
    switch type {
    case "table":
      guard Schema.tables.contains(name) else { return nil }
      // Virtual tables have no pages.
      guard hasPages, let sql else { return "is not a real table" }
      return isPlain(sql) ? nil : "computes something"
    case "index":
      guard Schema.tables.contains(table), let sql else { return nil }
      let isOfColumns = sql.utf8.count { $0 == UInt8(ascii: "(") } == 1
      return isOfColumns && isPlain(sql) ? nil : "computes something"
    case "trigger":
      guard Schema.tables.contains(table) else { return nil }
      return sql.map(Schema.triggers.contains) == true ? nil : "is not a trigger of a store"
    default:
      return Schema.tables.contains(name) ? "is not a real table" : nil
    }
  }

  /// Whether a definition has no expression that SQLite would evaluate at a read or a write, but
  /// for the check that the tables of a store have.
  private func isPlain(_ sql: String) -> Bool {
    let words = Self.words(of: sql)
    for (index, word) in words.enumerated() {
      switch word {
      case "CHECK", "GENERATED", "AS", "WHERE": return false
      case "DEFAULT" where index + 1 < words.count && words[index + 1] == "(": return false
      default: break
      }
    }
    return true
  }

  /// Names, numbers and opening parentheses, in upper case.
  private static func words(of sql: String) -> [String] {
    let check = Array("CHECK(json_valid(tags))".utf8)
    let bytes = Array(sql.utf8)
    var words: [String] = []
    var word: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if word.isEmpty, bytes[at...].starts(with: check) {
        at += check.count
        continue
      }
      let isWord =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf) || byte == 0x5f
        || byte >= 0x80
      if isWord { word.append(byte) }
      if !isWord, !word.isEmpty {
        words.append(String(decoding: word, as: UTF8.self).uppercased())
        word = []
      }
      if byte == UInt8(ascii: "(") { words.append("(") }
      at += 1
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self).uppercased()) }
    return words
  }
}
