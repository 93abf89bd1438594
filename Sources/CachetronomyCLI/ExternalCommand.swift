internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// An external command: `cachetronomy foo` is `cachetronomy-foo` from PATH, as with git.
enum ExternalCommand {
  /// The name, if the first word is neither an option nor a built-in command.
  static func name(_ words: [[UInt8]]) -> [UInt8]? {
    guard let first = words.first, !first.isEmpty, first.first != UInt8(ascii: "-") else {
      return nil
    }
    let text = ArgumentBytes.text(first)
    return text == "help" || own.contains(text) ? nil : first
  }

  static var own: [String] {
    Tool.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The names of those on PATH, each once.
  static func found() -> [String] {
    let search = ArgumentBytes.environment().text("PATH") ?? ""
    let mark = "cachetronomy-"
    var names: Swift.Set<String> = []
    for directory in search.split(separator: ":") where directory.hasPrefix("/") {
      for name in Input.names(in: String(directory)) ?? [] where name.hasPrefix(mark) {
        let file = "\(directory)/\(name)"
        if access(file, X_OK) == 0 { names.insert(String(name.dropFirst(mark.count))) }
      }
    }
    return names.filter { !own.contains($0) && !$0.isEmpty }.sorted()
  }

  /// Executes it in this process, with all arguments after its name.
  ///
  /// - Returns: the status, where there is no such program.
  static func start(_ name: [UInt8], _ words: [[UInt8]]) throws(Failure) -> Int32 {
    let environment = ArgumentBytes.environment()
    let argv = [Array("cachetronomy-".utf8) + name] + words.dropFirst()
    do throws(Failure) {
      // A name with a slash would be a path.
      if !name.contains(UInt8(ascii: "/")) {
        let resolved = try ResolvedCommand(
          .words(argv), profile: Profile(name: Profile.defaultName), flags: RunSettings())
        let directory = try? WorkingDirectory.path(named: environment["PWD"])
        throw CachedRun.exec(
          try resolved.invocation(
            directory: directory ?? [UInt8(ascii: ".")], environment: environment))
      }
    } catch {
      guard case .cannotRun(.notFound) = error else { throw error }
    }
    let text = ArgumentBytes.text(name)
    let near = nearest(to: text, among: own).map { " (did you mean '\($0)'?)" }
    Output.say("'\(text)' is not a cachetronomy command\(near ?? "")")
    return Status.usage
  }
}
