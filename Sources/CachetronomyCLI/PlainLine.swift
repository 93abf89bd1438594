internal import ArgumentParser

/// Makes the commands of plain lines of `set`, `get`, `has` and `delete` as the argument parser
/// would.
enum PlainLine {
  /// The command that a line means.
  ///
  /// - Returns: nil unless it is certain; then the argument parser has to read it.
  static func command(_ words: [[UInt8]]) -> (any ParsableCommand)? {
    guard let verb = verb(words.first ?? []) else { return nil }
    let line = RunArguments()
    var operands: [String] = []
    var command: [[UInt8]] = []
    var at = 1
    while at < words.count {
      let word = words[at]
      if word.isEmpty { return nil }
      if word == Array("--".utf8) {
        if verb == .set { return nil }
        command = Array(words[(at + 1)...])
        break
      }
      if word[0] == UInt8(ascii: "-"), word.count > 1 {
        guard line.readOption(words, &at, verb) else { return nil }
      } else {
        operands.append(ArgumentBytes.text(word))
        at += 1
      }
    }
    switch verb {
    case .set: return set(line, operands)
    case .get: return get(line, operands, command)
    case .has: return has(line, operands, command)
    default: return delete(line, operands, command)
    }
  }

  private static func verb(_ word: [UInt8]) -> LineOption.Verbs? {
    switch String(decoding: word, as: UTF8.self) {
    case "set": .set
    case "get": .get
    case "has": .has
    case "delete": .delete
    default: nil
    }
  }

  // Each field is given a value: what the parser has not read cannot be read from a command.

  private static func set(_ line: RunArguments, _ operands: [String]) -> Tool.Set? {
    guard (1...2).contains(operands.count), line.key.file.count < 2 else { return nil }
    var command = Tool.Set()
    command.key = operands[0]
    command.value = operands.count > 1 ? operands[1] : nil
    command.file = line.key.file.first
    command.ttl = line.ttl
    command.tag = line.tags
    command.format = line.format
    command.entryVersion = line.entryVersion ?? 1
    command.remote = line.remote
    command.common = CommonOptions(line.common)
    return command
  }

  private static func get(
    _ line: RunArguments, _ operands: [String], _ words: [[UInt8]]
  ) -> Tool.Get? {
    guard operands.count < 2 else { return nil }
    var command = Tool.Get()
    command.target = TargetOptions(operands.first, line.key, words)
    command.list = StdinKeysOptions(line)
    command.stderr = line.stderr
    command.raw = line.raw
    command.json = line.json
    command.remote = line.remote
    command.common = CommonOptions(line.common)
    return command
  }

  private static func has(
    _ line: RunArguments, _ operands: [String], _ words: [[UInt8]]
  ) -> Tool.Has? {
    guard operands.count < 2 else { return nil }
    var command = Tool.Has()
    command.target = TargetOptions(operands.first, line.key, words)
    command.list = StdinKeysOptions(line)
    command.common = CommonOptions(line.common)
    return command
  }

  private static func delete(
    _ line: RunArguments, _ operands: [String], _ words: [[UInt8]]
  ) -> Tool.Delete {
    var command = Tool.Delete()
    command.keys = operands
    command.keyOptions = KeyOptions(line.key)
    command.words = CommandWords(words)
    command.list = StdinKeysOptions(line)
    command.remote = line.remote
    command.common = CommonOptions(line.common)
    return command
  }
}

extension CommonOptions {
  /// Options that were read by other means.
  init(_ values: CommonValues) {
    self.init()
    (store, profile) = (values.store, values.profile)
    (quiet, verbose) = (values.quiet, values.verbose)
  }
}

extension KeyOptions {
  /// Options that were read by other means.
  init(_ values: KeyValues) {
    self.init()
    (pipeline, shell, scope, cwd) = (values.pipeline, values.shell, values.scope, values.cwd)
    (env, envIgnore, noEnv) = (values.env, values.envIgnore, values.noEnv)
    (noCwd, noUser, stdin) = (values.noCwd, values.noUser, values.stdin)
    (executable, argFiles) = (values.executable, values.argFiles)
    contentLimit = values.contentLimit
    (file, mtime, output) = (values.file, values.mtime, values.output)
    (trace, traceTimes) = (values.trace, values.traceTimes)
  }
}

extension CommandWords {
  /// Words that were read by other means.
  init(_ words: [[UInt8]]) {
    self.init()
    commandWord = words.map { "." + ArgumentBytes.text($0) }
  }
}

extension TargetOptions {
  fileprivate init(_ key: String?, _ values: KeyValues, _ words: [[UInt8]]) {
    self.init()
    self.key = key
    keyOptions = KeyOptions(values)
    self.words = CommandWords(words)
  }
}

extension StdinKeysOptions {
  fileprivate init(_ line: RunArguments) {
    self.init()
    zero = line.zero
  }
}
