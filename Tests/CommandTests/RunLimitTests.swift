import Testing

/// How long a command may run, and how long its failures are kept.
@Suite struct RunLimitTests {
  @Test func `--timeout ends the command and all that it started, with 124`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -v --timeout 300ms -- sh -c 'echo out; sleep 100; echo no' 2> err
      echo $?; grep -c 'not kept: it timed out' err; cachetronomy keys | wc -l
      cachetronomy run --timeout 1m echo in time
      printf 'p: {run: {timeout: 200ms}}' > p.yaml; cachetronomy profile apply p.yaml --use p -q
      cachetronomy run sleep 100; echo $?; cachetronomy run --timeout 0 sleep .5; echo $?
      """)
    #expect(outcome.lines == ["out", "124", "1", "0", "in time", "124", "0"])
    #expect(outcome.seconds < 60)
  }

  @Test func `a command that ignores TERM is killed after the grace period`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run --timeout 100ms -- sh -c 'trap "" TERM; echo on; while :; do sleep 1; done'
      echo $?
      """)
    #expect(outcome.lines == ["on", "124"])
    #expect(outcome.seconds > 5)
    #expect(outcome.seconds < 60)
  }

  @Test func `--failure-ttl keeps failures that long, but no death`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l; exit 3'; echo $?; }
      cmd --failure-ttl 0; cmd --failure-ttl 1m; cmd --failure-ttl 1m; cmd
      "$PACKAGE"/Tests/older 15
      cmd --failure-ttl 20s; cmd --failure-ttl 10s
      sqlite3 store/cache.db "SELECT (julianday(expire_at) - julianday('now')) * 86400 BETWEEN 5 AND 10 FROM cache"
      for i in 1 2; do cachetronomy run --failure-ttl 1m -- sh -c 'echo y >> k; kill -9 $$'; done; wc -l < k
      cachetronomy run --failure-ttl 1m -- true; sqlite3 store/cache.db \
        "SELECT (julianday(expire_at) - julianday('now')) * 86400 > 3000 FROM cache WHERE key LIKE 'run:true%'"
      """)
    #expect(
      outcome.lines == [
        "1", "3", "2", "3", "2", "3", "3", "3", "2", "3", "4", "3", "1", "2", "1",
      ])
  }

  @Test func `a slow endless writer ends when its reader has left`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- sh -c 'while :; do echo tick; sleep .5; done' | head -1
      cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["tick", "0"])
    #expect(outcome.errors == "")
    #expect(outcome.seconds < 60)
  }

  @Test func `a lower ttl of a rule and a removal bind at once`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      rule() { echo "p: {rules: [{match: sh **, time_to_live: $1}]}" > p.yaml; cachetronomy profile apply p.yaml --use p -q; }
      rule 1h; cmd; "$PACKAGE"/Tests/older 60
      cmd; rule 30s; cmd; cmd; cachetronomy clear --saved-by p -q; cmd; cmd
      """)
    #expect(outcome.lines == ["1", "1", "2", "2", "3", "3"])
  }
}
