import ArgumentParser
import Cachetronomy
import Testing

@testable import CachetronomyCLI

/// `set`, `get`, `has` and `delete` read plain command lines by a table, others by the argument parser:
/// both must agree.
@Suite struct PlainLineTests {
  static let pieces: [[String]] =
    RunLineTests.pieces + [
      ["--format", "json"], ["--entry-version", "2"], ["--entry-version=-1"], ["--remote"], ["-r"],
      ["--raw"], ["--stderr"], ["--json"], ["-z"], ["--entry-version", "x"], ["-rz"],
      ["--fil", "x"],
      ["k"], ["-"], ["v=1"], ["é"], ["#abcdef"],
    ]

  static let ends: [[String]] = [
    [], ["k"], ["k", "v"], ["--", "ls", "-l"], ["k", "--"], ["k", ""],
  ]

  /// All that a verb goes by; a field that was not given a value ends the test.
  private func fields(_ command: any ParsableCommand) -> [String] {
    func fields(_ common: CommonOptions) -> [String] { ["\(common.values)"] }
    switch command {
    case let set as Tool.Set:
      return [set.key, "\(String(describing: set.value))", "\(String(describing: set.file))"]
        + ["\(String(describing: set.ttl))", "\(set.tag)", "\(String(describing: set.format))"]
        + ["\(set.entryVersion)", "\(set.remote)"] + fields(set.common)
    case let get as Tool.Get:
      return ["\(String(describing: get.target.key))", "\(get.target.keyOptions.values)"]
        + ["\(get.target.words.bytes)", "\(get.list.zero)", "\(get.stderr)", "\(get.raw)"]
        + ["\(get.json)", "\(get.remote)"] + fields(get.common)
    case let has as Tool.Has:
      return ["\(String(describing: has.target.key))", "\(has.target.keyOptions.values)"]
        + ["\(has.target.words.bytes)", "\(has.list.zero)"] + fields(has.common)
    case let delete as Tool.Delete:
      return delete.keys + ["\(delete.keyOptions.values)", "\(delete.words.bytes)"]
        + ["\(delete.list.zero)", "\(delete.remote)"] + fields(delete.common)
    default: return []
    }
  }

  private func slow(_ words: [[UInt8]]) -> [String]? {
    let texts = CommandWords.fold(words.map { ArgumentBytes.text($0) })
    return (try? Tool.parseAsRoot(texts)).map(fields)
  }

  @Test(arguments: ["set", "get", "has", "delete"])
  func `what the table reads, the parser reads the same`(verb: String) {
    var (lines, taken) = (0, 0)
    for (i, first) in Self.pieces.enumerated() {
      for (j, second) in ([[]] + Self.pieces).enumerated() where (7 * i + j) % 11 == 0 {
        let end = Self.ends[(i + j) % Self.ends.count]
        let words = ([verb] + first + end.prefix(1) + second + end.dropFirst()).map {
          Array($0.utf8)
        }
        lines += 1
        guard let fast = PlainLine.command(words) else { continue }
        taken += 1
        #expect(fields(fast) == slow(words), "\(words.map { String(decoding: $0, as: UTF8.self) })")
      }
    }
    #expect(taken > 10, "\(taken) of \(lines)")
  }

  @Test func `made-up lines are read the same by both`() {
    var fuzz = LineFuzz()
    let lines = LineFuzz.setting("FUZZ_LINES") ?? 200
    var taken = 0
    for number in 0..<lines {
      let verb = ["set", "get", "has", "delete"][number % 4]
      let words = [Array(verb.utf8)] + fuzz.line(of: Self.pieces, Self.ends)
      guard let fast = PlainLine.command(words) else { continue }
      taken += 1
      #expect(fields(fast) == slow(words), "\(words.map { String(decoding: $0, as: UTF8.self) })")
    }
    #expect(taken > lines / 20)
  }

  @Test func `the table has all options of these verbs`() {
    let hidden: Swift.Set = ["--help", "--version", "--command-word"]
    let verbs: [(any ParsableCommand.Type, LineOption.Verbs)] = [
      (Tool.Run.self, .run), (Tool.Set.self, .set), (Tool.Get.self, .get), (Tool.Has.self, .has),
      (Tool.Delete.self, .delete),
    ]
    for (command, verb) in verbs {
      let help = Tool.helpMessage(for: command)
      for match in help.matches(of: /^ *(?:-\w, )?(--[a-z-]+)/.anchorsMatchLineEndings()) {
        let name = match.output.1
        #expect(LineOption.find(name, verb) != nil || hidden.contains(String(name)), "\(name)")
      }
    }
  }
}
