/// What divides a script into words and commands.
extension ShellScript {
  /// Reads a byte that stands in no quotes; returns where what it begins ends.
  mutating func syntax(_ byte: UInt8, _ text: [UInt8], _ at: Int) -> Int {
    let next = at < text.count ? text[at] : 0
    switch byte {
    case 0x20, 0x09: endWord()
    case UInt8(ascii: "<") where comparesOnly, UInt8(ascii: ">") where comparesOnly: endWord()
    case UInt8(ascii: "<"), UInt8(ascii: ">"): return redirect(byte, text, at)
    case UInt8(ascii: "&") where next == UInt8(ascii: ">"): endWord()
    case UInt8(ascii: "&") where next == byte, UInt8(ascii: "|") where next == byte:
      endCommand()
      isCertain = false
      return at + 1
    case UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ";"): endCommand()
    case 0x0a:
      endCommand()
      return readDocuments(text, at)
    case UInt8(ascii: "("):
      isCertain = false
      // What follows the name of a function is a command.
      if next == UInt8(ascii: ")") {
        endCommand()
        return at + 1
      }
      begin(UInt8(ascii: ")"), isArithmetic: next == byte)
    case UInt8(ascii: ")"): close(byte)
    case UInt8(ascii: "#") where word == nil && Self.separates(at > 1 ? text[at - 2] : 0x0a):
      return text[at...].firstIndex(of: 0x0a) ?? text.count
    case UInt8(ascii: "~") where word == nil || isInSetting:
      let isHome = at == text.count || next == 0x2f || next == 0x3a || Self.separates(next)
      add([byte], meaning: isHome ? values(Array("HOME".utf8)[...]).first : nil)
    default: add([byte], isBare: true)
    }
    return at
  }

  /// Whether a path begins in a word that sets a variable.
  private var isInSetting: Bool {
    guard let word, word.text.last == 0x3d || word.text.last == 0x3a, redirection == nil else {
      return false
    }
    return (mayBegin || isDeclaration) && Self.setting(word) != nil
  }

  var comparesOnly: Bool { isTest || open.last?.isArithmetic == true }

  static func separates(_ byte: UInt8) -> Bool {
    " \t\n;&|(".utf8.contains(byte)
  }

  /// Reads the here-documents that begin with this line; returns where they end.
  mutating func readDocuments(_ text: [UInt8], _ start: Int) -> Int {
    var at = start
    let begun = documents
    documents = []
    for document in begun {
      let (body, end) = document.body(text, from: at)
      at = end
      if document.isScript {
        scripts.append(Array(text[body]))
        readScripts()
        continue
      }
      if depth == Self.deepest { continue }
      depth += 1
      read(Array(text[body]), isDocument: true)
      endCommand()
      depth -= 1
    }
    return at
  }

  mutating func begin(_ end: UInt8, isArithmetic: Bool = false) {
    let inherits = end == UInt8(ascii: ")") && !isQuoted && open.last?.isArithmetic == true
    endCommand()
    open.append(
      Open(
        end: end, wasQuoted: isQuoted, isArithmetic: isArithmetic || inherits, hadMoved: hasMoved))
    isQuoted = false
  }

  mutating func close(_ end: UInt8) {
    // What a `case` compares with names no files.
    if open.last?.end == Open.esac { word?.first?.pattern = nil }
    endCommand()
    // The `)` of a pattern ends nothing.
    guard open.last?.end == end, let last = open.popLast() else { return }
    (isQuoted, hasMoved) = (last.wasQuoted, last.hadMoved)
    beginsCommand = false
  }

  /// Reads what follows a `$`; returns where it ends.
  mutating func variable(_ text: [UInt8], from start: Int) -> Int {
    switch start < text.count ? text[start] : 0 {
    case UInt8(ascii: "("):
      add([0x24], meaning: nil)
      let isArithmetic = start + 1 < text.count && text[start + 1] == text[start]
      begin(UInt8(ascii: ")"), isArithmetic: isArithmetic)
      return start + 1
    case UInt8(ascii: "{"):
      let name = text[(start + 1)...].prefix(while: Environment.isInName)
      guard name.endIndex < text.count, text[name.endIndex] == Open.brace else {
        add(text[(start - 1)..<name.endIndex], meaning: nil)
        open.append(Open(end: Open.brace, wasQuoted: isQuoted))
        return name.endIndex
      }
      add(text[(start - 1)...name.endIndex], ofVariable: name)
      return name.endIndex + 1
    case UInt8(ascii: "'") where !isQuoted: return escapes(text, from: start + 1)
    case UInt8(ascii: "\"") where !isQuoted: return start
    default:
      let name = text[start...].prefix(while: Environment.isInName)
      if name.isEmpty {
        add([0x24], meaning: nil)
      } else {
        add(text[(start - 1)..<name.endIndex], ofVariable: name)
      }
      return name.endIndex
    }
  }

  /// Adds the value of a variable; outside of quotes it is several words where it has blanks.
  mutating func add(_ bytes: ArraySlice<UInt8>, ofVariable name: ArraySlice<UInt8>) {
    let values = values(name)
    guard values.count == 1, let value = values.first else {
      add(
        bytes,
        meanings: isQuoted
          ? values : values.flatMap { $0.split(whereSeparator: Self.divides).map(Array.init) })
      return
    }
    guard !isQuoted, value.contains(where: Self.divides) else {
      add(bytes, meaning: value, isBare: !isQuoted)
      return
    }
    for part in value.prefix(Self.longest).split(
      omittingEmptySubsequences: false, whereSeparator: Self.divides)
    {
      if part.startIndex > 0 { endWord() }
      if !part.isEmpty { add(bytes, meaning: Array(part), isBare: true) }
    }
  }

  private static func divides(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a
  }

  /// Reads a `$'...'`, in which a quote may be escaped.
  mutating func escapes(_ text: [UInt8], from start: Int) -> Int {
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "'") {
      end += text[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    let content = text[start..<min(end, text.count)]
    add(content, meaning: content.contains(UInt8(ascii: "\\")) ? nil : Array(content))
    return min(end + 1, text.count)
  }

  /// What a variable may hold; nothing if only a shell can tell.
  func values(_ name: ArraySlice<UInt8>) -> [[UInt8]] {
    if !variables.isEmpty, let values = variables[Array(name)] {
      return meaningsLeft > 0 ? values : Array(values.prefix(1))
    }
    if !directory.isEmpty, name.elementsEqual("PWD".utf8) { return [directory] }
    return [environment[String(decoding: name, as: UTF8.self)] ?? []]
  }
}
