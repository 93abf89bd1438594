/// The programs and files that the script of a shell names, as far as that can be told without a shell:
/// no glob, function, alias or `cd` is looked into.
struct ShellScript {
  /// A word that may name a program or a file.
  struct Name: Equatable {
    /// As the script spells it, without quotes.
    var text: [UInt8] = []
    /// With variables of the environment in place of their names; nil if only a shell can tell.
    var value: [UInt8]? = []
    /// Whether it stands where a command begins, and is to be looked for in `PATH`.
    var isProgram = false
  }

  /// The names in their order.
  private(set) var names: [Name] = []

  private let environment: Environment
  private var word: Name?
  private var isQuoted = false
  private var beginsCommand = true
  /// Whether the command at hand writes what its words name.
  private var isTee = false
  /// Whether we are between `[[` and `]]`, where `<` and `>` compare.
  private var isTest = false
  private var redirection: UInt8?
  private var written: Set<[UInt8]> = []
  /// What is open: how it ends, and whether it stands between double quotes.
  private var open: [(end: UInt8, wasQuoted: Bool)] = []

  /// Reads a script.
  ///
  /// - Parameter environment: what its variables are taken from.
  init(_ script: [UInt8], in environment: Environment) {
    self.environment = environment
    read(script)
  }

  /// Which of a command's words is the script that its shell is given.
  static func place(in argv: [[UInt8]]) -> Int? {
    // It may be called by another, as `timeout 9 bash -c`.
    guard let shell = argv.firstIndex(where: { $0.suffix(2).elementsEqual("sh".utf8) }),
      let option = argv[(shell + 1)...].firstIndex(where: {
        $0.count > 1 && $0[0] == 0x2d && $0[1] != 0x2d && $0.contains(UInt8(ascii: "c"))
      })
    else { return nil }
    return option + 1 < argv.count ? option + 1 : nil
  }

  private mutating func read(_ text: [UInt8]) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      at += 1
      switch byte {
      case UInt8(ascii: "'") where !isQuoted:
        let end = text[at...].firstIndex(of: byte) ?? text.count
        add(text[at..<end])
        at = min(end + 1, text.count)
      case UInt8(ascii: "\""):
        add([])
        isQuoted.toggle()
      case UInt8(ascii: "\\") where at < text.count:
        // A line that goes on is one line.
        if text[at] != 0x0a { add(text[at...at]) }
        at += 1
      case UInt8(ascii: "$"): at = variable(text, from: at)
      case UInt8(ascii: "`"):
        if open.last?.end == byte { close(byte) } else { begin(byte) }
      case _ where isQuoted: add([byte])
      case 0x20, 0x09: endWord()
      case UInt8(ascii: "<") where isTest, UInt8(ascii: ">") where isTest: endWord()
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        // The number of a descriptor may stand before it.
        if let word, word.text.allSatisfy({ (0x30...0x39).contains($0) }) { self.word = nil }
        endWord()
        redirection = byte
        // `<>` reads too.
        let marks: [UInt8] = [UInt8(ascii: "&"), byte == 0x3c ? 0x3e : UInt8(ascii: "|")]
        if at < text.count, marks.contains(text[at]) { at += 1 }
      case 0x0a, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"): endCommand()
      case UInt8(ascii: "("):
        let isArray = word?.text.last == 0x3d
        begin(UInt8(ascii: ")"))
        if isArray { beginsCommand = false }
      case UInt8(ascii: ")"): close(byte)
      case UInt8(ascii: "#") where word == nil:
        at = text[at...].firstIndex(of: 0x0a) ?? text.count
      case UInt8(ascii: "~") where word == nil: at = home(text, from: at)
      default: add([byte])
      }
    }
    endWord()
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>) {
    if word == nil { word = Name() }
    word?.text.append(contentsOf: bytes)
    word?.value?.append(contentsOf: bytes)
  }

  /// Adds what only the environment tells; nil is for what only a shell can.
  private mutating func add(_ bytes: ArraySlice<UInt8>, meaning value: [UInt8]?) {
    if word == nil { word = Name() }
    word?.text.append(contentsOf: bytes)
    if let value { word?.value?.append(contentsOf: value) } else { word?.value = nil }
  }

  private mutating func endWord() {
    guard var name = word else { return }
    word = nil
    isTest =
      name.text.elementsEqual("[[".utf8) || isTest && !name.text.elementsEqual("]]".utf8)
    if let redirection {
      self.redirection = nil
      if redirection == UInt8(ascii: ">") {
        if let value = name.value { written.insert(value) }
        return
      }
    } else if beginsCommand, !Self.isAssignment(name.text) {
      if Self.isReserved(name.text) { return }
      beginsCommand = false
      isTee = name.text.elementsEqual("tee".utf8)
      name.isProgram = !name.text.contains(UInt8(ascii: "/"))
    } else if isTee, let value = name.value {
      written.insert(value)
    }
    // What it has made itself is no input of it.
    if !written.isEmpty, let value = name.value, written.contains(value) { name.value = nil }
    names.append(name)
  }

  private mutating func endCommand() {
    endWord()
    (redirection, beginsCommand, isTee) = (nil, true, false)
  }

  /// Begins a group or a substitution of a command.
  private mutating func begin(_ end: UInt8) {
    endCommand()
    open.append((end, isQuoted))
    isQuoted = false
  }

  private mutating func close(_ end: UInt8) {
    endCommand()
    guard open.last?.end == end, let last = open.popLast() else { return }
    isQuoted = last.wasQuoted
    // What follows belongs to the words in which a substitution stands.
    beginsCommand = false
  }

  /// Reads what follows a `$`; returns where it ends.
  private mutating func variable(_ text: [UInt8], from start: Int) -> Int {
    guard start < text.count else {
      add([0x24])
      return start
    }
    switch text[start] {
    case UInt8(ascii: "("):
      add([0x24], meaning: nil)
      begin(UInt8(ascii: ")"))
      return start + 1
    case UInt8(ascii: "{"):
      let name = text[(start + 1)...].prefix(while: Environment.isInName)
      let isWhole = name.endIndex < text.count && text[name.endIndex] == UInt8(ascii: "}")
      let end = name.endIndex + (isWhole ? 1 : 0)
      add(text[(start - 1)..<end], meaning: isWhole ? value(name) : nil)
      // What an operator brings may be another substitution.
      return end
    case UInt8(ascii: "'") where !isQuoted, UInt8(ascii: "\"") where !isQuoted: return start
    default:
      let name = text[start...].prefix(while: Environment.isInName)
      if name.isEmpty { break }
      add(text[(start - 1)..<name.endIndex], meaning: value(name))
      return name.endIndex
    }
    add([0x24], meaning: nil)
    return start
  }

  private func value(_ name: ArraySlice<UInt8>) -> [UInt8]? {
    environment[String(decoding: name, as: UTF8.self)]
  }

  private mutating func home(_ text: [UInt8], from start: Int) -> Int {
    let isHome = start == text.count || [0x2f, 0x20, 0x09, 0x0a].contains(text[start])
    add([0x7e], meaning: isHome ? environment["HOME"] : nil)
    return start
  }

  private static func isAssignment(_ word: [UInt8]) -> Bool {
    guard let cut = word.firstIndex(of: 0x3d), cut > 0 else { return false }
    return word[..<cut].allSatisfy(Environment.isInName)
  }

  /// Whether a command follows this word all the same.
  private static func isReserved(_ word: [UInt8]) -> Bool {
    guard word.count < 6 else { return false }
    return [
      "if", "then", "elif", "else", "do", "while", "until", "!", "{", "}", "fi", "done", "time",
    ]
    .contains { (mark: StaticString) in
      mark.utf8CodeUnitCount == word.count
        && word.indices.allSatisfy { word[$0] == mark.utf8Start[$0] }
    }
  }
}
