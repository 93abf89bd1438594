import Testing

/// Directories, devices and other things that arguments and scripts name.
@Suite struct NamedFileTests {
  @Test(arguments: [
    "ls d", "find d", "sh -c 'ls d'", "sh -c 'wc -l d/*'", "sh -c 'cat d/*.x'", "ls -Id d",
    "tar -cf - --directory=d .", "sh -c 'ls < /dev/null d/'", "tar -c -f - -Cd .",
    "sh -c 'cd d && ls'", "sh -c 'D=d; ls $D'", "sh -c 'echo d/n*'",
  ]) func `a name that is added to a directory is seen`(command: String) throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir d; touch d/a d/old.x; cachetronomy run -- true
      run() { cachetronomy run -v -- \#(command) 2>&1 > /dev/null | grep -o 'HIT\|MISS'; }
      run; run; sleep .02; touch d/new.x; run; run; rm d/new.x; run
      """#)
    #expect(outcome.lines.prefix(4) == ["MISS", "HIT", "MISS", "HIT"], "\(command)")
  }

  @Test func `a pattern that matches something else than files is seen`() throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir d
      run() { cachetronomy run -v -- sh -c "$1" 2>&1 > /dev/null | grep -o 'HIT\|MISS'; }
      for p in 'echo d/*/' 'echo d/*' 'echo *.y' 'echo {z,y}*'; do
        run "$p"; mkdir d/n; run "$p"; ln -s gone d/l; ln -s gone l.y; run "$p"; rm -r d/* l.y
      done | tr -d '\n'
      """#)
    #expect(outcome.text == "MISSMISSMISS" + "MISSMISSMISS" + "MISSHITMISS" + "MISSHITHIT")
  }

  @Test func `a directory can be left out or known by its names, and is named`() throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir d; touch d/a
      run() { cachetronomy run -v "$@" -- ls d 2>&1 > /dev/null | grep -o 'HIT\|MISS'; }
      run; run --arg-files none; run --arg-files content; touch d/b
      run --arg-files none; run --arg-files content; rm d/b; run --arg-files content
      cachetronomy explain -- ls d | grep argument
      """#)
    #expect(
      outcome.lines == [
        "MISS", "MISS", "MISS", "HIT", "MISS", "HIT", "  argument file d changed",
      ], "\(outcome)")
  }

  @Test(arguments: [
    ("cat /proc/loadavg", "/proc/loadavg is in /proc"),
    ("sh -c 'cat /proc/uptime'", "/proc/uptime is in /proc"),
    ("sh -c 'cat < /proc/uptime'", "/proc/uptime is in /proc"),
    ("head -c1 /dev/urandom", "/dev/urandom is a device"),
    ("dd if=/dev/urandom count=1", "if=/dev/urandom is a device"),
    ("sh -c 'head -c1 </dev/urandom'", "/dev/urandom is a device"), ("cat p", "p is a pipe"),
    ("sh -c 'cat p'", "p is a pipe"), ("ls /sys/kernel", "/sys/kernel is in /sys"),
    ("sh -c 'cat /proc/$$/stat'", "'/proc/$$/stat' is in /proc"),
    ("cat link", "link is in /proc"), ("cat /dev/fd/9", "/dev/fd/9 names an inherited descriptor"),
    ("sh -c 'cat /proc/$PPID/stat'", "'/proc/$PPID/stat' is in /proc"),
    ("timeout 1 cat -Ap", "-Ap is a pipe"), ("curl -d@p", "-d@p is a pipe"),
    ("cat /proc/self/fd/63", "/proc/self/fd/63 names an inherited descriptor"),
    ("sh -c 'x=/proc; cat $x/uptime'", "x=/proc is in /proc"),
  ]) func `what has no lasting contents is not cached`(command: String, why: String) throws {
    let outcome = try Sandbox().bash(
      """
      mkfifo p; ln -s /proc/uptime link; exec 9< /dev/null
      for i in 1 2; do timeout .5 cachetronomy run -v -- \(command) 2>&1 > /dev/null | grep -a 'cached'; done
      cachetronomy run --explain --scope s -- \(command) | grep -c 'NOT CACHED'; cachetronomy keys
      """)
    #expect(
      outcome.lines.prefix(2) == [
        "cachetronomy: not cached: \(why)", "cachetronomy: not cached: \(why)",
      ],
      "\(outcome)")
    #expect(outcome.lines.dropFirst(2) == ["0"])
  }

  @Test(arguments: [
    "cat /dev/null", "head -c1 /dev/zero", "sh -c 'echo x >&2 2>/dev/null'", "cat /dev/fd/0",
    "tee /dev/stderr", "cat /proc/self/fd/0", "sh -c 'echo > /dev/stdout'", "cat /dev/stdin",
    "dd if=/dev/null of=/dev/full", "sh -c 'head -c1 < /dev/zero | tee /dev/fd/2'",
  ]) func `constant devices and standard streams are no hindrance`(command: String) throws {
    let outcome = try Sandbox().bash(
      "for i in 1 2; do cachetronomy run -v -- \(command) 2>&1 < /dev/null | grep -ao HIT; done")
    #expect(outcome.lines == ["HIT"], "\(command)")
  }
}
