import Testing

/// Old answers: given while a new one is made, and in place of failures.
@Suite struct StaleTests {
  /// `cmd` counts its runs in `n`; `age` makes all entries older; `until` waits for a condition.
  ///
  /// Globs, here and below, are files that the key does not see: what goes on in the world outside.
  static let shell = """
    cmd() { cachetronomy run --ttl 1h "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l; [ ! -e ${U-bad} ] || exit 4'; }
    age() { "$PACKAGE"/Tests/older 3720; }
    until_true() { until eval "$1"; do sleep .02; done; }
    landed() { [ $(wc -l < n) = $1 ] && ! ls store/*flight* > /dev/null 2>&1; }

    """

  @Test func `eight callers of an old answer get it at once, and one refresh is made`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd() { cachetronomy run --ttl 1h --stale-while-revalidate 10m -- sh -c \
          'echo x >> n; [ $(cat ${U-n} | wc -l) = 1 ] || read y < ${U-go}; cat ${U-n} | wc -l'; }
        mkfifo go; cmd; age
        for i in 1 2 3 4 5 6 7 8; do cmd > o$i & done; wait; cat o? | tr '\\n' ' '; echo
        until_true '[ $(wc -l < n) = 2 ]'; cmd; echo > go; until_true 'landed 2'; cmd; wc -l < n
        cachetronomy stats --json | grep -o '"stale_hits":9' | head -1
        """)
    #expect(outcome.lines == ["1", "1 1 1 1 1 1 1 1 ", "1", "2", "2", "\"stale_hits\":9"])
    #expect(outcome.errors == "")
  }

  @Test func `nobody who holds a pipe of ours waits for the refresh`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd() { cachetronomy run --ttl 1h --stale-while-revalidate 10m -- sh -c \
          'echo x >> n; [ $(cat ${U-n} | wc -l) = 1 ] || { ls ${U-/proc}/$PPID/fd > fds; ps -o sess= $PPID > session; read y < ${U-go}; }; cat ${U-n} | wc -l'; }
        mkfifo go; cmd; age
        # Descriptors 3 and 9 are the pipe of $(...): it ends only when all who hold it have.
        x=$( { cmd; } 3>&1 9>&1 ); echo "got $x"
        until_true '[ -s session ]'; [ $(cat session) != $(ps -o sess= $$) ] && echo own session
        echo > go; until_true 'landed 2'; cmd
        """)
    #expect(outcome.lines == ["1", "got 1", "own session", "2"])
    #expect(outcome.seconds < 30)
  }

  @Test func `past the window the command runs in the foreground`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd; age; cmd --stale-while-revalidate 1m; age; cmd --stale-while-revalidate 3m -v 2> err
        grep -c STALE err; until_true 'landed 3'; cmd
        age; cmd --cached-only --stale-while-revalidate 3m; wc -l < n; cmd --no-store --stale-while-revalidate 3m
        """)
    #expect(outcome.lines == ["1", "2", "2", "1", "3", "3", "3", "4"])
  }

  @Test func `an answer stays in place of a failure, and the next call tries again`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd --stale-if-error 1d; age; touch bad
        cmd --stale-if-error 1d; echo $?; cmd --stale-if-error 1d -q; echo $?; wc -l < n
        cmd --stale-if-error 1m; echo $?; cachetronomy gc; rm bad; cmd --stale-if-error 1d; cmd
        """)
    #expect(outcome.lines == ["1", "1", "0", "1", "0", "3", "4", "4", "5", "5"])
    let complaints = outcome.errors.split(separator: "\n")
    #expect(complaints.count == 1, "\(outcome.errors)")
    #expect(
      complaints.first?.hasPrefix(
        "cachetronomy: warning: the command failed with status 4; serving the result of 1h2m ago")
        == true)
  }

  @Test func `one that runs out of time or dies is a failure, one that is stopped is not`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd() { cachetronomy run --ttl 1h --stale-if-error 1d "$@" -- sh -c 'echo good; [ ! -e ${U-how} ] || . ${U-./how}'; }
        cmd; age; echo 'sleep 100' > how; cmd --timeout 200ms; echo $?
        echo 'kill -9 $$' > how; cmd; echo $?
        echo 'echo > up; exec sleep 100' > how; mkfifo up; env --default-signal=INT cachetronomy run --ttl 1h \
          --stale-if-error 1d -- sh -c 'echo good; [ ! -e ${U-how} ] || . ${U-./how}' & read x < up; kill $!; wait $!; echo $?
        """)
    #expect(outcome.lines == ["good", "good", "0", "good", "0", "good", "143"])
    #expect(outcome.errors.contains("the command timed out"))
    #expect(outcome.errors.contains("the command was killed by signal 9"))
  }

  @Test func `what a failing command printed is not seen, what a good one did is whole`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd() { cachetronomy run --ttl 1h --stale-if-error 1d -- sh -c 'cat ${U-f}; echo err >&2; exit $(cat ${U-s})'; }
        echo old > f; echo 0 > s; cmd 2>/dev/null; age
        head -c 5000000 /dev/zero > f; echo 1 > s; cmd 2> told | wc -c; grep -c err told
        echo 0 > s; cmd 2>&1 | wc -c; cmd 2>&1 | wc -c
        """)
    #expect(outcome.lines == ["old", "4", "2", "5000004", "5000004"])
  }

  @Test func `a failure is not kept in place of an answer that still serves`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd; age; touch bad; cmd --failure-ttl 1h --stale-if-error 1d 2>/dev/null; cmd --failure-ttl 1h; cmd --failure-ttl 1h
        """)
    #expect(outcome.lines == ["1", "1", "3", "3"])
  }

  @Test func `--refresh --background and --warm print nothing and wait for nothing`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cmd --warm; echo $?; until_true 'landed 1'; cmd; cmd --warm; cmd
        cmd --refresh --background; until_true 'landed 2'; cmd
        age; cmd --warm; until_true 'landed 3'; cmd
        echo in | cachetronomy run --stdin --warm -- cat; until_true 'cachetronomy keys | grep -q run:cat'
        echo in | cachetronomy run --stdin --cached-only -- cat
        for o in --background '--warm --refresh' '--warm --no-store' '--warm --cached-only'; do cmd $o; echo $?; done
        CACHETRONOMY_LOCK=3 cachetronomy run --ttl 1h -- sh -c 'echo x >> n; cat ${U-n} | wc -l; [ ! -e ${U-bad} ] || exit 4'; echo $?
        """)
    #expect(
      outcome.lines == [
        "0", "1", "1", "2", "3", "in", "125", "125", "125", "125", "3", "0",
      ])
  }
}
