internal import ArgumentParser
internal import Cachetronomy

/// The entry that a command is about: a key, `#` and digits, or the command whose entry is meant.
struct TargetOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A key, or '#' and 6 or more digits of a digest.", valueName: "key"))
  var key: String?

  @OptionGroup var keyOptions: KeyOptions

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The command whose entry is meant.", valueName: "command"))
  var command: [String] = []

  /// The key that is meant; nil if the digits name nothing.
  func resolve(_ store: Store?, _ common: CommonOptions) throws(Failure) -> Key? {
    let words = command.map { Words.bytes($0) }
    if let key {
      guard words.isEmpty, keyOptions.pipeline == nil else {
        throw .badSetting("command line", "give either a key or a command, not both")
      }
      return try Self.resolve(key, store)
    }
    guard let command = try keyOptions.values.command(words) else {
      throw .badSetting("command line", "want a key, or '--' and a command")
    }
    let environment = Words.environment()
    let profile = try common.values.profile(in: store, environment)
    let plan = try Plan(command, profile: profile, flags: try keyOptions.values.settings())
    let directory = try WorkingDirectory.path(named: environment["PWD"])
    return try plan.invocation(directory: directory, environment: environment).key()
  }

  /// A key as typed, or the one that `#` and digits mean.
  static func resolve(_ text: String, _ store: Store?) throws(Failure) -> Key? {
    guard text.hasPrefix("#"), text.utf8.count >= 7,
      text.dropFirst().allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { return try Words.key(text) }
    return try store?.key(digits: String(text.dropFirst()))
  }
}
