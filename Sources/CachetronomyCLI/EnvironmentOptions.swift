internal import Cachetronomy
internal import CommandCache

/// Options of `run` that the environment gives, so that a script is debugged without being edited.
///
/// An option on the command line comes first; a rule or profile comes after them.
enum EnvironmentOptions: String, CaseIterable {
  /// The maximum age of a result, as `--ttl`.
  case ttl = "CACHETRONOMY_TTL"
  /// A name that separates entries, as `--scope`; also for the other verbs that take a command.
  case scope = "CACHETRONOMY_SCOPE"
  /// Run the command and replace the result, as `--refresh`.
  case refresh = "CACHETRONOMY_REFRESH"
  /// Report hit or miss, as `-v`.
  case verbose = "CACHETRONOMY_VERBOSE"

  /// Its value; nil if it is not set, or empty.
  func text(in environment: Environment) -> String? {
    environment.text(rawValue).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether it is set to something else than `0`.
  func isOn(in environment: Environment) -> Bool {
    text(in: environment).map { $0 != "0" } ?? false
  }

  /// Whether any of them is set.
  static func isAny(in environment: Environment) -> Bool {
    allCases.contains { $0.text(in: environment) != nil }
  }
}

extension KeyValues {
  /// Adds what the environment says.
  mutating func add(_ environment: Environment) {
    scope = scope ?? EnvironmentOptions.scope.text(in: environment)
  }
}

extension RunArguments {
  /// Adds what the environment says.
  ///
  /// A mistake there does not stop the command: it is a warning.
  func add(_ environment: Environment) {
    key.add(environment)
    if ttl == nil, let text = EnvironmentOptions.ttl.text(in: environment) {
      do throws(Failure) {
        _ = try TimeToLive(text)
        ttl = text
      } catch {
        Output.say("warning: CACHETRONOMY_TTL is ignored: \(error)")
      }
    }
    if !cachedOnly, !warm, !explain, EnvironmentOptions.refresh.isOn(in: environment) {
      refresh = true
    }
    if EnvironmentOptions.verbose.isOn(in: environment) { common.verbose = true }
  }
}
