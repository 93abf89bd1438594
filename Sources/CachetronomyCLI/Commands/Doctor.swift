internal import ArgumentParser
internal import Cachetronomy

extension Tool {
  struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "doctor",
      abstract: "Check the store and suggest fixes.",
      discussion: """
        For example:
          cachetronomy doctor --deep
        """)

    @Flag(help: "Check every index and entry, and contact the remote cache.")
    var deep = false

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
      var diagnosis = Diagnosis(common.values, ArgumentBytes.environment(), isDeep: deep)
      let findings = diagnosis.make()
      for finding in findings where json || !common.quiet || finding.grade != .ok {
        try print(finding)
      }
      if findings.contains(where: { $0.grade == .problem }) { throw Status.exit(Status.miss) }
    }

    private func print(_ finding: Diagnosis.Finding) throws(Failure) {
      if json {
        return try Output.write(
          json: Records.object([
            ("check", .string(finding.check)), ("grade", .string(finding.grade.rawValue)),
            ("text", .string(finding.text)),
            ("mend", finding.mend.map { .string($0) } ?? .null),
          ]))
      }
      func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
      }
      var lines = pad(finding.grade.rawValue, 9) + pad(finding.check, 10)
      lines += Terminal.printable(finding.text) + "\n"
      if let mend = finding.mend { lines += pad("", 19) + "-> \(Terminal.printable(mend))\n" }
      try Output.write(lines)
    }
  }
}
