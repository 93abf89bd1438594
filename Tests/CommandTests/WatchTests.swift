import Testing

/// `gc --watch`, steered by signals and heard through a pipe.
@Suite struct WatchTests {
  /// Starts a watcher whose words come on descriptor 3; `stop` ends it and gives its status.
  private static let start = """
    mkfifo err; heard() { read -r -t 20 line <&3 && line=${line/; *of disk freed*/}
      echo "${line/pass [0-9]: /}"; }
    again() { kill -HUP $watcher; }; stop() { kill -$1 $watcher; wait $watcher; echo $?; }
    old() { cachetronomy set --ttl 0 $1 x; }
    watching() { cachetronomy gc --watch "$@" 2> err & watcher=$!; exec 3< err; }

    """

  private func run(_ script: String) throws -> Sandbox.Outcome {
    try Sandbox().bash(Self.start + script)
  }

  @Test func `it says one line for each pass that did something and ends with 0`() throws {
    let outcome = try run(
      """
      old a; watching; heard; old b; old c; again; heard; stop TERM
      cachetronomy log evictions | wc -l; cat <&3
      """)
    #expect(
      outcome.lines == [
        "cachetronomy: 1 time_eviction, 1 B",
        "cachetronomy: 2 time_eviction, 2 B", "0", "3",
      ])
  }

  @Test func `a second watcher says who watches, a pass by hand goes through`() throws {
    let outcome = try run(
      """
      old a; watching; heard > /dev/null; cachetronomy gc --watch 2> said; echo $?
      grep -c "cannot open store '$CACHETRONOMY_DB': process $watcher watches it already" said
      old b; cachetronomy gc; echo $?; cachetronomy keys | wc -l; stop INT
      old c; watching; heard; stop TERM
      """)
    #expect(
      outcome.lines == [
        "75", "1", "0", "0", "0", "cachetronomy: 1 time_eviction, 1 B", "0",
      ])
  }

  @Test func `what stands in the profile at a pass is what counts`() throws {
    let outcome = try run(
      """
      printf 'w: {max_store_items: 3}' > w.yaml; cachetronomy profile apply -q w.yaml
      for k in a b c d; do cachetronomy set $k v; done
      watching --profile w; heard
      cachetronomy profile update -q --profile w max_store_items=1; again; heard
      cachetronomy profile delete w; again; heard; again; old e; again; heard
      stop TERM; cat <&3; cachetronomy keys
      """)
    #expect(
      outcome.lines == [
        "cachetronomy: 1 size_eviction, 1 B", "cachetronomy: 2 size_eviction, 2 B",
        "cachetronomy: warning: no profile 'w'", "cachetronomy: 1 time_eviction, 1 B", "0",
        "d",
      ])
  }

  @Test func `it follows a database that is removed and made anew`() throws {
    let outcome = try run(
      """
      old a; watching; heard; mkdir gone; mv store/cache.db* gone; old b; old c; again; heard
      rm -rf store; again; old d; again; heard; stop TERM; cat <&3; ls store | grep -c watch
      """)
    #expect(
      outcome.lines == [
        "cachetronomy: 1 time_eviction, 1 B", "cachetronomy: 2 time_eviction, 2 B",
        "cachetronomy: 1 time_eviction, 1 B", "0", "1",
      ])
  }

  @Test func `it waits for the usual store, but not for one that was named`() throws {
    let outcome = try run(
      """
      cachetronomy gc --watch 2> /dev/null; echo $?; unset CACHETRONOMY_DB
      watching; until [ -s .cache/cachetronomy/cachetronomy.db-watch ]; do sleep .02; done
      old a; again; heard > line; grep -c '1 time_eviction' line; stop TERM
      """)
    #expect(outcome.lines == ["66", "1", "0"])
  }

  @Test(arguments: ["socket", "\\0abstract"])
  func `it tells the service manager how it is`(name: String) throws {
    let sandbox = try Sandbox()
    let abstract = name.hasPrefix("\\0")
    let outcome = try sandbox.bash(
      Self.start + """
        cat > manager.py <<'E'
        import os, socket, subprocess, sys
        name = os.environ["HERE"] + "/s"
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(\(abstract ? "\"\\0\" + name" : "name"))
        s.settimeout(20)
        e = dict(os.environ, NOTIFY_SOCKET=\(abstract ? "\"@\" + name" : "name"), WATCHDOG_USEC="200000")
        p = subprocess.Popen(["cachetronomy", "gc", "--watch"], env=e, stderr=subprocess.DEVNULL)
        seen = []
        while "WATCHDOG=1" not in seen[1:] or len(seen) < 4: seen += s.recv(999).decode().split("\\n")
        print(seen[0]); print(seen[1].split("/")[0]); print("pass 1: 1 time_eviction" in seen[2])
        p.terminate()
        while s.recv(999) != b"STOPPING=1": pass
        print(p.wait())
        E
        old a; python3 manager.py
        """)
    #expect(outcome.lines == ["READY=1", "STATUS=watching ", "True", "0"])
    #expect(outcome.errors == "")
  }

  @Test func `the units for systemd are what systemd takes`() throws {
    let outcome = try Sandbox().bash(
      """
      command -v systemd-analyze > /dev/null || exit 0
      XDG_RUNTIME_DIR=$HERE systemd-analyze verify --user --man=no "$PACKAGE"/contrib/systemd/*
      """)
    #expect(outcome.status == 0 && outcome.errors == "")
  }

  @Test func `while it sleeps it holds no file of the store but its lock`() throws {
    let outcome = try run(
      """
      old a; watching; heard > /dev/null; again; old b; again; heard > /dev/null
      until [ "$(cut -d' ' -f3 /proc/$watcher/stat)" = S ]; do sleep .02; done
      ls -l /proc/$watcher/fd | grep -o 'cache.db.*' | sort | uniq -c | tr -s ' '
      cat /proc/$watcher/task/*/stat | wc -l; stop TERM
      """)
    #expect(outcome.lines.contains(" 1 cache.db-watch"))
    #expect(!outcome.text.contains("cache.db-wal") && !outcome.text.contains("cache.db\n"))
    #expect(outcome.lines.suffix(2) == ["1", "0"])
  }
}
