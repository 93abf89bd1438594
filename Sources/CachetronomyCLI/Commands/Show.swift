internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache

extension Tool {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the metadata of an entry.",
      usage: "cachetronomy show [<options>] <key>\n"
        + "cachetronomy show [<options>] -- <command> [<argument> ...]",
      discussion: """
        For example:
          cachetronomy show --json token-count
        """)

    @OptionGroup var target: TargetOptions

    @Flag(help: "Print the inputs of a traced result.")
    var inputs = false

    @Flag(help: "Print the files that come back with a result.")
    var outputs = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.reading()
      guard let key = try target.resolve(store, common), let store,
        let entry = try store.entry(key)
      else { throw Status.exit(Status.miss) }
      try store.isWritable ? store.foldJournal(at: .now()) : ()
      if outputs { return try Output.write(Self.outputs(of: entry)) }
      if inputs { return try Output.write(Self.inputs(of: entry)) }
      let record = try Records.show(entry, in: store, at: .now())
      if json { return try Output.write(json: record) }
      guard case .map(let pairs) = record else { return }
      var rows: [[String]] = []
      for (name, value) in pairs where value != .null {
        if case .map(let inner) = value {
          rows += inner.map { [$0.key.text ?? "", Self.text($0.value)] }
        } else {
          rows.append([name.text ?? "", Self.text(value)])
        }
      }
      try Output.write(Formatting.table(rows))
    }

    private static func inputs(of entry: Entry) throws(Failure) -> String {
      guard let list = InputList(decoding: try Recording(entry.data).inputs) else {
        throw .badSetting("option --inputs", "this entry has no traced inputs")
      }
      return list.items.map { "\($0.kind)\t" + Terminal.shown(ShellWords.quote($0.path)) + "\n" }
        .joined()
    }

    private static func outputs(of entry: Entry) throws(Failure) -> String {
      guard entry.info?.origin == .run,
        let list = OutputList(decoding: try Recording(entry.data).files), !list.items.isEmpty
      else { throw .badSetting("option --outputs", "no files come back with this entry") }
      return list.items.map { item in
        let (kind, size, target) =
          switch item.kind {
          case .file(let content): ("file", content.size.description, "")
          case .directory: ("directory", "-", "")
          case .link(let target): ("link", "-", " -> \(ShellWords.quote(target))")
          }
        let mode = String(item.mode, radix: 8)
        return "\(kind)\t\(mode)\t\(size)\t"
          + Terminal.shown(ShellWords.quote(item.path) + target) + "\n"
      }.joined()
    }

    private static func text(_ value: Value) -> String {
      let text = value.text ?? JSONWriter.text(value)
      return Terminal.isOutput ? Terminal.printable(text) : text
    }
  }
}
