internal import Cachetronomy
internal import System

/// Tracks what a script sets: variables, arrays, positional parameters.
extension ShellScript {
  /// A word that sets a variable.
  struct Setting {
    var name: [UInt8]
    /// Its possible values; none if only a shell can expand them.
    var values: [[UInt8]]
    /// Whether it appends to the variable, with `+=`.
    var appends = false
    /// Whether it sets one element of an array.
    var isElement = false
  }

  /// The elements of `name=(...)` while it is parsed.
  struct ArrayLiteral {
    var name: [UInt8]
    var values: [[UInt8]] = []
    var appends: Bool
    /// Whether there are no elements other than `values`.
    var isComplete = true
    /// Whether a command may begin after it.
    var (beginsCommand, mayBegin): (Bool, Bool)
  }

  /// Returns the variable that a word sets; nil if it sets none.
  static func setting(_ word: Word) -> Setting? {
    guard let cut = word.text.firstIndex(of: 0x3d) else { return nil }
    var name = word.text[..<cut]
    let appends = name.last == UInt8(ascii: "+")
    if appends { name.removeLast() }
    let element = name.firstIndex(of: UInt8(ascii: "["))
    if let element { name = name[..<element] }
    guard !name.isEmpty, name.allSatisfy(ShellWords.isNameByte) else { return nil }
    // The index of an element may contain a variable.
    let values = word.meanings.map { meaning in
      Array((meaning.value.firstIndex(of: 0x3d)).map { meaning.value[($0 + 1)...] } ?? [])
    }
    return Setting(
      name: Array(name), values: values, appends: appends, isElement: element != nil)
  }

  /// Applies what a command sets for the following ones.
  mutating func set() {
    for (setting, index) in settings {
      set(setting)
      // A program may read a variable from its environment.
      if isCertain, !command.isDeclaration, setting.values.count == 1, !setting.appends,
        !setting.isElement,
        environment[String(decoding: setting.name, as: UTF8.self)] == nil
      {
        named.append((setting.values[0], index))
      }
    }
  }

  private mutating func set(_ setting: Setting) {
    if setting.name.elementsEqual("IFS".utf8) { cannotFollow("IFS") }
    guard setting.appends, !setting.isElement else {
      set(setting.name, to: setting.values, isCertain: isCertain && !setting.isElement)
      return
    }
    let longer = values(setting.name[...]).prefix(Self.mostMeanings).lazy.flatMap { value in
      setting.values.lazy.map { value + $0 }
    }.filter { $0.count <= Self.longest }.prefix(Self.mostMeanings + 1)
    set(setting.name, to: Array(longer), isCertain: isCertain)
  }

  /// Sets a variable; values that are not certain are added to the existing ones.
  mutating func set(_ name: [UInt8], to values: [[UInt8]], isCertain: Bool) {
    var all = isCertain ? [] : self.values(name[...]).filter { !$0.isEmpty }
    for value in values where !all.contains(value) { all.append(value) }
    variables[name] = Array(all.prefix(Self.mostMeanings))
    if values.isEmpty || all.count > Self.mostMeanings {
      unknown.insert(name)
    } else if isCertain, !unknown.isEmpty {
      unknown.remove(name)
    }
  }

  /// Notes that a variable may have a value that only a shell can expand.
  mutating func cannotTell(_ name: [UInt8]) { set(name, to: [], isCertain: isCertain) }

  /// Sets the variable of `for x in` to the items of its list.
  mutating func setLoop() {
    guard let name = command.loop.first else { return }
    if command.loop.count > 2 {
      set(name, to: Array(command.loop[2...]), isCertain: true)
    } else if command.loop.count == 1, !parameters.values.isEmpty {
      set(name, to: parameters.values, isCertain: false)
    }
    if command.loopIsUnknown { unknown.insert(name) }
  }

  /// Begins an array if the current word is `name=` or `name+=`.
  mutating func beginsArray() -> Bool {
    guard mayBegin || command.isDeclaration, redirection == nil, let word, word.text.last == 0x3d,
      let setting = Self.setting(word), word.text.firstIndex(of: 0x3d) == word.text.count - 1
    else { return false }
    self.word = nil
    names.append(Name(text: word.text, value: word.first?.value))
    let array = ArrayLiteral(
      name: setting.name, appends: setting.appends, beginsCommand: beginsCommand, mayBegin: mayBegin
    )
    open.append(Open(end: UInt8(ascii: ")"), wasQuoted: false, hadMoved: hasMoved, array: array))
    (beginsCommand, mayBegin) = (false, false)
    return true
  }

  /// Adds an element to the current array; nil means that only a shell can expand it.
  mutating func addElement(_ value: [UInt8]?) {
    guard let last = open.indices.last, let count = open[last].array?.values.count else { return }
    guard var value, count < Self.mostMeanings else {
      open[last].array?.isComplete = false
      return
    }
    if value.first == UInt8(ascii: "["), let cut = value.firstIndex(of: 0x3d),
      value[cut - 1] == UInt8(ascii: "]")
    {
      value.removeFirst(cut + 1)
    }
    open[last].array?.values.append(value)
  }

  mutating func endArray() {
    endWord()
    guard let array = open.popLast()?.array else { return }
    (beginsCommand, mayBegin) = (array.beginsCommand, array.mayBegin)
    // An empty array expands to no words.
    let values = array.values.isEmpty && array.isComplete ? [[]] : array.values
    set(array.name, to: values, isCertain: isCertain && !array.appends)
    if !array.isComplete { unknown.insert(array.name) }
  }
}

/// The positional parameters of a script.
struct Parameters {
  /// `$0`.
  private(set) var zero: [UInt8] = []
  private(set) var values: [[UInt8]] = []
  /// Whether these are all parameters.
  private(set) var isKnown = true
  /// Whether each parameter may have the value of any other.
  var mayBeShifted = false

  init() {}

  /// Creates the parameters of a `-c` script from the arguments after it, `$0` first.
  init(of script: [UInt8], _ arguments: [[UInt8]], isKnown: Bool = true) {
    zero = arguments.first ?? []
    values = Array(arguments.dropFirst())
    self.isKnown = isKnown
    // A loop may shift the parameters after they are used.
    mayBeShifted =
      !isKnown || values.count > 1 && script.holds(Array("shift".utf8))
  }

  /// Adds a parameter of `set`.
  mutating func add(_ word: ShellScript.Word) {
    mayBeShifted = true
    if word.first == nil || values.count >= ShellScript.mostMeanings { isKnown = false }
    values.append(contentsOf: word.meanings.prefix(ShellScript.mostMeanings).map(\.value))
  }

  /// Returns the possible values of a parameter: a digit, `@` or `*`.
  func meanings(of name: ArraySlice<UInt8>) -> [[UInt8]] {
    guard let first = name.first, (0x30...0x39).contains(first) else {
      return values.isEmpty ? [[]] : values
    }
    guard name.count < 4, let number = Int(String(decoding: name, as: UTF8.self)) else {
      return [[]]
    }
    if number == 0 { return [zero] }
    if mayBeShifted { return values.isEmpty ? [[]] : values }
    return number <= values.count ? [values[number - 1]] : [[]]
  }
}
