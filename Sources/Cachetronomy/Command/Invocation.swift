internal import Glibc

/// A command with everything that determines its key.
public struct Invocation {
  /// The words of the command, as bytes.
  public var argv: [[UInt8]]
  /// The program of the first word.
  public var executable: Executable
  /// The directory it runs in.
  public var directory: [UInt8]
  /// The environment it gets.
  public var environment: Environment
  /// What shapes its key.
  public var settings: RunSettings
  /// Whether the shell of `-c` is the default one, with `pipefail`: status 141 is then that of a
  /// producer whose reader had enough, and counts as 0.
  public var hasPipefail = false
  /// The digest of the stdin that `--stdin` read; nil without it.
  public var input: [UInt8]?

  /// A command with all that makes its key.
  ///
  /// - Throws: `Failure.cannotRun` if there is no such program.
  public init(
    argv: [[UInt8]], directory: [UInt8], environment: Environment,
    settings: RunSettings
  ) throws(Failure) {
    self.argv = argv
    self.directory = directory
    self.environment = environment
    self.settings = settings
    executable = try Executable(argv.first ?? [], in: environment, directory: directory)
  }

  /// The arguments with secrets hidden.
  public var shownArguments: [[UInt8]] { redactor.redacted(argv) }

  /// What hides secrets in all that is written or printed about this command.
  var redactor: Redactor { Redactor(environment, patterns: settings.redact) }

  /// The name of its entry.
  public func key() -> Key { resolve().key }

  /// Whether its key is still the one that was made.
  ///
  /// The questions asked for it are asked again; only where a result differs, or may be the same
  /// after a change, is the key made again.
  func hasKey(_ command: CommandKey) -> Bool {
    if probe.stillHolds() { return true }
    var again = self
    again.environment.probe = Probe(keeps: false, probe.digests)
    return again.key() == command.key
  }

  /// Makes its key, and reports what that found out as well.
  public func resolve() -> CommandKey {
    // A caller that gives a scope vouches for what the command reads.
    var notes = KeyNotes(refuses: settings.scope == nil)
    let parts = KeyParts(of: self, &notes)
    var shown: [UInt8] = []
    shown.reserveCapacity(2 * Self.shownLimit)
    // Only the arguments that are shown.
    for word in redactor.redacted(argv, upTo: Self.shownLimit + 1) {
      if !shown.isEmpty { shown.append(0x20) }
      ShellWords.append(word, to: &shown)
    }
    return CommandKey(
      shown: Self.shorten(shown), parts: parts, digest: parts.digest(of: self), notes: notes)
  }

  private static let shownLimit = 96

  /// Cuts what is too long for a key.
  private static func shorten(_ text: [UInt8]) -> String {
    if text.count <= shownLimit { return String(decoding: text, as: UTF8.self) }
    var size = shownLimit - 3
    // Not within a character.
    while text[size] & 0xc0 == 0x80 { size -= 1 }
    return String(decoding: text[..<size], as: UTF8.self) + "…"
  }

  /// What stands for the working directory; nil if nothing does.
  func directoryPart() -> [[UInt8]]? {
    switch settings.cwd ?? .path {
    case .none: return nil
    case .path: return [directory]
    case .repository:
      guard let repository = Repository(of: directory, probe) else { return [directory] }
      return [Array("repository".utf8), repository.identity, repository.place]
    }
  }

  /// Asks the questions that its key depends on.
  var probe: Probe { environment.probe }

  func userPart() -> [[UInt8]] {
    [Self.bytes(Int64(geteuid())), Self.bytes(Int64(getegid()))]
  }

  static func bytes(_ number: Int64) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
