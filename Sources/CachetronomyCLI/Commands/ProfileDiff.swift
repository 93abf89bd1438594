internal import ArgumentParser
internal import Cachetronomy

extension Tool.Profiles {
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff", abstract: "Print what applying profile files would change.",
      discussion: """
        For example:
          cachetronomy profile diff profiles/ || cachetronomy profile apply profiles/
        """)

    @Argument(
      help: ArgumentHelp(
        "Profile files or directories (default: the applied ones).", valueName: "path"))
    var paths: [String] = []

    @Flag(help: "Report profiles missing from these files as removed.")
    var prune = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let changes: ProfileChanges
      if paths.isEmpty {
        if prune { throw Failure.badSetting("options", "--prune requires the files") }
        guard let store = try common.reading() else { return }
        changes = try ProfileChanges(since: store)
      } else {
        changes = try ProfileChanges(
          applying: try ProfileFiles.read(paths), to: try common.reading(), prune: prune)
      }
      if !common.quiet { try Output.write(changes.text) }
      if !changes.lines.isEmpty { throw Status.exit(Status.miss) }
    }
  }
}
