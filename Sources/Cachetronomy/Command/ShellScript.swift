/// The programs and files that the script of a shell may name, as far as that can be told without a shell.
///
/// In doubt a word is taken for both: what names nothing costs a look, what is not seen costs a wrong
/// answer. No glob, variable of the script or scripts within it are looked into.
struct ShellScript {
  /// A word that may name a file.
  struct Name: Equatable {
    /// As the script spells it, without quotes.
    var text: [UInt8] = []
    /// With variables of the environment in place of their names; nil if only a shell can tell.
    var value: [UInt8]? = []
    /// Whether a command may begin with it, which is looked for in `PATH`.
    var mayBeProgram = false
  }

  /// Something that is begun and not yet ended: a substitution, a group, a parameter or a `case`.
  private struct Open {
    /// What ends it.
    var end: UInt8
    var wasQuoted: Bool
    /// Whether `<` and `>` compare in it.
    var isArithmetic = false
    static let esac: UInt8 = 0
    static let brace = UInt8(ascii: "}")
  }

  private enum Redirection {
    case reads, replaces, appends
  }

  /// The names in their order.
  private(set) var names: [Name] = []

  private let environment: Environment
  private let directory: [UInt8]
  private var word: Name?
  private var isQuoted = false
  /// Whether a command begins here; after a substitution one may, as with `A=$(b) c`.
  private var (beginsCommand, mayBegin) = (true, true)
  private var redirection: Redirection?
  private var open: [Open] = []
  private var documents: [ShellDocument] = []
  private var documentDepth = 0
  /// Whether we are between `[[` and `]]`, where `<` and `>` compare too.
  private var isTest = false

  /// What sort of command is at hand.
  private var (isTee, callsAnother) = (false, false)
  /// Whether all so far is run, once, and where the script began.
  private var isCertain = true
  private var written: Set<[UInt8]> = []

  /// Reads a script.
  ///
  /// - Parameters:
  ///   - environment: what its variables are taken from.
  ///   - directory: where it runs, which a shell calls `PWD`.
  init(_ script: [UInt8], in environment: Environment, directory: [UInt8] = []) {
    (self.environment, self.directory) = (environment, directory)
    read(script, isDocument: false)
  }

  /// Which of a command's words may be scripts that its shell is given.
  ///
  /// It may be called by another, as `timeout 9 bash -c`; options and arguments may stand beside them.
  static func places(in argv: [[UInt8]]) -> Range<Int> {
    guard let shell = argv.firstIndex(where: { $0.suffix(2).elementsEqual("sh".utf8) }),
      let option = argv[(shell + 1)...].firstIndex(where: {
        $0.count > 1 && $0[0] == 0x2d && $0[1] != 0x2d && $0.contains(UInt8(ascii: "c"))
      })
    else { return 0..<0 }
    return option + 1..<argv.count
  }

  private mutating func read(_ text: [UInt8], isDocument: Bool) {
    let floor = open.count
    isQuoted = isDocument
    var at = 0
    while at < text.count {
      let byte = text[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\"") where isDocument && open.count == floor: add([byte])
      case UInt8(ascii: "'") where !isQuoted:
        let end = text[at...].firstIndex(of: byte) ?? text.count
        add(text[at..<end])
        at = min(end + 1, text.count)
      case UInt8(ascii: "\""):
        add([])
        isQuoted.toggle()
      case UInt8(ascii: "\\") where at < text.count:
        // A line that goes on is one line; a substitution in backquotes may have one within.
        if text[at] == UInt8(ascii: "`") {
          endCommand()
        } else if text[at] != 0x0a {
          add(text[at...at])
        }
        at += 1
      case UInt8(ascii: "$"): at = variable(text, from: at)
      case UInt8(ascii: "`"):
        if open.last?.end == byte { close(byte) } else { begin(byte) }
      case Open.brace where open.last?.end == byte && open.last?.wasQuoted == isQuoted:
        open.removeLast()
        add([byte], meaning: nil)
      case _ where isQuoted || open.last?.end == Open.brace: add([byte])
      default: at = syntax(byte, text, at)
      }
    }
    endWord()
    open.removeSubrange(min(floor, open.count)...)
    isQuoted = false
  }

  /// Reads a byte that stands in no quotes; returns where what it begins ends.
  private mutating func syntax(_ byte: UInt8, _ text: [UInt8], _ at: Int) -> Int {
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
      begin(UInt8(ascii: ")"), isArithmetic: next == byte)
    case UInt8(ascii: ")"): close(byte)
    case UInt8(ascii: "#") where word == nil && Self.separates(at > 1 ? text[at - 2] : 0x0a):
      return text[at...].firstIndex(of: 0x0a) ?? text.count
    case UInt8(ascii: "~") where word == nil:
      let isHome = at == text.count || next == 0x2f || Self.separates(next)
      add([byte], meaning: isHome ? environment["HOME"] : nil)
    default: add([byte])
    }
    return at
  }

  private var comparesOnly: Bool { isTest || open.last?.isArithmetic == true }

  private static func separates(_ byte: UInt8) -> Bool {
    " \t\n;&|(".utf8.contains(byte)
  }

  private mutating func redirect(_ byte: UInt8, _ text: [UInt8], _ at: Int) -> Int {
    // The number of a descriptor may stand before it.
    if let word, word.text.allSatisfy({ (0x30...0x39).contains($0) }) { self.word = nil }
    endWord()
    let next = at < text.count ? text[at] : 0
    if byte == UInt8(ascii: "<") {
      redirection = .reads
      guard next == byte else { return next == 0x26 || next == 0x3e ? at + 1 : at }
      if at + 1 < text.count, text[at + 1] == byte { return at + 2 }
      redirection = nil
      let document = ShellDocument(text, after: at + 1)
      documents.append(document)
      return document.start
    }
    let isWhole = next != byte && next != UInt8(ascii: "&")
    redirection = isWhole ? .replaces : .appends
    return isWhole && next != UInt8(ascii: "|") ? at : at + 1
  }

  /// Reads the here-documents that begin with this line; returns where they end.
  private mutating func readDocuments(_ text: [UInt8], _ start: Int) -> Int {
    var at = start
    let begun = documents
    documents = []
    for document in begun {
      let (body, end) = document.body(text, from: at)
      at = end
      // Only so many are looked into that stand in each other.
      if documentDepth == 8 { continue }
      documentDepth += 1
      read(Array(text[body]), isDocument: true)
      endCommand()
      documentDepth -= 1
    }
    return at
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>) { add(bytes, meaning: Array(bytes)) }

  /// Adds what only the environment tells; nil is for what only a shell can.
  private mutating func add(_ bytes: ArraySlice<UInt8>, meaning value: [UInt8]?) {
    if word == nil { word = Name() }
    word?.text.append(contentsOf: bytes)
    guard let value, value.count + (word?.value?.count ?? 0) <= Self.longest else {
      word?.value = nil
      return
    }
    word?.value?.append(contentsOf: value)
  }

  /// Longer than any path.
  private static let longest = 4096

  private mutating func endWord() {
    guard var name = word else { return }
    (word, isTest) = (nil, isTest && !name.text.elementsEqual("]]".utf8))
    if let redirection {
      self.redirection = nil
      if redirection != .reads {
        if redirection == .replaces { write(name) }
        return
      }
    } else if mayBegin, !Self.isAssignment(name.text) {
      if isReserved(name.text) { return }
      if beginsCommand { classify(name.text) }
      // A variable that is empty is no word.
      (beginsCommand, mayBegin) = (false, name.value?.isEmpty == true)
      name.mayBeProgram = true
    } else if isTee {
      isTee = !(name.text.first == 0x2d && name.text.contains(UInt8(ascii: "a")))
      if isTee { write(name) }
    }
    name.mayBeProgram = name.mayBeProgram || callsAnother
    // What it has made itself is no input of it.
    if !written.isEmpty, let value = name.value, written.contains(Self.plain(value, in: directory))
    {
      name.value = nil
    }
    names.append(name)
  }

  /// Notes a file that is certainly made, and here.
  private mutating func write(_ name: Name) {
    guard let value = name.value, isCertain, open.isEmpty else { return }
    written.insert(Self.plain(value, in: directory))
  }

  /// A path without the ways to say that it is here.
  static func plain(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    var rest = path[...]
    if !directory.isEmpty, rest.starts(with: directory + [0x2f]) {
      rest = rest.dropFirst(directory.count + 1)
    }
    while rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
    return Array(rest)
  }

  private mutating func endCommand() {
    endWord()
    (redirection, beginsCommand, mayBegin) = (nil, true, true)
    (isTee, callsAnother) = (false, false)
  }

  private mutating func begin(_ end: UInt8, isArithmetic: Bool = false) {
    let inherits = end == UInt8(ascii: ")") && !isQuoted && open.last?.isArithmetic == true
    endCommand()
    open.append(Open(end: end, wasQuoted: isQuoted, isArithmetic: isArithmetic || inherits))
    isQuoted = false
  }

  private mutating func close(_ end: UInt8) {
    endCommand()
    // The `)` of a pattern ends nothing.
    guard open.last?.end == end, let last = open.popLast() else { return }
    isQuoted = last.wasQuoted
    beginsCommand = false
  }

  /// Reads what follows a `$`; returns where it ends.
  private mutating func variable(_ text: [UInt8], from start: Int) -> Int {
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
  private mutating func add(_ bytes: ArraySlice<UInt8>, ofVariable name: ArraySlice<UInt8>) {
    let value = value(name)
    guard !isQuoted, value.contains(where: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a }) else {
      add(bytes, meaning: value)
      return
    }
    for part in value.prefix(Self.longest).split(whereSeparator: { $0 <= 0x20 }) {
      add(bytes, meaning: Array(part))
      endWord()
    }
  }

  /// Reads a `$'...'`, in which a quote may be escaped.
  private mutating func escapes(_ text: [UInt8], from start: Int) -> Int {
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "'") {
      end += text[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    let content = text[start..<min(end, text.count)]
    add(content, meaning: content.contains(UInt8(ascii: "\\")) ? nil : Array(content))
    return min(end + 1, text.count)
  }

  private func value(_ name: ArraySlice<UInt8>) -> [UInt8] {
    if !directory.isEmpty, name.elementsEqual("PWD".utf8) { return directory }
    return environment[String(decoding: name, as: UTF8.self)] ?? []
  }

  private static func isAssignment(_ word: [UInt8]) -> Bool {
    guard var name = word.firstIndex(of: 0x3d).map({ word[..<$0] }) else { return false }
    if name.last == UInt8(ascii: "+") { name.removeLast() }
    if let element = name.firstIndex(of: UInt8(ascii: "[")) { name = name[..<element] }
    return !name.isEmpty && name.allSatisfy(Environment.isInName)
  }

  /// Whether a command follows this word all the same.
  private mutating func isReserved(_ word: [UInt8]) -> Bool {
    guard word.count < 9 else { return false }
    switch String(decoding: word, as: UTF8.self) {
    case "esac": if beginsCommand, open.last?.end == Open.esac { open.removeLast() }
    case "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!",
      "function", "coproc":
      break
    default: return false
    }
    isCertain = false
    return true
  }

  /// Notes what the first word of a command says of the others.
  private mutating func classify(_ word: [UInt8]) {
    let name = word.lastIndex(of: 0x2f).map { word[($0 + 1)...] } ?? word[...]
    guard name.count < 9 else { return }
    switch String(decoding: name, as: UTF8.self) {
    case "tee": isTee = true
    case "[[": isTest = true
    case "case":
      open.append(Open(end: Open.esac, wasQuoted: false))
      isCertain = false
    case "for", "select", "cd", "pushd", "popd", "exit", "return", ".", "source", "alias":
      isCertain = false
    case "env", "exec", "command", "builtin", "eval", "trap", "nice", "ionice", "nohup", "setsid",
      "stdbuf", "sudo", "doas", "time", "timeout", "xargs", "parallel", "flock", "find":
      (callsAnother, isCertain) = (true, false)
    default: break
    }
  }
}
