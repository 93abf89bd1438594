import ArgumentParser
import Cachetronomy
import CommandCache
import Testing

@testable import CachetronomyCLI

/// `run` reads plain command lines by itself, others through the argument parser: both must agree.
@Suite struct RunLineTests {
  /// Each option in its forms, with values that look like something else.
  static let pieces: [[String]] = [
    ["-q"], ["--quiet"], ["-v"], ["--verbose"], ["--no-env"], ["--no-cwd"], ["--refresh"],
    ["--force"], ["--cached-only"], ["--no-store"], ["--no-stdin"], ["--db", "x.db"],
    ["--db=x=y.db"], ["--profile", "ci"], ["--scope", ""], ["--shell", "bash -o pipefail"],
    ["--env", "A*"], ["--env=B"], ["--env-ignore", "C"], ["--scope", "a b"], ["--scope=--db"],
    ["--executable", "path"], ["--arg-files", "none"], ["--ttl", "5m"], ["--ttl=1h"],
    ["--tag", "t"], ["--tag=é"], ["--cache-status", "0,1"], ["--wait", "3s"], ["-c", "true | cat"],
    ["--stdin"], ["--file", "~/a"], ["--file=b"], ["--mtime", "c"], ["--file", "-a"],
    ["--mtime=-b"], ["--file", "-"], ["--timeout", "30s"],
    ["--failure-ttl", "10s"], ["--stale-while-revalidate", "1m"], ["--stale-if-error=1d"],
    ["--cwd", "repository"], ["--no-user"], ["--no-remote"], ["--rules-only"],
    ["--background"], ["--warm"], ["--explain"], ["--ttl-jitter", "10%"],
    ["-qv"], ["-vc", "x"], ["--c", "x"], ["--c=x"], ["---c", "x"], ["--ttl", "-5"], ["--unknown"],
    ["--help"], ["--version"], ["-h"],
    ["--ttl"], ["-x"], ["--no-env=1"], ["--Db", "x"], ["--env"], ["-"], ["--profile="],
  ]

  static let ends: [[String]] = [
    ["ls", "-l"], ["--", "ls", "--ttl", "5"], ["--"], [], ["sh", "-c", "x", "--", "-q"],
  ]

  private func slow(_ words: [[UInt8]]) -> RunArguments? {
    let (own, command) = RunArguments.split(words)
    guard let run = try? Tool.parseAsRoot(["run"] + own.map { ArgumentBytes.text($0) }) as? Tool.Run
    else {
      return nil
    }
    let line = run.line
    line.words = command
    return line
  }

  @Test func `whatever the fast reading takes, the parser reads the same`() {
    var (lines, taken) = (0, 0)
    for (i, first) in Self.pieces.enumerated() {
      for (j, second) in ([[]] + Self.pieces).enumerated() where (7 * i + j) % 4 == 0 {
        // The parser takes a hundredth of a second: each pair gets one of the ends.
        let end = Self.ends[(i + j) % Self.ends.count]
        let words = (first + second + end).map { Array($0.utf8) }
        lines += 1
        guard let fast = RunArguments(words) else { continue }
        taken += 1
        #expect(fast == slow(words), "\(first + second + end)")
      }
    }
    #expect(lines > 200)
    // The fast reading is worth having: it takes the plain ones.
    #expect(taken > lines / 3)
  }

  /// Lines put together and damaged from a seed; the parser takes its time, so `FUZZ_LINES` are fewer.
  @Test func `made-up lines are read the same by both`() {
    var fuzz = LineFuzz()
    let lines = LineFuzz.setting("FUZZ_LINES") ?? 100
    var taken = 0
    for _ in 0..<lines {
      let words = fuzz.line(of: Self.pieces, Self.ends)
      guard let fast = RunArguments(words) else { continue }
      taken += 1
      #expect(fast == slow(words), "\(words.map { String(decoding: $0, as: UTF8.self) })")
    }
    #expect(taken > lines / 10)
  }

  @Test func `whatever stands on a line of run is a typed error or has a meaning`() {
    var fuzz = LineFuzz()
    let lines = LineFuzz.setting("FUZZ_COUNT") ?? 3000
    var (meant, refused) = (0, 0)
    for _ in 0..<lines {
      let words = fuzz.line(of: Self.pieces + LineFuzz.values, Self.ends)
      guard let line = RunArguments(words) else { continue }
      do throws(Failure) {
        _ = try line.settings()
        try line.check()
        _ = try line.key.command(line.words, in: Environment([]))
        meant += 1
      } catch {
        refused += 1
      }
    }
    #expect(meant > lines / 50)
    #expect(refused > lines / 50)
  }

  @Test func `every option of run is one that the fast reading knows`() {
    for piece in Self.pieces[..<(Self.pieces.firstIndex(of: ["-qv"]) ?? 0)] {
      #expect(RunArguments((piece + ["true"]).map { Array($0.utf8) }) != nil, "\(piece)")
    }
  }

  @Test func `bytes that are no text reach the command as they are`() {
    let word: [UInt8] = [0x61, 0xff, 0x62]
    #expect(RunArguments([Array("--".utf8), word])?.words == [word])
    #expect(ArgumentBytes.bytes(ArgumentBytes.text(word)) == word)
    #expect(
      RunArguments([Array("--scope".utf8), word, Array("x".utf8)])
        == slow([Array("--scope".utf8), word, Array("x".utf8)]))
  }

  @Test func `no field is left out where two readings are compared`() {
    // Whoever adds one adds it to `==` and here.
    #expect(Mirror(reflecting: RunArguments()).children.count == 28)
  }

  @Test func `the environment gives options that the line does not`() throws {
    let outcome = try Sandbox().bash(
      """
      echo 'echo x >> n; wc -l < n' > s.sh; c="-- sh ${U-s.sh}"; v() { sed -n 's/^cachetronomy: \\([A-Z]*\\).*/\\1/p' e; }
      cachetronomy run $c; CACHETRONOMY_VERBOSE=1 cachetronomy run $c 2> e; v
      CACHETRONOMY_REFRESH=1 cachetronomy run $c; CACHETRONOMY_REFRESH=0 cachetronomy run $c
      CACHETRONOMY_REFRESH=1 cachetronomy run --cached-only $c
      CACHETRONOMY_SCOPE=a cachetronomy run $c; CACHETRONOMY_SCOPE=a cachetronomy get $c; cachetronomy get $c
      CACHETRONOMY_SCOPE=a cachetronomy run --scope b $c; cachetronomy keys --match 'run:sh*' | wc -l
      CACHETRONOMY_TTL=0 cachetronomy run $c; CACHETRONOMY_TTL=0 cachetronomy run --ttl 1h $c
      CACHETRONOMY_TTL=soon cachetronomy run $c 2> e; cut -c-50 e
      CACHETRONOMY_TTL=5m CACHETRONOMY_X=1 cachetronomy config | grep CACHETRONOMY_ | grep -v DB
      """)
    #expect(
      outcome.lines == [
        "1", "1", "HIT", "2", "2", "2", "3", "3", "2", "4", "3", "5", "2", "2",
        "cachetronomy: warning: CACHETRONOMY_TTL is ignored",
        "CACHETRONOMY_TTL         environment      5m",
        "CACHETRONOMY_X           environment      (set)",
      ], "\(outcome.text) \(outcome.errors)")
  }
}
