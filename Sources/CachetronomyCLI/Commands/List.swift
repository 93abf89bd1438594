internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the entries with their size, age and time left.",
      discussion: """
        For example:
          cachetronomy list --json --tag k8s | jq -r 'select(.state == "expired").key'
        """)

    @OptionGroup var filter: FilterOptions

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      let now = Timestamp.now()
      let store = try common.reading()
      if json {
        let memory = try store?.memory() ?? Store.Memory()
        return try filter.each(in: store) { listed throws(Failure) in
          try Output.write(json: Records.list(listed, memory, at: now))
        }
      }
      let columns = Terminal.isOutput ? max(20, Terminal.width - 38) : Int.max
      var isFirst = true
      try filter.each(in: store) { listed throws(Failure) in
        if isFirst, Terminal.isOutput {
          try Output.write(Self.row("SIZE", "AGE", "LEFT", "PROFILE", "KEY"))
        }
        isFirst = false
        let entry = listed.entry
        let age = entry.info.map { Formatting.duration(now.since($0.created)) } ?? "-"
        let left =
          entry.expiry == .never
          ? "never"
          : entry.state(at: now) == .fresh
            ? Formatting.duration(entry.expiry.since(now)) : "expired"
        let key = Terminal.key(entry.key.text, columns: columns)
        try Output.write(
          Self.row(
            Formatting.size(listed.size), age, listed.isSound ? left : "damaged",
            Terminal.printable(entry.profile), key))
      }
    }

    private static func row(
      _ size: String, _ age: String, _ left: String, _ profile: String, _ key: String
    ) -> String {
      func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      let name = profile + String(repeating: " ", count: max(0, 8 - profile.count))
      return "\(pad(size, 8))  \(pad(age, 6))  \(pad(left, 7))  \(name)  \(key)\n"
    }
  }
}
