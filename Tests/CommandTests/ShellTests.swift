import Testing

/// What a shell makes of `init`, and commands that are not ours.
@Suite struct ShellTests {
  /// A store with plain names and hostile ones, and a command that a rule keeps.
  static let setup = """
    mkdir bin; export PATH="$HERE/bin:$PATH"
    printf '#!/bin/sh\\necho "ran $*"; cat; echo x >> %s/calls\\n' "$HERE" > bin/tool
    chmod +x bin/tool
    printf 'team:\\n  rules:\\n    - match: tool kept **\\n      time_to_live: 1h\\n' > team.yaml
    cachetronomy profile apply -q team.yaml --use team
    for key in report-1 report-2 user:42 'report-$(touch pwned)' 'report-`touch pwned`' \\
      "report'q" 'report"q' $'report\\nnew' $'report\\e]0;x' other; do
      cachetronomy set --tag nightly --tag 'night$(touch pwned)' "$key" v
    done
    """

  @Test func `bash offers keys, tags and profiles, and evaluates none of them`() throws {
    let outcome = try Sandbox().bash(
      Self.setup + """

        shopt -s extglob
        eval "$(cachetronomy init bash)"
        offer() {
          COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
          COMPREPLY=(); _cachetronomy "$1" "${@: -1}" "${@: -2:1}"; printf '%s ' "${COMPREPLY[@]}"; echo
        }
        offer cachetronomy get rep
        offer cachetronomy evict --tag ni
        offer cachetronomy profile use te
        offer cachetronomy get --db /nowhere/x.db rep
        ls pwned /nowhere 2>/dev/null
        """)
    #expect(outcome.text == "report-1 report-2 \nnightly \nteam \n \n")
    #expect(outcome.errors == "")
  }

  @Test func `fish offers keys and profiles`() throws {
    let outcome = try Sandbox().bash(
      Self.setup + """

        fish -c 'cachetronomy init fish | source
          complete -C "cachetronomy get rep"; complete -C "cachetronomy profile use te"'
        ls pwned 2>/dev/null
        """)
    #expect(outcome.text == "report-1\nreport-2\nteam\n")
  }

  @Test func `zsh offers keys`() throws {
    let outcome = try Sandbox().bash(
      Self.setup + """

        cat > try.zsh <<'END'
        zmodload zsh/zpty
        zpty z "PS1= zsh -f -i"
        zpty -w z 'autoload -U compinit; compinit -u -D; eval "$(cachetronomy init zsh)"'
        zpty -w z 'print -r -- rea""dy'
        zpty -r -m z seen '*ready*'
        zpty -n -w z $'cachetronomy get oth\\t'
        zpty -r -m z line '*get other*' && print -r -- offered
        zpty -d z
        [[ $seen == *(error|found)* ]] && print -r -- "$seen"
        END
        timeout 60 zsh -f try.zsh
        ls pwned 2>/dev/null
        """, environment: ["TERM": "dumb"])
    #expect(outcome.text == "offered\n", "\(outcome.text)")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `a wrapped command is kept where a rule says so, and runs in any case`(
    shell: String
  ) throws {
    let source =
      shell == "fish"
      ? "cachetronomy init fish --wrap tool | source"
      : "eval \"$(cachetronomy init \(shell) --wrap tool)\""
    let outcome = try Sandbox().bash(
      Self.setup + """

        cat > session <<'END'
        \(source)
        tool kept 'a  b'
        tool kept 'a  b'
        echo input | tool free '$x'
        command tool kept
        END
        \(shell) session; wc -l < calls
        rm -r store; mkdir store; echo junk > store/cache.db
        echo input | \(shell) -c "$(head -1 session); tool kept" 2>/dev/null
        """, input: [])
    let wanted = "ran kept a  b\nran kept a  b\nran free $x\ninput\nran kept\n3\nran kept\ninput\n"
    #expect(outcome.text == wanted)
    #expect(outcome.errors == "")
  }

  @Test(arguments: ["", "a b", "x;y", "$(x)", "-x", "if", "a,,b", "a/b", "é", "cachetronomy"])
  func `only plain names are wrapped`(name: String) throws {
    let outcome = try Sandbox().bash(
      "cachetronomy init bash --wrap=\"$NAME\"", environment: ["NAME": name])
    #expect(outcome.status == 64)
    #expect(outcome.text == "")
  }

  @Test func `an unknown command is looked for on the path`() throws {
    let outcome = try Sandbox().bash(
      """
      mkdir bin; export PATH="$HERE/bin:$PATH"
      printf '#!/bin/sh\\nprintf "[%%s]" "$@"; exit 7\\n' > bin/cachetronomy-hello
      cp bin/cachetronomy-hello bin/cachetronomy-get; chmod +x bin/*
      cachetronomy hello $'\\xff' '' --help -- x | od -An -c | tr -d ' \\n'; echo
      cachetronomy hello > /dev/null; echo $?
      cachetronomy get nothing; echo $?
      cachetronomy deleet; echo $?
      cachetronomy a/b; echo $?
      chmod -x bin/cachetronomy-hello; cachetronomy hello; echo $?
      ls store
      """)
    #expect(outcome.lines == [#"[377][][--help][--][x]"#, "7", "1", "64", "64", "126"])
    #expect(
      outcome.errors.hasPrefix(
        """
        cachetronomy: 'deleet' is not a cachetronomy command (did you mean 'delete'?)
        cachetronomy: 'a/b' is not a cachetronomy command
        cachetronomy: cachetronomy-hello: Permission denied\n
        """))
  }

  @Test func `help opens the page of a command and lists what is on PATH`() throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir -p prefix/bin prefix/share/man/man1 prefix/share/man/man7 extra
      cp "$(command -v cachetronomy)" prefix/bin; cp "$PACKAGE"/man/*.1 prefix/share/man/man1
      cp "$PACKAGE"/man/*.7 prefix/share/man/man7
      printf '#!/bin/sh\n' > extra/cachetronomy-foo; chmod +x extra/cachetronomy-foo
      printf '#!/bin/sh\necho "man $*"\n' > extra/man; chmod +x extra/man
      prefix/bin/cachetronomy help get | head -1
      export PATH="$HERE/extra:$PATH"
      prefix/bin/cachetronomy help get | sed 's/.*share/share/'
      prefix/bin/cachetronomy help tutorial | sed 's/.*share/share/'
      prefix/bin/cachetronomy help | grep -A1 'ON PATH'
      prefix/bin/cachetronomy help nonsense; echo $?
      prefix/bin/cachetronomy help ../../etc; echo $?
      cachetronomy help get | head -1
      """#)
    let lines = outcome.lines
    let wanted = [
      "share/man/man1/cachetronomy-get.1", "share/man/man7/cachetronomy.7", "ON PATH:", "  foo",
    ]
    #expect(lines.dropFirst().prefix(4) == wanted[...], "\(outcome.text)\(outcome.errors)")
    #expect(lines.last?.hasPrefix("OVERVIEW: Print the value of a key") == true)
  }
}
