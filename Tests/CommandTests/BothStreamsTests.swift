import Testing

/// The order of standard output and standard error, and output that its reader does not take.
@Suite struct BothStreamsTests {
  private func run(_ script: String) throws -> Sandbox.Outcome {
    try Sandbox().bash(
      """
      verdicts() { grep -ao 'MISS ([^)]*), [^,]*\\|HIT' said | tr '\\n' ';'; echo; : > said; }
      \(script)
      """)
  }

  private static let alternating = """
    alternate() { cachetronomy run "$@" -- sh -c \
      'i=0; while [ $i -lt 1000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done'; }
    i=0; while [ $i -lt 1000 ]; do echo o$i; echo e$i; i=$((i+1)); done > wanted
    """

  @Test(arguments: [
    "alternate > both 2>&1", "alternate 2>&1 | cat > both", "alternate &> both",
    "alternate >> both 2>> both", "alternate |& cat > both",
    "declare -f alternate > f; echo alternate >> f; script -qec 'bash f' /dev/null | tr -d '\\r' > both",
  ]) func `streams in one place come in order, on a miss as on a hit`(call: String) throws {
    let outcome = try run(
      """
      \(Self.alternating)
      for i in 1 2 3; do : > both; \(call); cmp both wanted && echo same; done
      cachetronomy keys | wc -l
      """)
    #expect(
      outcome.lines == ["same", "same", "same", "1"], "\(call): \(outcome.text)\(outcome.errors)")
  }

  @Test(arguments: ["> o 2> e", "2> e | cat > o", "> o 2> >(cat > e)"])
  func `streams in two places stay apart`(redirection: String) throws {
    let outcome = try run(
      """
      cmd() { cachetronomy run -- sh -c 'echo x >> n; echo out; echo err >&2'; }
      for i in 1 2; do cmd \(redirection); sleep .1; cat o e; done; wc -l < n
      cmd > both 2>&1; sort both; wc -l < n
      """)
    #expect(
      outcome.lines == ["out", "err", "out", "err", "1", "err", "out", "1"],
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a recording of both in one serves no caller with two, whose recording serves all`()
    throws
  {
    let outcome = try run(
      """
      cmd() { cachetronomy run -v "$@" -- sh -c 'echo x >> n; echo out; sleep .1; echo err >&2'; }
      grep -q . /dev/null; cmd 2>&1 | grep -a '^cache' >> said; cmd 2>&1 | grep -a '^cache' >> said; verdicts
      cachetronomy show --json -- sh -c 'echo x >> n; echo out; sleep .1; echo err >&2' | grep -o '"streams":"[^"]*"'
      cachetronomy get -- sh -c 'echo x >> n; echo out; sleep .1; echo err >&2'
      cachetronomy get --stderr -- sh -c 'echo x >> n; echo out; sleep .1; echo err >&2'; echo "status $?"
      cmd > o 2>> said; cat o; verdicts
      cmd 2>&1 | grep -a '^cache' >> said; cmd > o 2>> said; verdicts; wc -l < n
      cachetronomy show --json -- sh -c 'echo x >> n; echo out; sleep .1; echo err >&2' | grep -o '"streams":"[^"]*"'
      cachetronomy export > all.jsonl; cmd --refresh > both 2>&1; cachetronomy export > all.jsonl
      CACHETRONOMY_DB=$HERE/other.db cachetronomy import -q all.jsonl
      export CACHETRONOMY_DB=$HERE/other.db; cmd 2>&1 | grep -a '^cache' >> said; verdicts
      """)
    #expect(
      outcome.lines == [
        "MISS (absent), kept;HIT;", "\"streams\":\"both streams in one\"", "out", "err",
        "status 64",
        "out", "MISS (both streams were recorded in one), kept;", "HIT;HIT;", "2",
        "\"streams\":\"apart\"", "HIT;",
      ], "\(outcome.text)\(outcome.errors)")
    #expect(outcome.errors.contains("both streams of"))
  }

  @Test func `a large recording of both in one is kept in chunks`() throws {
    let outcome = try run(
      """
      cmd() { cachetronomy run -- sh -c 'for i in 1 2 3 4; do seq 100000; seq 50000 >&2; done'; }
      for i in 1 2 3; do cmd 2>&1 | sha256sum; done | uniq | wc -l; cmd 2> /dev/null | tail -n 1
      sh -c 'for i in 1 2 3 4; do seq 100000; seq 50000 >&2; done' 2>&1 | sha256sum > direct
      cmd 2>&1 | sha256sum | cmp - direct; cachetronomy doctor --deep | grep -c damaged
      """)
    #expect(outcome.lines.prefix(2) == ["1", "100000"], "\(outcome.text)\(outcome.errors)")
  }

  /// A caller that waits for a word on one stream before it reads the other.
  @Test func `a stream that is not read does not hold up the other, nor signals and limits`() throws
  {
    let outcome = try run(
      """
      mkfifo out err
      cachetronomy run -- sh -c 'head -c 300000 /dev/zero & sleep .3; echo ready >&2; wait' > out 2> err &
      exec 3< out 4< err; timeout 5 head -n 1 <&4; cat <&3 | wc -c; wait; exec 3<&- 4<&-
      for signal in TERM HUP; do
        cachetronomy run -- sh -c 'echo $$ > pid; exec head -c 3000000 /dev/zero' > out & exec 3< out
        until [ -s pid ]; do sleep .02; done; sleep .2
        kill -$signal $! 2> /dev/null; timeout 5 tail --pid=$! -f /dev/null && echo "ended by $signal"; wait; exec 3<&-; rm pid
      done
      cachetronomy run --timeout 300ms -- head -c 3000000 /dev/zero > out & exec 3< out
      wait $!; echo "status $?"; exec 3<&-
      """)
    #expect(
      outcome.lines
        == ["ready", "300000", "ended by TERM", "ended by HUP", "status 124"].map { $0 },
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `the caller's descriptor is never made non-blocking`() throws {
    let outcome = try run(
      """
      flags() { grep flags /proc/$BASHPID/fdinfo/1 >&2; }
      { flags; cachetronomy run -- sh -c 'grep flags /proc/$PPID/fdinfo/1 >&2; seq 100000'; flags; } 2> flags | sha256sum > ours
      sort -u flags | wc -l; seq 100000 | sha256sum | cmp - ours && echo same
      """)
    #expect(outcome.lines == ["1", "same"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a command goes on when its output cannot be written, and the status says so`() throws
  {
    let outcome = try run(
      """
      cachetronomy run -- sh -c 'seq 1000; echo end > ended' > /dev/full 2> said; echo $?; cat ended; cat said
      for i in 1 2; do cachetronomy run -- sh -c 'echo out; echo err >&2' 2> said > /dev/full; echo $?; head -n 1 said; done
      rm ended; cachetronomy run -- sh -c 'seq 1001; echo end > ended' >&- 2> said; echo $?; cat ended; cat said
      """)
    #expect(
      outcome.lines == [
        "125", "end", "cachetronomy: cannot write to 'stdout': No space left on device",
        "125", "err", "125", "err",
        "125", "end", "cachetronomy: cannot write to 'stdout': Bad file descriptor",
      ], "\(outcome.text)\(outcome.errors)")
  }
}
