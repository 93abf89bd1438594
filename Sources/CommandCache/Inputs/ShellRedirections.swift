internal import Cachetronomy
internal import Glibc
internal import System

/// Finds the files that a script's redirections and `tee` open.
extension ShellScript {
  /// Parses a `<` or `>` and the rest of the operator; returns where its word begins.
  mutating func redirect(_ byte: UInt8, _ text: [UInt8], _ at: Int) -> Int {
    // A descriptor number may precede it.
    if let word, word.text.allSatisfy({ (0x30...0x39).contains($0) }) {
      if !word.text.isEmpty { openedDescriptors.insert(word.text) }
      self.word = nil
    }
    endWord()
    let next = at < text.count ? text[at] : 0
    if byte == UInt8(ascii: "<") {
      redirection = next == 0x26 ? .text : .reads
      if next == 0x26 { noteDescriptor(text, at + 1) }
      guard next == byte else { return next == 0x26 || next == 0x3e ? at + 1 : at }
      if at + 1 < text.count, text[at + 1] == byte {
        redirection = .text
        return at + 2
      }
      redirection = nil
      var document = ShellDocument(text, after: at + 1)
      document.isScript = inner == .ofShell
      documents.append(document)
      return document.start
    }
    switch next {
    case byte: redirection = .appends
    case UInt8(ascii: "&"): redirection = .duplicates
    default:
      redirection = .replaces
      return next == UInt8(ascii: "|") ? at + 1 : at
    }
    return at + 1
  }

  /// Notes a descriptor that is read although the script has not opened it, so it is inherited.
  private mutating func noteDescriptor(_ text: [UInt8], _ at: Int) {
    let number = Array(text[at...].prefix { (0x30...0x39).contains($0) })
    guard number.count > 1 || number.first.map({ $0 > 0x32 }) == true,
      !openedDescriptors.contains(number)
    else { return }
    foreignDescriptor = foreignDescriptor ?? Array("<&".utf8) + number
  }

  /// Notes the word of a redirection.
  ///
  /// - Returns: whether it may name an input.
  mutating func redirect(_ word: Word, _ redirection: Redirection) -> Bool {
    switch redirection {
    case .text: return true
    case .reads:
      // A shell opens from left to right: if this one fails, later files are not replaced.
      command.redirectionsSucceed =
        command.redirectionsSucceed && word.others.isEmpty && isReadable(word.first)
      return true
    case .appends: break
    case .duplicates:
      if word.text == [0x2d] || word.text.allSatisfy({ (0x30...0x39).contains($0) }) {
        return false
      }
      replace(word)
    case .replaces: replace(word)
    }
    command.redirectionsSucceed =
      command.redirectionsSucceed && word.others.isEmpty && isWritable(word.first)
    return false
  }

  private mutating func replace(_ word: Word) {
    let isOne = word.others.isEmpty && word.first?.pattern == nil
    if !isOne, word.first?.pattern != nil { return }
    for meaning in word.meanings { write(meaning.value, as: word.text, isOne: isOne) }
  }

  private func isReadable(_ meaning: Meaning?) -> Bool {
    guard let meaning, meaning.pattern == nil else { return false }
    return isWritten(meaning.value) || access(meaning.value, R_OK)
  }

  private func isWritable(_ meaning: Meaning?) -> Bool {
    guard let meaning, meaning.pattern == nil else { return false }
    if access(meaning.value, F_OK) { return access(meaning.value, W_OK) }
    let parent = meaning.value.lastIndex(of: 0x2f).map { Array(meaning.value[...$0]) } ?? [0x2e]
    return access(parent, W_OK)
  }

  private func access(_ path: [UInt8], _ mode: Int32) -> Bool {
    let isRelative = path.first != 0x2f && !directory.isEmpty
    return (isRelative ? directory + [0x2f] + path : path).withCPath {
      environment.probe.isAllowed($0, mode)
    }
  }

  /// Notes an operand of `tee`.
  mutating func teeOperand(_ word: Word, names: Range<Int>) {
    if word.text.first == 0x2d {
      let isLong = word.text.starts(with: "--".utf8)
      let appends =
        isLong ? word.text.starts(with: "--a".utf8) : word.text.contains(UInt8(ascii: "a"))
      if appends { command.isTee = false }
    }
    teed.append(names)
  }

  /// Notes the files that a `tee` replaces, which are not among its inputs.
  mutating func writeTeeOperands() {
    for range in teed {
      for index in range {
        let value = names[index].value
        if value?.first != 0x2d {
          let isOne = range.count == 1 && !command.callsAnother
          write(value, as: names[index].text, isOne: isOne)
        }
        if !command.callsAnother, range.count == 1 { names[index].value = nil }
      }
    }
  }

  /// Whether the script has written the file itself, so that it is not an input.
  func isWritten(_ value: [UInt8]) -> Bool {
    !written.isEmpty && written.contains(Self.plain(value, in: directory))
  }

  /// Notes a file that is replaced; if that is certain, it is not an input of later commands.
  private mutating func write(_ value: [UInt8]?, as text: [UInt8], isOne: Bool) {
    guard let value, !value.isEmpty, !value.starts(with: "/dev/".utf8) else { return }
    // The directory that the path is relative to is unknown.
    if hasMoved, value.first != 0x2f { return }
    let path = Self.plain(value, in: directory)
    let isCertain =
      isCertain && isOne && open.isEmpty && command.redirectionsSucceed && !keepsFiles
      && (!access(value, F_OK) || access(value, W_OK))
    if outputs.count < Self.mostOutputs {
      outputs.append(ScriptOutput(shown: text, path: path, isCertain: isCertain))
    }
    guard isCertain else { return }
    written.insert(path)
    // Naming the file in a variable does not read it.
    for setting in named where Self.plain(setting.value, in: directory) == path {
      names[setting.index].value = nil
    }
  }

  /// Maximum number of outputs to note.
  private static let mostOutputs = 1024

  /// Returns a path without redundant parts that refer to the current directory.
  static func plain(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
    var rest = path[...]
    if !directory.isEmpty, rest.starts(with: directory + [0x2f]) {
      rest = rest.dropFirst(directory.count + 1)
    }
    while rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
    return Array(rest)
  }
}
