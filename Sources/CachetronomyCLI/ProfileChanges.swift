internal import Cachetronomy

/// What profile files would make of the profiles of a store.
struct ProfileChanges {
  /// The profiles that the files name.
  let profiles: [Profile]
  /// Where their settings are written.
  private(set) var origins: [String: Origins] = [:]
  /// Those of the store that would be removed.
  private(set) var pruned: [String] = []
  private(set) var lines: [String] = []

  /// Reads what some files would change.
  ///
  /// - Parameter prune: the store keeps no profile that the files do not name, but `default`.
  init(applying files: [ProfileFile], to store: Store?, prune: Bool) throws(Failure) {
    let resolved = try ProfileFile.resolve(files) { ProfileFiles.stored($0, in: store) }
    profiles = resolved.map(\.profile)
    for one in resolved { origins[one.profile.name] = one.origins }
    for profile in profiles {
      let old = try store?.profile(profile.name)
      if old == nil { lines.append("\(profile.name): created") }
      guard let old else { continue }
      lines += profile.differences(from: old).map { "\(profile.name): \($0)" }
      if profile.timeToLive < old.timeToLive {
        lines.append(
          "\(profile.name): entries already stored keep their time "
            + "(see 'cachetronomy clear --saved-by \(profile.name)')")
      }
    }
    if prune, let store {
      for profile in try store.profiles()
      where profile.name != Profile.defaultName
        && !profiles.contains(where: { $0.name == profile.name })
      {
        pruned.append(profile.name)
        lines.append("\(profile.name): removed")
      }
    }
  }

  /// Compares the profiles of a store with the files that they were applied from.
  init(since store: Store) throws(Failure) {
    var (paths, names): ([String], [String]) = ([], [])
    for profile in try store.profiles() {
      guard let source = try store.source(of: profile.name) else { continue }
      names.append(profile.name)
      if ProfileFiles.state(source) == "gone" {
        lines.append("\(profile.name): its file '\(source.path)' is gone")
      } else if !paths.contains(source.path) {
        paths.append(source.path)
      }
    }
    let gone = lines
    let now = try ProfileChanges(
      applying: try ProfileFiles.read(paths), to: store, prune: false)
    (profiles, lines) = (now.profiles, now.lines + gone)
    for name in names where !profiles.contains(where: { $0.name == name }) {
      guard !gone.contains(where: { $0.hasPrefix("\(name): its file ") }) else { continue }
      lines.append("\(name): removed")
    }
  }

  /// One line for each change.
  var text: String { lines.map { Terminal.shown($0) + "\n" }.joined() }
}
