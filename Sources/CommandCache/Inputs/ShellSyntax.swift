internal import Cachetronomy
internal import System

/// Splits a script into words and commands.
extension ShellScript {
  /// Parses an unquoted byte; returns where the construct that it begins ends.
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
    case 0x0a where open.last?.array != nil: endWord()
    case 0x0a:
      endCommand()
      return readDocuments(text, at)
    case UInt8(ascii: "(") where beginsArray(): break
    case UInt8(ascii: "("):
      isCertain = false
      // A command follows the name of a function.
      if next == UInt8(ascii: ")") {
        endCommand()
        definesFunctions = true
        return at + 1
      }
      begin(UInt8(ascii: ")"), isArithmetic: next == byte)
    case UInt8(ascii: ")"):
      // Adjacent text belongs to the same word.
      if open.last?.isArithmetic == true, next > 0x20, !";&|()<>\"".utf8.contains(next),
        command.builtin.takesFiles
      {
        cannotFollow("$((...))")
      }
      close(byte)
    case UInt8(ascii: "#") where word == nil && Self.separates(at > 1 ? text[at - 2] : 0x0a):
      return text[at...].firstIndex(of: 0x0a) ?? text.count
    case UInt8(ascii: "~") where word == nil || isInSetting:
      let isHome = at == text.count || next == 0x2f || next == 0x3a || Self.separates(next)
      add(
        [byte], meaning: isHome ? values(Array("HOME".utf8)[...]).first : nil,
        blindSpot: isHome ? nil : "~")
    default: add([byte], isBare: true)
    }
    return at
  }

  /// Whether a path begins inside a word that sets a variable.
  private var isInSetting: Bool {
    guard let word, word.text.last == 0x3d || word.text.last == 0x3a, redirection == nil else {
      return false
    }
    return (mayBegin || command.isDeclaration) && Self.setting(word) != nil
  }

  var comparesOnly: Bool { isTest || open.last?.isArithmetic == true }

  static func separates(_ byte: UInt8) -> Bool {
    " \t\n;&|(".utf8.contains(byte)
  }

  /// Reads the here-documents that begin on this line; returns where they end.
  mutating func readDocuments(_ text: [UInt8], _ start: Int) -> Int {
    var at = start
    let begun = documents
    documents = []
    for document in begun {
      let (body, end) = document.body(text, from: at)
      at = end
      if document.isScript {
        scripts.append(Array(text[body]))
        (scriptsHaveArguments, hasUnknownScripts) = (true, true)
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
    endWord()
    if end == UInt8(ascii: "`"), command.builtin.takesFiles, open.last?.array == nil {
      cannotFollow("`...`")
    }
    if open.last?.array != nil { addElement(nil) }
    let inherits = end == UInt8(ascii: ")") && !isQuoted && open.last?.isArithmetic == true
    if command.isLoop { command.loopIsUnknown = true }
    let outer = command
    endCommand()
    open.append(
      Open(
        end: end, wasQuoted: isQuoted, isArithmetic: isArithmetic || inherits, hadMoved: hasMoved,
        command: outer))
    isQuoted = false
  }

  mutating func close(_ end: UInt8) {
    // The patterns of a `case` name no files.
    if open.last?.end == Open.esac { word?.first?.pattern = nil }
    if end == UInt8(ascii: ")"), open.last?.array != nil {
      endArray()
      return
    }
    endCommand()
    // The `)` of a pattern closes nothing.
    guard open.last?.end == end, let last = open.popLast() else { return }
    (isQuoted, hasMoved) = (last.wasQuoted, last.hadMoved)
    beginsCommand = false
    if let outer = last.command { command = outer }
    if open.last?.array != nil { mayBegin = false }
  }
}
