internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Profiles: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "profile",
      abstract: "Apply, select and print profiles.",
      discussion: """
        For example:
          cachetronomy profile apply profiles/ --use ci
        """,
      subcommands: [
        Apply.self, ListProfiles.self, ShowProfile.self, Use.self, Update.self, Validate.self,
        DeleteProfile.self, Diff.self, Match.self,
      ])
  }
}

extension Tool.Profiles {
  struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "apply", abstract: "Read profile files into the store.",
      discussion: """
        For example:
          cachetronomy profile apply profiles/ci.yaml --use ci
        """)

    @Argument(help: ArgumentHelp("Profile files or directories.", valueName: "path"))
    var paths: [String]

    @Option(help: ArgumentHelp("Select this profile.", valueName: "name"))
    var use: String?

    @Flag(help: "Print changes without making them.")
    var dryRun = false

    @Flag(help: "Remove profiles missing from these files, except 'default'.")
    var prune = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let files = try ProfileFiles.read(paths)
      let sources = try ProfileFiles.sources(files)
      // Everything is checked before the store is touched, or even made.
      var changes = try changes(files, common.reading())
      if !dryRun {
        let store = try common.writing()
        // And again while nothing else writes, since another process may have changed a profile.
        try store.changeProfiles { () throws(Failure) in
          changes = try self.changes(files, store)
          return Store.ProfileChange(
            changes.profiles, from: sources, origins: changes.origins, removing: changes.pruned,
            active: use)
        }
      }
      if !common.quiet || dryRun { try Output.write(changes.text) }
    }

    private func changes(
      _ files: [ProfileFile], _ store: Store?
    ) throws(Failure) -> ProfileChanges {
      let changes = try ProfileChanges(applying: files, to: store, prune: prune)
      guard let use, !changes.profiles.contains(where: { $0.name == use }) else { return changes }
      if changes.pruned.contains(use) {
        throw .badSetting("options", "--prune would remove '\(use)', which --use names")
      }
      guard try store?.profile(use) != nil else {
        throw try store?.unknown(use) ?? .unknownProfile(use, near: nil)
      }
      return changes
    }
  }

  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "validate", abstract: "Check profile files without applying them.",
      discussion: """
        For example:
          cachetronomy profile validate profiles/
        """)

    @Argument(help: ArgumentHelp("Profile files or directories.", valueName: "path"))
    var paths: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
      let files = try ProfileFiles.read(paths)
      let store = try common.reading()
      let profiles = try ProfileFile.resolve(files) { ProfileFiles.stored($0, in: store) }
      if common.verbose {
        common.say(
          "\(Formatting.count(files.count, "file")), \(Formatting.count(profiles.count, "profile")): fine"
        )
      }
    }
  }

  struct ListProfiles: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the profiles; '*' marks the selected one.",
      discussion: """
        For example:
          cachetronomy profile list
        """)

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      let profiles = try store?.profiles() ?? [Profile(name: Profile.defaultName)]
      let active = try store?.activeProfileName() ?? Profile.defaultName
      var rows: [[String]] = []
      for profile in profiles {
        let source = try store?.source(of: profile.name)
        let state = source.map { ProfileFiles.state($0) } ?? .none
        if json {
          try Output.write(
            json: Records.object([
              ("name", .string(profile.name)), ("active", .bool(profile.name == active)),
              ("time_to_live_seconds", .int(profile.timeToLive.wholeSeconds ?? 0)),
              ("rules", .int(Int64(profile.rules.count))),
              ("file", source.map { .string($0.path) } ?? .null),
              ("file_state", state.map { .string($0) } ?? .null),
            ]))
        } else {
          let mark = profile.name == active ? "*" : " "
          let rules =
            profile.rules.isEmpty ? "" : ", \(Formatting.count(profile.rules.count, "rule"))"
          var row = ["\(mark) \(profile.name)", "ttl \(profile.timeToLive)\(rules)"]
          if let source {
            row.append(source.path + (state.map { $0 == "same" ? "" : " (\($0))" } ?? ""))
          }
          rows.append(row.map { Terminal.printable($0) })
        }
      }
      try Output.write(Formatting.table(rows))
    }
  }

  struct ShowProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print a profile in the form of a profile file.",
      discussion: """
        For example:
          cachetronomy profile show ci
        """)

    @Argument(
      help: ArgumentHelp("Profile (default: the selected one).", valueName: "name"),
      completion: Completions.profiles)
    var name: String?

    @Flag(help: "Print the origin of each setting.")
    var origins = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      let choice = try name.map { .flag($0) } ?? common.values.choice(ArgumentBytes.environment())
      let profile = try store?.profile(choice) ?? choice.withoutStore()
      let places = origins ? try store?.origins(of: profile.name) ?? Origins() : nil
      if json {
        var value = profile.asValue
        if let places, case .map(let pairs) = value {
          let settings = profile.effective(places).map { ($0.name, Value.string($0.origin)) }
          value = .map(pairs + [(.string("origins"), Records.object(settings))])
        }
        return try Output.write(json: value)
      }
      if origins, name == nil {
        try Output.write("# chosen by \(try choice.origin(in: store))\n")
      }
      try Output.write(profile.yaml(places))
    }
  }

  struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "use", abstract: "Select the profile for calls without --profile.",
      discussion: """
        For example:
          cachetronomy profile use ci
        """)

    @Argument(
      help: ArgumentHelp("Profile to select.", valueName: "name"), completion: Completions.profiles)
    var name: String

    @OptionGroup var common: CommonOptions

    func run() throws {
      guard let store = try common.changing() else {
        _ = try ProfileChoice.flag(name).withoutStore()
        return
      }
      try store.use(profile: name)
    }
  }

  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update", abstract: "Change settings of the selected profile, or of --profile.",
      discussion: """
        For example:
          cachetronomy profile update time_to_live=2h 'tags=[ci, nightly]'
        """)

    @Argument(
      help: ArgumentHelp("Settings with values, as in a profile file.", valueName: "name=value"))
    var settings: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
      // Checked before a store is made for it.
      _ = try Profile(name: Profile.defaultName).updated(settings)
      let store = try common.writing()
      let old = try common.values.profile(in: store, ArgumentBytes.environment())
      let new = try old.updated(settings)
      let origins = try store.origins(of: new.name).changed(old, new, by: "profile update")
      try store.save([new], origins: [new.name: origins])
      guard !common.quiet else { return }
      for change in new.differences(from: old) {
        try Output.write("\(new.name): \(change)\n")
      }
    }
  }

  struct DeleteProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete", abstract: "Remove profiles; entries saved under them stay.",
      discussion: """
        For example:
          cachetronomy profile delete old-ci
        """)

    @Argument(
      help: ArgumentHelp("Profiles to remove.", valueName: "name"), completion: Completions.profiles
    )
    var names: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
      var missing = 0
      let store = try common.changing()
      for name in names where try store?.delete(profile: name) != true { missing += 1 }
      if missing > 0 { throw Status.exit(Status.miss) }
    }
  }
}
