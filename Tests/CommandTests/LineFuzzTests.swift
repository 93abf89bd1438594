import ArgumentParser
import Foundation
import Testing

@testable import CachetronomyCLI

/// Command lines of every verb, made up and damaged: read, or refused with a line that says why.
@Suite struct LineFuzzTests {
  /// The verbs, each with the options that its help names.
  private static let verbs: [(words: [String], options: [String])] = {
    func below(
      _ command: any ParsableCommand.Type, _ words: [String]
    ) -> [(words: [String], options: [String])] {
      let help = Tool.helpMessage(for: command)
      let options = Set(help.matches(of: /--[a-z-]+/).map { String($0.output) }).sorted()
      return [(words, options)]
        + command.configuration.subcommands.flatMap { below($0, words + [$0._commandName]) }
    }
    return below(Tool.self, [])
  }()

  @Test func `made-up lines of every verb are read or refused`() throws {
    #expect(Self.verbs.count > 30)
    var fuzz = LineFuzz()
    let clock = ContinuousClock()
    var (read, refused) = (0, 0)
    for _ in 0..<(LineFuzz.setting("FUZZ_LINES") ?? 300) {
      let verb = Self.verbs.randomElement(using: &fuzz.random) ?? ([], [])
      let options = (verb.options + ["--db", "-q", "--", "-", "--no-such"]).map { [$0] }
      let line = fuzz.line(of: options + LineFuzz.values + [["a"], ["b"]], [[]])
      let words = verb.words.map { Array($0.utf8) } + line
      let taken = clock.measure {
        do {
          _ = try Tool.parseAsRoot(CommandWords.fold(words.map { ArgumentBytes.text($0) }))
          read += 1
        } catch {
          refused += 1
          let text = Tool.exitCode(for: error) == .success ? "" : Tool.message(for: error)
          #expect(Tool.exitCode(for: error) == .success || !text.isEmpty)
        }
      }
      #expect(taken < .seconds(5), "\(words.map { String(decoding: $0, as: UTF8.self) })")
    }
    #expect(read > 0 && refused > 0)
  }
}

/// Makes command lines: the same for the same seed, which `make fuzz` sets as `FUZZ_SEED`.
struct LineFuzz {
  var random = SplitMix(state: UInt64(setting("FUZZ_SEED") ?? 1))

  static func setting(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// Values that no option wants, or every second one.
  static let values: [[String]] = [
    ["--ttl", "99999999999999999999d"], ["--ttl", "1e9"], ["--ttl", "never"], ["--timeout=0"],
    ["--ttl-jitter", "101%"], ["--cache-status", "256"], ["--cache-status", "0,,1"],
    ["--wait", "1ms"],
    ["--env", "[a-"], ["--env", "\\"], ["--env", "[!"], ["--shell", "'"], ["--file", ""],
    ["--cwd", "none"], ["--limit", "-1"], ["--limit", "9223372036854775808"], ["--since", "soon"],
    ["--format", "tsv"], ["--before", "9m"], ["--match", "[]"], ["#ffffff"], ["é"], ["\u{1b}[2J"],
    ["--json"], ["--stdin"], ["-z"], ["-o"], ["-9"], ["=x"], ["--=x"], ["--db="], [""],
  ]

  /// Some pieces, one of the ends, and as a rule one word that is damaged.
  mutating func line(of pieces: [[String]], _ ends: [[String]]) -> [[UInt8]] {
    var words: [[UInt8]] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      words += (pieces.randomElement(using: &random) ?? []).map { Array($0.utf8) }
    }
    words += (ends.randomElement(using: &random) ?? []).map { Array($0.utf8) }
    if let at = words.indices.randomElement(using: &random), Bool.random(using: &random) {
      let place = Int.random(in: 0...words[at].count, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      // No word of a command line holds a NUL.
      case 0: words[at].insert(UInt8.random(in: 1...255, using: &random), at: place)
      case 1: words[at].removeLast(words[at].count - place)
      case 2: words[at].insert(contentsOf: Array("--".utf8), at: place)
      case 3: words[at] += Array(repeating: UInt8.random(in: 1...255, using: &random), count: 300)
      default: words.remove(at: at)
      }
    }
    return words
  }
}

/// Numbers that are the same in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
