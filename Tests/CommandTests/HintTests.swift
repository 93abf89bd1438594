import Testing

/// Messages that say what to write instead.
@Suite struct HintTests {
  @Test(arguments: [
    ("cd x", "'cd' is a command of the shell itself"), (". ./x", "'.' is a command of the shell"),
    ("export A=1", "'export' is a command of the shell"), ("source x", "'source' is a command"),
    ("alias", "'alias' is a command of the shell"), ("'[[' a ']]'", "'[[' is a command"),
    ("SECRET=12345678 cmd", "put 'env' before SECRET=..., or the whole line after -c"),
    ("A+=x cmd", "put 'env' before A=..."), ("'FOO=a b' cmd", "put 'env' before FOO=..."),
    ("FOO=1", "'FOO=...' names no command"), ("'ls | head'", "the name of one program"),
    ("'ls -l'", "the name of one program"), ("'ls -l' x", "the name of one program"),
    ("'FOO=1 cmd'", "the name of one program"), ("'$EDITOR'", "the name of one program"),
    ("'~/bin/x'", "the name of one program"), ("'a;b'", "the name of one program"),
  ]) func `a command that only a shell reads is hinted at`(line: String, hint: String) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      "cachetronomy run -- \(line); echo $?; cachetronomy run -q \(line)")
    let lines = outcome.errors.split(separator: "\n")
    #expect(outcome.lines == ["127"] && lines.count == 3, "\(outcome.errors)")
    #expect(lines[1].hasPrefix("cachetronomy: hint: ") && lines[1].contains(hint), "\(lines)")
    #expect(lines[1].contains("-c") && !lines[1].contains("12345678"))
    #expect(lines[2] == lines[0])
  }

  @Test(arguments: [
    "nosuch x", "./nosuch", "1=2 x", "a-b=c", "=x", "''", "-c nosuch", "pwd", "env A=1 pwd",
  ])
  func `other commands are not`(line: String) throws {
    #expect(try !Sandbox().bash("cachetronomy run \(line)").errors.contains("hint"))
  }

  @Test(arguments: [
    ("set", "set"), ("set --x k", "set"), ("set k v --file f", "set"), ("stats --top x", "stats"),
    ("stats --x", "stats"), ("stats --json --reset", "stats"), ("get", "get"), ("get --x k", "get"),
    ("delete", "delete"), ("clear", "clear"), ("keys --x", "keys"), ("gc --x", "gc"),
    ("log access --x", "log access"), ("log --x", "log"), ("profile apply", "profile apply"),
    ("profile --db x list --y", "profile list"), ("--db x profile show --y", "profile show"),
    ("profile bogus", "profile"), ("remote keygen", "remote keygen"), ("run --x", "run"),
    ("run", "run"), ("import", "import"), ("init", "init"), ("warm --x", "warm"),
  ]) func `an error of a verb names its own help`(line: String, verb: String) throws {
    let outcome = try Sandbox().bash("touch f; cachetronomy \(line) < /dev/null")
    #expect(outcome.errors.hasSuffix("(see 'cachetronomy \(verb) --help')\n"), "\(outcome.errors)")
    #expect(outcome.status == (verb == "run" ? 125 : 64))
    let help = try Sandbox().bash("cachetronomy \(verb) --help")
    #expect(help.status == 0 && help.text.contains("cachetronomy \(verb)"))
  }

  @Test func `options of all commands may stand before a verb and between two`() throws {
    let outcome = try Sandbox().bash(
      """
      unset CACHETRONOMY_DB
      printf 'p: {tags: [t]}\\n' > p.yaml
      cachetronomy --db a.db profile apply p.yaml
      cachetronomy profile --db a.db list | wc -l
      cachetronomy --profile p profile --db=a.db show | grep -c tags
      cachetronomy -q --db a.db --profile p set k v
      cachetronomy --db a.db log access k; cachetronomy log --db a.db -v access; echo $?
      cachetronomy --db a.db log clear evictions; echo $?
      cachetronomy --db=a.db profile use p && cachetronomy --db a.db profile list | grep '^\\*'
      cachetronomy --db a.db remote status; echo $?
      cachetronomy profile --db; echo $?
      """)
    #expect(
      outcome.lines == [
        "p: created", "2", "1", "0", "0", "* p        ttl 1h  " + "p.yaml", "64", "64",
      ]
        || outcome.lines.prefix(5) == ["p: created", "2", "1", "0", "0"], "\(outcome.text)")
    #expect(outcome.lines.suffix(2) == ["64", "64"], "\(outcome.errors)")
    #expect(outcome.lines.contains { $0.hasPrefix("* p ") })
  }

  @Test func `a profile file with a text that a comment cuts is warned of`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'p:\\n  rules:\\n    - match: gh view #12\\n' > p.yaml
      cachetronomy profile validate p.yaml; cachetronomy profile apply p.yaml
      """)
    #expect(outcome.lines == ["p: created"])
    let warning =
      "cachetronomy: warning: p.yaml:3:22: '#12' is a comment, so the text is 'gh view' ("
    #expect(outcome.errors.split(separator: "\n").filter { $0.hasPrefix(warning) }.count == 2)
  }

  @Test func `match_any works from file to hit`() throws {
    let outcome = try Sandbox().bash(
      #"""
      cat > p.yaml <<'.'
      p:
        run: {cache_status: [0-2]}
        rules:
          - match_any: [sh -c **, [expr, "1", "**"], "printf '%s %s' **"]
            time_to_live: 5m
      .
      cachetronomy profile apply p.yaml --use p
      cachetronomy profile match -- expr 1 + 1 | head -1
      cachetronomy profile match -- printf '%s %s' a b | head -1
      cachetronomy profile match -- printf '%s' a | head -1
      cachetronomy run -- sh -c 'date +%N; exit 2' > a; cachetronomy run -- sh -c 'date +%N; exit 2' | cmp a && echo hit
      cachetronomy explain --json -- expr 1 | jq -c '[.rule, .rule_source, .time_to_live_seconds]'
      cachetronomy profile show p > q.yaml; cachetronomy profile diff q.yaml; echo $?
      cachetronomy profile show p --json | jq -c '.rules[2].match'
      cachetronomy export --all > all; cachetronomy --db other.db import all
      cachetronomy --db other.db profile diff q.yaml; echo $?
      """#)
    #expect(
      outcome.lines == [
        "p: created", "profile p, rule p.yaml:4: expr 1 **",
        "profile p, rule p.yaml:4: printf %s %s **", "profile p, no rule", "hit",
        #"["expr 1 **","p.yaml:4",300]"#, "0", #"["printf","%s %s","**"]"#, "0",
      ], "\(outcome.errors)")
  }

  @Test(arguments: ["0-3", "3", "0,2-4"]) func `cache-status takes ranges`(list: String) throws {
    let outcome = try Sandbox().bash(
      """
      for i in 1 2 3; do cachetronomy run --cache-status \(list) -- sh -c 'date +%N; exit 3'; done | uniq | wc -l
      """)
    #expect(outcome.lines == ["1"])
  }

  @Test func `numbers are counted and rounded as people do`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy run -- echo 1 > /dev/null; cachetronomy stats | grep entries
      cachetronomy run -- echo 1 > /dev/null; cachetronomy run -- echo 1 > /dev/null
      cachetronomy stats | grep hits; cachetronomy run -- echo 2 > /dev/null
      cachetronomy stats | grep entries
      printf 'p: {max_entry_size: 2 MiB}\\n' > p.yaml; cachetronomy profile apply -q p.yaml
      cachetronomy run -v --profile p -- head -c 3000000 /dev/zero > /dev/null
      """)
    #expect(outcome.lines.count == 3)
    #expect(outcome.lines[0].contains(" 1 (1 recording), "))
    #expect(outcome.lines[1].hasSuffix(" 2 (67%)"))
    #expect(outcome.lines[2].contains(" 2 (2 recordings), "))
    #expect(outcome.errors.contains("its output is over 2 MiB (a larger max_entry_size"))
  }
}
