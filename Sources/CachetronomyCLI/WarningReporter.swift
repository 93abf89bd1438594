internal import Cachetronomy
internal import CommandCache

/// What is wrong with the cache while `run` goes on anyway.
final class WarningReporter {
  private let common: CommonValues
  private let environment: Environment
  private var warnings: Int64 = 0
  private var hasSaid = false

  init(_ common: CommonValues, _ environment: Environment) {
    (self.common, self.environment) = (common, environment)
  }

  private var path: String? {
    guard let place = try? StoreLocation.find(common.store, environment) else { return nil }
    return place.path
  }

  /// Says what is wrong, once an hour for one cause, and once a call: what fails next fails, as a
  /// rule, of the same.
  func warn(_ failure: Failure) {
    warnings += 1
    if common.quiet || (hasSaid && !common.verbose) { return }
    let limit = WarningLimit(store: path, environment)
    guard limit.admits(failure, at: .now()) || common.verbose else { return }
    hasSaid = true
    Output.warn(failure)
  }

  /// Moves a store that gave a sign of damage out of the way; false if that was not done.
  func setAside(isKnown: Bool) -> Bool {
    do throws(Failure) {
      guard let path,
        let new = try Store.setAside(
          path, isKnown: isKnown, lockTimeout: 3000, ownsProcess: true, at: .now())
      else { return false }
      warnings += 1
      if !common.quiet {
        Output.say("warning: store '\(path)' is damaged: it is now '\(new)', a new one is made")
      }
      return true
    } catch {
      warn(error)
      return false
    }
  }

  /// Counts the warnings in the store, if that can be done without waiting.
  func count() {
    guard warnings > 0,
      let store = try? common.writing(environment, create: false, lockTimeout: 0)
    else { return }
    try? store.count(warnings: warnings)
  }
}
