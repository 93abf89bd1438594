internal import Cachetronomy
internal import System

/// Finds the programs and files that a shell script may name, as far as possible without a shell.
///
/// In doubt a word counts as both. A false positive costs one file system check, a false negative a
/// wrong result.
struct ShellScript {
  /// A word that may name a file.
  struct Name: Equatable {
    /// As written in the script, without quotes.
    var text: [UInt8] = []
    /// With variables expanded; nil if only a shell can expand it.
    var value: [UInt8]? = []
    /// Whether it may be the first word of a command, which is searched for in `PATH`.
    var mayBeProgram = false
    /// Whether it is a match of a pattern, so that it exists.
    var isMatch = false
  }

  /// A word that is being parsed.
  struct Word {
    /// As written in the script, without quotes.
    var text: [UInt8] = []
    /// Its first meaning; nil if only a shell can expand it.
    var first: Meaning? = Meaning()
    /// A construct in it that may expand to something else.
    var blindSpot: String?
    /// Its other meanings, from the other values of variables.
    var others: [Meaning] = []

    var meanings: [Meaning] { first.map { [$0] + others } ?? [] }
  }

  /// One possible expansion of a word.
  struct Meaning {
    var value: [UInt8] = []
    /// The pattern, if it has one, with a `\` before each byte that is not part of a pattern.
    var pattern: [UInt8]?

    mutating func append(_ bytes: [UInt8], isBare: Bool) {
      if isBare, pattern == nil, bytes.contains(where: FileGlob.begins) {
        pattern = FileGlob.escaped(value)
      }
      if pattern != nil { pattern?.append(contentsOf: isBare ? bytes : FileGlob.escaped(bytes)) }
      value.append(contentsOf: bytes)
    }
  }

  /// A construct that is open: a substitution, a group, a parameter or a `case`.
  struct Open {
    /// The byte that closes it.
    var end: UInt8
    var wasQuoted: Bool
    /// Whether `<` and `>` are comparisons in it.
    var isArithmetic = false
    /// Whether the script may have changed directory before it.
    var hadMoved = false
    /// The array literal that it encloses.
    var array: ArrayLiteral?
    /// The command that it is part of.
    var command: CommandState?
    static let esac: UInt8 = 0
    static let brace = UInt8(ascii: "}")
  }

  enum Redirection {
    case reads, replaces, appends
    /// `<<<` and `<&`: the word is not a file that has to exist.
    case text
    /// `>&`: a descriptor, or a file that both streams replace.
    case duplicates
  }

  /// The kind of command being parsed, and what its words so far imply.
  struct CommandState {
    var (isTee, isDeclaration, isLoop, callsAnother) = (false, false, false, false)
    /// Whether all its redirections parsed so far are sure to succeed.
    var redirectionsSucceed = true
    var builtin = Builtin.none
    /// The variable of a `for` loop, and its list.
    var loop: [[UInt8]] = []
    /// Whether only a shell can expand a part of that.
    var loopIsUnknown = false
  }

  /// Which words of a command are scripts themselves.
  enum Inner {
    case none
    /// The words after an option such as `-c` of a shell.
    case ofShell
    /// The following words.
    case follow
  }

  /// A builtin whose operands matter.
  enum Builtin {
    case none
    case takesNoFiles
    /// `test`; `test` after an operator that takes a file.
    case tests, testsFile
    case reads, unsets, setsOptions
    /// `set`; `set` before the name of an option; `set` after its options.
    case setsParameters, setsNamedOption, givesParameters

    /// Whether other operands may name files.
    var takesFiles: Bool { self == .none || self == .testsFile }
  }

  /// The names found, in order.
  var names: [Name] = []

  let environment: Environment
  let directory: [UInt8]
  /// Variables that the script sets; an empty list means that only a shell can expand it.
  var variables: [[UInt8]: [[UInt8]]] = [:]
  /// Variables that may have further values that only a shell can expand.
  var unknown: Set<[UInt8]> = []
  var parameters = Parameters()
  /// Whether positional parameters may be those of a function.
  var definesFunctions = false
  var word: Word?
  var glob: FileGlob
  var isQuoted = false
  /// Whether a command begins here; after a substitution it may, as in `A=$(b) c`.
  var (beginsCommand, mayBegin) = (true, true)
  /// Whether the previous word was `function`.
  var namesFunction = false
  var redirection: Redirection?
  var open: [Open] = []
  var documents: [ShellDocument] = []
  /// The nesting depth of the script being parsed.
  var depth = 0
  /// Whether the parser is between `[[` and `]]`, where `<` and `>` are comparisons too.
  var isTest = false

  var command = CommandState()
  /// The operands of a `tee`, as ranges of `names`.
  var teed: [Range<Int>] = []
  var settings: [(setting: Setting, index: Int)] = []
  /// Variables that a wrapper sets for the command it starts.
  var passed: [(name: [UInt8], values: [[UInt8]])] = []
  /// Values of variables that only the script uses, with their indices in `names`.
  var named: [(value: [UInt8], index: Int)] = []
  var inner = Inner.none
  var scripts: [[UInt8]] = []
  /// Whether the words after one of `scripts` are its parameters; whether scripts may be missing.
  var (scriptsHaveArguments, hasUnknownScripts) = (false, false)
  /// How many more nested scripts, and values of multi-valued variables, are parsed.
  var (scriptsLeft, meaningsLeft) = (64, 4096)

  /// Whether all parsed so far runs exactly once from the start of the script.
  var isCertain = true
  var written: Set<[UInt8]> = []
  /// The files that it replaces, certainly or possibly.
  var outputs: [ScriptOutput] = []
  /// The first construct that may name files and cannot be followed.
  var blindSpot: String?
  /// The descriptor numbers that redirections of the script open.
  var openedDescriptors: Set<[UInt8]> = []
  /// A redirection from a descriptor that the script has not opened.
  var foreignDescriptor: [UInt8]?
  /// A network connection that it opens as a file.
  var connection: [UInt8]?
  /// Whether `>` may fail for an existing file.
  var keepsFiles = false
  /// Whether a program may search for another outside the script's `PATH`.
  var searchesStandardPath = false
  /// Whether the script may have left `directory`.
  var hasMoved = false

  /// Parses a script.
  ///
  /// - Parameters:
  ///   - environment: the values of its variables.
  ///   - directory: its working directory, the value of `PWD`.
  ///   - arguments: the arguments that a shell passes to it, `$0` first.
  init(
    _ script: [UInt8], in environment: Environment, directory: [UInt8], arguments: [[UInt8]] = []
  ) {
    parameters = Parameters(of: script, Array(arguments.prefix(Self.mostMeanings)))
    (self.environment, self.directory) = (environment, directory)
    glob = FileGlob(in: directory, environment.probe)
    read(script, isDocument: false)
    endCommand()
    if glob.isCut { cannotFollow("*") }
  }

  /// Returns the indices of the arguments that may be scripts of a shell.
  ///
  /// A wrapper may start the shell, as in `timeout 9 bash -c`; options and parameters may be among
  /// them.
  static func places(in argv: [[UInt8]]) -> Range<Int> {
    guard let shell = argv.firstIndex(where: isShell),
      let option = argv[(shell + 1)...].firstIndex(where: isScriptOption)
    else { return 0..<0 }
    return option + 1..<argv.count
  }

  static func isShell(_ word: [UInt8]) -> Bool { word.suffix(2).elementsEqual("sh".utf8) }

  static func isScriptOption(_ word: [UInt8]) -> Bool {
    word.count > 1 && word[0] == 0x2d && word[1] != 0x2d && word.contains(UInt8(ascii: "c"))
  }

  mutating func read(_ text: [UInt8], isDocument: Bool) {
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
        // Joins continued lines; a substitution in backquotes may contain continued lines itself.
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
}
