import Testing

/// Programs that a command starts behind its first word are in its key.
@Suite struct ProgramTests {
  /// Runs a command twice, the program `kc` being another one the second time.
  private func answers(to command: String, setup: String = "") throws -> Sandbox.Outcome {
    try Sandbox().bash(
      #"""
      mkdir bin other; export PATH="$HERE/bin:$PATH"
      kc() { for p in bin/kc other/kc2; do printf '#!/bin/sh\necho %s\n' $1 > $p; chmod +x $p; done; }
      \#(setup)
      kc old; \#(command) > /dev/null; \#(command) > /dev/null; kc newer; \#(command)
      """#)
  }

  @Test(arguments: [
    "timeout 5 kc completion", "env X=1 kc", "nice -n 5 kc", "nohup kc", "stdbuf -oL kc",
    "setsid -w kc", "env timeout 5 nice kc", "/usr/bin/env kc", "env -S 'kc x'", "env -S'kc x'",
    "env --split-string='kc x'",
    "xargs -a /dev/null kc", "env PATH=$HERE/other kc2", "timeout 5 env PATH=other kc2",
    "find bin/kc -exec kc ';'", "flock bin/kc kc", "flock bin/kc -c 'kc x'", "nice sh -c kc",
    "env PATH=$HERE/other /bin/sh -c kc2", "sh -c 'env PATH=$PWD/other kc2'",
    "sh -c 'flock bin/kc -c \"kc x\"'", "sh -c 'setsid -w kc'", "sh -c 'taskset 1 kc'",
    "sh -c 'env -S \"kc x\"'", "sh -c 'find bin/kc -exec kc \\;'", "setarch -R kc", "env -- kc",
    "./kcx", "sh -c './kcx'", "timeout 9 ./kcx", "./kcs", "./nested", "sh -c 'nice ./nested'",
  ]) func `a program behind others that is upgraded is a miss`(command: String) throws {
    let outcome = try answers(
      to: "cachetronomy run -- \(command)",
      setup: #"""
        printf '#!/usr/bin/env kc\n' > kcx; printf '#!/usr/bin/env -S X=1 kc -x\n' > kcs
        printf '#!%s/kcs\n' "$HERE" > nested; chmod +x kcx kcs nested
        """#)
    #expect(outcome.lines == ["newer"], "\(command): \(outcome.errors)")
  }

  @Test func `an interpreter and what is behind a wrapper are named`() throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir bin; export PATH="$HERE/bin:$PATH"
      for p in kc inner; do cp /bin/sh bin/$p; done; printf '#!%s/bin/inner\necho x\n' "$HERE" > s
      chmod +x s
      for c in './s' 'timeout 5 kc -c :'; do cachetronomy run -- $c; done
      for p in kc inner; do echo >> bin/$p; done
      for c in './s' 'timeout 5 kc -c :'; do cachetronomy explain -- $c; done
      """#)
    #expect(outcome.text.contains("/bin/inner changed"), "\(outcome.text)")
    #expect(outcome.text.contains("executable kc changed"), "\(outcome.text)")
  }

  @Test func `a command without a wrapper takes its arguments for no programs`() throws {
    let outcome = try answers(to: "cachetronomy run -v -- echo kc 2>&1 | grep -o HIT")
    #expect(outcome.lines == ["HIT"])
  }

  @Test func `the file of BASH_ENV is an input of every command`() throws {
    let outcome = try Sandbox().bash(
      #"""
      echo 'echo old' > f
      export BASH_ENV=$HERE/f; cachetronomy run -- bash -c 'echo x'; echo 'echo newer' > f
      cachetronomy run -- bash -c 'echo x'; cachetronomy explain -- bash -c 'echo x' | grep -o HIT
      echo >> f; cachetronomy explain -- bash -c 'echo x' | grep BASH
      for v in '$HERE/f' '`echo f`' '~/f'; do BASH_ENV=$v cachetronomy run -v -- true; done 2>&1
      BASH_ENV= cachetronomy run -- bash -c 'echo y'
      """#)
    #expect(
      outcome.lines == [
        "old", "x", "newer", "x", "HIT", "  argument file BASH_ENV changed",
        "cachetronomy: not cached: BASH_ENV needs a shell to expand it",
        "cachetronomy: not cached: BASH_ENV needs a shell to expand it",
        "cachetronomy: not cached: BASH_ENV needs a shell to expand it", "y",
      ], "\(outcome)")
  }
}
