import Testing

/// `warm` keeps answers ready under the keys that `run` looks for.
@Suite struct WarmTests {
  static let file = """
    mkdir -p dir; ln -s dir link
    cat > p.yaml <<Y
    p:
      time_to_live: 10m
      rules:
        - match: sh -c "date >> log; **"
          env: [HOME]
          cwd: false
        - match: sh -c **
          env: [HOME]
        - match: false
          env: []
          cwd: false
      warm: $WARM
    Y
    cachetronomy profile apply p.yaml --use p -q
    """

  @Test func `what cron warms a person's run finds`() throws {
    let outcome = try Sandbox().bash(
      """
      export WARM='[[sh, -c, "date >> log; echo a"], {command: [sh, -c, "pwd; cat f"], cwd: '$HERE'/link/}]'
      \(Self.file)
      echo x > dir/f
      env -i PATH="$PATH" HOME="$HOME" CACHETRONOMY_DB="$CACHETRONOMY_DB" cachetronomy warm; echo $?
      export TERM=xterm EDITOR=vi PS1=x SHLVL=7 FOO=bar; mkdir other; cd other
      cachetronomy run -v -- sh -c 'date >> log; echo a' 2>&1 | grep -oE '^a|HIT'
      cd ../link; cachetronomy run -v -- sh -c 'pwd; cat f' 2>&1 | grep -oE 'link|^x|HIT'
      cd ..; cachetronomy warm; wc -l < log
      """)
    #expect(
      outcome.lines == [
        "2 warmed, 0 fresh, 0 failed", "0", "a", "HIT", "link", "x", "HIT",
        "0 warmed, 2 fresh, 0 failed", "1",
      ])
  }

  @Test func `an answer that nobody else would find is refused with the reason`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      export WARM='[echo a, [sh, -c, "echo b"], {command: [sh, -c, "echo c"], cwd: /tmp}]'
      \(Self.file)
      cachetronomy warm; echo $?; cachetronomy warm --anyway; echo $?; cachetronomy warm -q; echo $?
      """)
    #expect(
      outcome.lines == [
        "1 warmed, 0 fresh, 2 failed", "1", "2 warmed, 1 fresh, 0 failed", "0", "1",
      ])
    #expect(
      outcome.errors.split(separator: "\n").prefix(2) == [
        "cachetronomy: p.yaml:12: 'echo a': its key has the whole environment, which differs for "
          + "every other caller (give a rule for it 'env')",
        "cachetronomy: p.yaml:12: 'sh -c 'echo b'': its key has the working directory (give it "
          + "'cwd', or rule p.yaml:7 'cwd: false')",
      ])
  }

  @Test func `a failure is said with what the command complained of, and the others run`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      export WARM='[false, [sh, -c, "date >> log; echo why >&2; exit 3"], [sh, -c, "date >> log; echo"],
         {command: sh -c x, cwd: /nonesuch}, nosuchcommand]'
      \(Self.file)
      cachetronomy warm --anyway -j 1; echo $?; wc -l < log
      """)
    #expect(outcome.lines == ["1 warmed, 0 fresh, 4 failed", "1", "2"])
    #expect(outcome.errors.contains("'false': exit status 1\n"))
    #expect(outcome.errors.contains("exit 3'': exit status 3: why\n"))
    #expect(outcome.errors.contains("cannot change to '/nonesuch': No such file or directory\n"))
    #expect(outcome.errors.contains("nosuchcommand: command not found\n"))
  }

  @Test func `what is about to expire is renewed`() throws {
    let outcome = try Sandbox().bash(
      """
      export WARM='[[sh, -c, "date >> log; echo a"]]'
      \(Self.file)
      cachetronomy warm; cachetronomy warm --before 9m; cachetronomy warm --before 10m; wc -l < log
      sqlite3 store/cache.db "UPDATE cache SET expire_at =
        strftime('%Y-%m-%dT%H:%M:%S', 'now', '+2 seconds') || '.000000+00:00'"
      cachetronomy warm --profile default; cachetronomy warm; wc -l < log
      cachetronomy warm -j 0; echo $?; CACHETRONOMY_DISABLE=1 cachetronomy warm; echo $?
      """)
    #expect(
      outcome.lines == [
        "1 warmed, 0 fresh, 0 failed", "0 warmed, 1 fresh, 0 failed",
        "1 warmed, 0 fresh, 0 failed", "2", "1 warmed, 0 fresh, 0 failed", "3", "64", "0",
      ])
    #expect(outcome.errors.contains("nothing to warm: profile 'default' has no 'warm'"))
  }

  @Test func `so many run at once, and no more`() throws {
    let outcome = try Sandbox().bash(
      """
      mkfifo p
      export WARM='[[sh, -c, "date >> log; echo a > p"], [sh, -c, "date >> log; read x < ${U-p}"]]'
      \(Self.file)
      timeout 60 cachetronomy warm -j 2
      """)
    #expect(outcome.lines == ["2 warmed, 0 fresh, 0 failed"])
  }

  @Test(arguments: ["INT", "TERM", "HUP"])
  func `a signal ends all that it started, and starts no more`(signal: String) throws {
    let outcome = try Sandbox().bash(
      """
      mkfifo a
      export WARM='[[sh, -c, "date >> log; echo $$ > a; exec sleep 1000"],
        [sh, -c, "date >> log; echo no > never"]]'
      \(Self.file)
      set -m; cachetronomy warm -j 1 > out 2> err & read child < a
      kill -\(signal) $!; wait $!; echo $?
      while kill -0 $child 2>/dev/null; do sleep 0.05; done
      ls never 2>/dev/null; cat out
      """)
    let number = ["INT": 2, "TERM": 15, "HUP": 1][signal] ?? 0
    #expect(outcome.lines == ["\(128 + number)", "0 warmed, 0 fresh, 1 failed, 1 not started"])
  }
}
