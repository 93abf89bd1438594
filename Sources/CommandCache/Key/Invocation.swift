package import Cachetronomy
internal import Glibc
internal import System

/// A command to look up or run, with everything its cache key is made of.
package struct Invocation {
  /// The arguments of the command, as bytes.
  package var argv: [[UInt8]]
  /// The program of the first argument.
  package var executable: Executable
  /// Its working directory.
  package var directory: [UInt8]
  /// Its environment.
  package var environment: Environment
  /// The settings that shape its key.
  package var settings: RunSettings
  /// Whether `-c` runs with the default shell and `pipefail`: status 141, of a producer whose
  /// reader closed the pipe early, then counts as 0.
  package var hasPipefail = false
  /// The digest of the stdin that `--stdin` read; nil without it.
  package var input: [UInt8]?

  /// Creates an invocation and finds its program.
  ///
  /// - Throws: `Failure.cannotRun` if there is no such program.
  package init(
    argv: [[UInt8]], directory: [UInt8], environment: Environment,
    settings: RunSettings
  ) throws(Failure) {
    self.argv = argv
    self.directory = directory
    self.environment = environment
    self.settings = settings
    executable = try Executable(argv.first ?? [], in: environment, directory: directory)
  }

  /// The files that come back on a hit.
  var outputs: OutputPaths { OutputPaths(settings, directory: directory) }

  /// The arguments with secrets redacted.
  package var shownArguments: [[UInt8]] { redactor.redacted(argv) }

  /// Redacts secrets in all that is written or printed about this command.
  var redactor: Redactor { Redactor(environment, patterns: settings.redact) }

  /// Returns the cache key.
  package func key() -> Key { resolve().key }

  /// Whether the cache key is still the one that was computed.
  ///
  /// Repeats the recorded file system probes. The key is computed again only if one of them
  /// differs, or is too recent to prove that its file is unchanged.
  func hasKey(_ command: CommandKey) -> Bool {
    if probe.stillHolds() { return true }
    var again = self
    again.environment.probe = Probe(keeps: false, probe.digests)
    return again.key() == command.key
  }

  /// Computes the cache key and the findings that go with it.
  package func resolve() -> CommandKey {
    // A caller that gives a scope declares what the command reads.
    var notes = KeyNotes(refuses: settings.scope == nil)
    let parts = KeyParts(of: self, &notes)
    var shown: [UInt8] = []
    shown.reserveCapacity(2 * Self.shownLimit)
    // Redacts only the arguments that are shown.
    for word in redactor.redacted(argv, upTo: Self.shownLimit + 1) {
      if !shown.isEmpty { shown.append(0x20) }
      ShellWords.append(word, to: &shown)
    }
    return CommandKey(
      shown: Self.shorten(shown), parts: parts, digest: parts.digest(of: self), notes: notes)
  }

  private static let shownLimit = 96

  /// Truncates text that is too long for a key.
  private static func shorten(_ text: [UInt8]) -> String {
    if text.count <= shownLimit { return String(decoding: text, as: UTF8.self) }
    var size = shownLimit - 3
    // Do not split a UTF-8 character.
    while text[size] & 0xc0 == 0x80 { size -= 1 }
    return String(decoding: text[..<size], as: UTF8.self) + "…"
  }

  /// Returns the key part of the working directory; nil if it is not in the key.
  func directoryPart() -> [[UInt8]]? {
    switch settings.cwd ?? .path {
    case .none: return nil
    case .path: return [directory]
    case .repository:
      guard let repository = Repository(of: directory, probe) else { return [directory] }
      return [Array("repository".utf8), repository.identity, repository.place]
    }
  }

  /// Probes the file system for the inputs of the key.
  var probe: Probe { environment.probe }

  func userPart() -> [[UInt8]] {
    [Self.bytes(Int64(geteuid())), Self.bytes(Int64(getegid()))]
  }

  static func bytes(_ number: Int64) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
