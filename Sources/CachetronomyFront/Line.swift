/// The arguments that the front has to know: the verb, the store, the input, and a plain key.
///
/// All other arguments are only digested.
struct Line {
  enum Verb: UInt32 {
    case run = 0
    case get = 1
    case has = 2
  }

  var verb = Verb.run
  /// `--db`; empty if it is not there.
  var store: Bytes
  var hasNoInput = false
  /// The key of `get KEY` and `has KEY`; empty for a command.
  var key: Bytes
  /// Whether there are options that choose the profile or take part in the key of a command.
  private var hasKeyOptions = false

  /// - Returns: nil for what the whole program has to read.
  init?(_ call: Call) {
    guard let word = call.argument(1) else { return nil }
    (store, key) = (Bytes(word.start, 0), Bytes(word.start, 0))
    if word.equals("run") {
      verb = .run
    } else if word.equals("get") {
      verb = .get
    } else if word.equals("has") {
      verb = .has
    } else {
      return nil
    }
    var at = 2
    var hasCommand = false
    while let word = call.argument(at), word.count > 1, word[0] == 0x2d {
      at &+= 1
      if word.equals("--") {
        hasCommand = true
        break
      }
      guard let used = option(word, value: call.argument(at)) else { return nil }
      at &+= used
    }
    if hasCommand || verb == .run || isPipeline { return }
    // One key, which no options of a command may accompany.
    guard !hasKeyOptions, at == call.count &- 1, let word = call.argument(at), word.count > 0,
      word[0] != 0x23
    else { return nil }
    key = word
  }

  private var isPipeline = false

  /// Reads an option.
  ///
  /// - Returns: how many arguments it takes next to its own; nil if it is not known here.
  private mutating func option(_ word: Bytes, value: Bytes?) -> Int? {
    if word.equals("-q") || word.equals("--quiet") { return 0 }
    if word.equals("-c") {
      isPipeline = true
      return Self.isValue(value) ? 1 : nil
    }
    guard word[1] == 0x2d else { return nil }
    let cut = word.first(0x3d)
    let name = cut < 0 ? word.from(2) : word.part(2, cut &- 2)
    if cut < 0, Self.isFlag(name, verb) {
      hasKeyOptions = true
      if name.equals("no-stdin") { hasNoInput = true }
      return 0
    }
    guard Self.takesValue(name, verb) else { return nil }
    let text = cut < 0 ? value : word.from(cut &+ 1)
    guard Self.isValue(cut < 0 ? value : nil) || cut >= 0, let text, text.count > 0 else {
      return nil
    }
    if name.equals("db") { store = text } else { hasKeyOptions = true }
    return cut < 0 ? 1 : 0
  }

  /// Whether an argument is the value of the option before it for sure.
  private static func isValue(_ word: Bytes?) -> Bool {
    guard let word else { return false }
    return word.count > 0 && word[0] != 0x2d
  }

  /// Options with which an entry may be served as without them.
  private static func isFlag(_ name: Bytes, _ verb: Verb) -> Bool {
    if name.equals("no-env") || name.equals("no-cwd") || name.equals("no-user")
      || name.equals("trace") || name.equals("no-trace") || name.equals("trace-times")
    {
      return true
    }
    guard verb == .run else { return false }
    return name.equals("no-stdin") || name.equals("no-remote") || name.equals("rules-only")
      || name.equals("cached-only") || name.equals("no-store")
  }

  private static func takesValue(_ name: Bytes, _ verb: Verb) -> Bool {
    switch name.count {
    case 2: return name.equals("db")
    case 3: return name.equals("env") || name.equals("cwd") || isOfRun(name, verb)
    case 4: return name.equals("file") || isOfRun(name, verb)
    case 5: return name.equals("mtime") || name.equals("shell") || name.equals("scope")
    // `get` prints the file that it names.
    case 6: return name.equals("output") && verb == .run
    case 7: return name.equals("profile") || isOfRun(name, verb)
    case 9: return name.equals("arg-files")
    case 10: return name.equals("env-ignore") || name.equals("executable") || isOfRun(name, verb)
    case 13: return name.equals("content-limit")
    default: return isOfRun(name, verb)
    }
  }

  private static func isOfRun(_ name: Bytes, _ verb: Verb) -> Bool {
    guard verb == .run else { return false }
    return name.equals("ttl") || name.equals("tag") || name.equals("wait")
      || name.equals("timeout") || name.equals("ttl-jitter") || name.equals("failure-ttl")
      || name.equals("cache-status") || name.equals("stale-if-error")
      || name.equals("stale-while-revalidate")
  }
}
