/// The programs and files that the script of a shell may name, as far as that can be told without a
/// shell.
///
/// In doubt a word is taken for both: what names nothing costs a check, what is not seen costs a
/// wrong hit.
struct ShellScript {
  /// A word that may name a file.
  struct Name: Equatable {
    /// As the script spells it, without quotes.
    var text: [UInt8] = []
    /// With variables in place of their names; nil if only a shell can tell.
    var value: [UInt8]? = []
    /// Whether a command may begin with it, which is looked for in `PATH`.
    var mayBeProgram = false
    /// Whether a pattern matched it, so that it exists.
    var isMatch = false
  }

  /// A word that is being read.
  struct Word {
    /// As the script spells it, without quotes.
    var text: [UInt8] = []
    /// What it may mean; nil if only a shell can tell.
    var first: Meaning? = Meaning()
    /// A construct in it that may mean something else.
    var blindSpot: String?
    /// What else it may mean, since a variable may hold it.
    var others: [Meaning] = []

    var meanings: [Meaning] { first.map { [$0] + others } ?? [] }
  }

  /// One thing that a word may mean.
  struct Meaning {
    var value: [UInt8] = []
    /// With a `\` before what is no pattern, once there is one.
    var pattern: [UInt8]?

    mutating func append(_ bytes: [UInt8], isBare: Bool) {
      if isBare, pattern == nil, bytes.contains(where: FileGlob.begins) {
        pattern = FileGlob.escaped(value)
      }
      if pattern != nil { pattern?.append(contentsOf: isBare ? bytes : FileGlob.escaped(bytes)) }
      value.append(contentsOf: bytes)
    }
  }

  /// Something that is begun and not yet ended: a substitution, a group, a parameter or a `case`.
  struct Open {
    /// What ends it.
    var end: UInt8
    var wasQuoted: Bool
    /// Whether `<` and `>` compare in it.
    var isArithmetic = false
    /// Whether the script may have left its directory before it.
    var hadMoved = false
    /// The array that it is the literal of.
    var array: ArrayLiteral?
    /// The command that it is part of.
    var command: CommandState?
    static let esac: UInt8 = 0
    static let brace = UInt8(ascii: "}")
  }

  enum Redirection {
    case reads, replaces, appends
    /// `<<<` and `<&`: what follows is not a file that has to exist.
    case text
    /// `>&`: a descriptor, or a file that both streams replace.
    case duplicates
  }

  /// The kind of the command being read, and what its words so far say.
  struct CommandState {
    var (isTee, isDeclaration, isLoop, callsAnother) = (false, false, false, false)
    /// Whether its redirections can all be opened, as far as they have been read.
    var redirectionsSucceed = true
    var builtin = Builtin.none
    /// The variable of a loop, and what it is given.
    var loop: [[UInt8]] = []
    /// Whether only a shell can tell some of that.
    var loopIsUnknown = false
  }

  /// Which words of a command are scripts themselves.
  enum Inner {
    case none
    /// Those after the option of a shell.
    case ofShell
    /// Those that follow.
    case follow
  }

  /// A command of the shell itself, as far as its operands mean something.
  enum Builtin {
    case none
    case takesNoFiles
    /// `test`; with an operand that asks for a file.
    case tests, testsFile
    case reads, unsets, setsOptions
    /// `set`; before the name of an option; after its options.
    case setsParameters, setsNamedOption, givesParameters

    /// Whether other operands may name files.
    var takesFiles: Bool { self == .none || self == .testsFile }
  }

  /// The names in their order.
  var names: [Name] = []

  let environment: Environment
  let directory: [UInt8]
  /// What the script sets; none is for what only a shell can tell.
  var variables: [[UInt8]: [[UInt8]]] = [:]
  /// Variables that may hold what only a shell can tell.
  var unknown: Set<[UInt8]> = []
  var parameters = Parameters()
  /// Whether positional parameters may be those of a function.
  var definesFunctions = false
  var word: Word?
  var glob: FileGlob
  var isQuoted = false
  /// Whether a command begins here; after a substitution one may, as with `A=$(b) c`.
  var (beginsCommand, mayBegin) = (true, true)
  /// Whether the word `function` was the last.
  var namesFunction = false
  var redirection: Redirection?
  var open: [Open] = []
  var documents: [ShellDocument] = []
  /// How many nested texts surround the current position.
  var depth = 0
  /// Whether the current position is between `[[` and `]]`, where `<` and `>` compare too.
  var isTest = false

  var command = CommandState()
  /// The operands of a `tee`: their places in `names`.
  var teed: [Range<Int>] = []
  var settings: [(setting: Setting, index: Int)] = []
  /// What a wrapper sets for the command that it starts.
  var passed: [(name: [UInt8], values: [[UInt8]])] = []
  /// What variables of the script alone hold, and where in `names` they are set.
  var named: [(value: [UInt8], index: Int)] = []
  var inner = Inner.none
  var scripts: [[UInt8]] = []
  /// Whether those after one of `scripts` are its parameters; whether some may be missing.
  var (scriptsHaveArguments, hasUnknownScripts) = (false, false)
  /// How many more scripts within are read, and values of variables that hold several.
  var (scriptsLeft, meaningsLeft) = (64, 4096)

  /// Whether all so far is run, once, and where the script began.
  var isCertain = true
  var written: Set<[UInt8]> = []
  /// The files that it replaces, certainly or not.
  var outputs: [ScriptOutput] = []
  /// The first construct that may name files and that cannot be followed.
  var blindSpot: String?
  /// The numbers of descriptors that redirections of the script name first.
  var openedDescriptors: Set<[UInt8]> = []
  /// A redirection from a descriptor that the script has not opened.
  var foreignDescriptor: [UInt8]?
  /// A network connection that it opens as a file.
  var connection: [UInt8]?
  /// Whether `>` may fail on a file that exists.
  var keepsFiles = false
  /// Whether a program may look for another elsewhere than in the script's `PATH`.
  var searchesStandardPath = false
  /// Whether it may have left `directory`.
  var hasMoved = false

  /// Reads a script.
  ///
  /// - Parameters:
  ///   - environment: what its variables are taken from.
  ///   - directory: where it runs, which a shell calls `PWD`.
  ///   - arguments: what a shell gives to it, `$0` first.
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

  /// Which of a command's words may be scripts that its shell is given.
  ///
  /// It may be called by another, as `timeout 9 bash -c`; options and arguments may stand next to
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
}
