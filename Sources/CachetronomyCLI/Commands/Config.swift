internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

extension Tool {
  struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "config",
      abstract: "Print every effective setting and its origin.",
      discussion: """
        For example:
          cachetronomy config --profile ci
        """)

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let environment = ArgumentBytes.environment()
      let store = try common.reading()
      let choice = try common.values.choice(environment)
      let profile = try store?.profile(choice) ?? choice.withoutStore()
      var rows = [
        try place(environment),
        row("profile", profile.name, try choice.origin(in: store)),
        row("memory", try store?.memory().path, "built in"),
      ]
      rows += profile.effective(try store?.origins(of: profile.name) ?? Origins())
      // Only those whose values are no secret are shown.
      for name in environment.variables.compactMap({ String(validating: $0.name, as: UTF8.self) })
        .sorted()
      where name.hasPrefix("CACHETRONOMY_") {
        let isPlain =
          ["_DB", "_PROFILE", "_DISABLE"].contains { name == "CACHETRONOMY" + $0 }
          || EnvironmentOptions(rawValue: name) != nil
        rows.append(row(name, isPlain ? environment.text(name) : "(set)", "environment"))
      }
      if json {
        for row in rows {
          try Output.write(
            json: Records.object([
              ("name", .string(row.name)), ("value", row.value), ("origin", .string(row.origin)),
            ]))
        }
        return
      }
      try Output.write(
        Formatting.table(rows.map { [$0.name, $0.origin, $0.text].map { Terminal.printable($0) } }))
    }

    private func row(_ name: String, _ text: String?, _ origin: String) -> EffectiveSetting {
      EffectiveSetting(
        name: name, text: text ?? "(none)", value: text.map { .string($0) } ?? .null,
        origin: origin)
    }

    private func place(_ environment: Environment) throws(Failure) -> EffectiveSetting {
      let place = try StoreLocation.find(common.store, environment)
      let origin =
        if common.store != nil {
          "--db"
        } else if place?.isNamed == true {
          "CACHETRONOMY_DB"
        } else if environment.text("XDG_CACHE_HOME")?.hasPrefix("/") == true {
          "XDG_CACHE_HOME"
        } else {
          environment.text("HOME") == nil ? "/etc/passwd" : "HOME"
        }
      return row("store", place?.path, origin)
    }
  }
}

extension ProfileChoice {
  /// What made the choice.
  func origin(in store: Store?) throws(Failure) -> String {
    switch self {
    case .flag: return "--profile"
    case .environment: return "CACHETRONOMY_PROFILE"
    case .active:
      let isBuiltIn = try store?.activeProfileName() ?? Profile.defaultName == Profile.defaultName
      return isBuiltIn ? "built in" : "profile use"
    }
  }
}
