import Testing

@testable import Cachetronomy
@testable import CommandCache

/// What tells two recordings apart, tried with the built binary.
@Suite struct RunKeyTests {
  /// Runs a script and counts the recordings afterwards.
  private func recordings(after script: String) throws -> (Sandbox.Outcome, Int) {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(script)
    let keys = try sandbox.bash("cachetronomy keys -z | tr -cd '\\0' | wc -c")
    return (outcome, Int(keys.lines.first ?? "") ?? -1)
  }

  @Test func `a variable that the command reads makes two entries and two outputs`() throws {
    let (outcome, count) = try recordings(
      after: """
        for i in 1 2; do
          FOO=1 cachetronomy run -- sh -c 'echo $FOO; echo ran >&2'
          FOO=2 cachetronomy run -- sh -c 'echo $FOO; echo ran >&2'
        done
        """)
    #expect(outcome.lines == ["1", "2", "1", "2"])
    #expect(count == 2)
  }

  @Test func `with --env only the named variable counts`() throws {
    let (outcome, count) = try recordings(
      after: """
        FOO=1 cachetronomy run --env LANG -- sh -c 'echo $FOO'
        FOO=2 cachetronomy run --env LANG -- sh -c 'echo $FOO'
        LANG=C cachetronomy run --env LANG -- sh -c 'echo $FOO'
        """)
    #expect(outcome.lines == ["1", "1"])
    #expect(count == 2)
  }

  @Test func `globs in --env and --env-ignore, and a noisy name in full`() throws {
    let (_, count) = try recordings(
      after: """
        AWS_A=1 cachetronomy run --env 'AWS_*' -- true
        AWS_A=2 cachetronomy run --env 'AWS_*' -- true
        BUILD_TAG=1 cachetronomy run --env-ignore 'BUILD_*' -- true
        BUILD_TAG=2 cachetronomy run --env-ignore 'BUILD_*' -- true
        TMUX_PANE=%1 cachetronomy run --env '*' --env TMUX_PANE -- true
        TMUX_PANE=%2 cachetronomy run --env '*' --env TMUX_PANE -- true
        FOO=1 cachetronomy run --no-env -- true
        FOO=2 cachetronomy run --no-env -- true
        """)
    #expect(count == 6)
  }

  @Test func `each ignored name in two values makes one entry`() throws {
    let names =
      IgnoredVariables.names.map(\.description).filter { $0 != "PWD" }
      + IgnoredVariables.prefixes.map { "\($0)X" }
    let (outcome, count) = try recordings(
      after: """
        cachetronomy run -- /bin/true
        for name in \(names.joined(separator: " ")); do
          env "$name=one" cachetronomy run -v -- /bin/true 2>&1 | grep -q HIT || echo "$name"
          env "$name=two" cachetronomy run -v -- /bin/true 2>&1 | grep -q HIT || echo "$name"
        done
        """)
    #expect(outcome.lines == [])
    #expect(count == 1)
  }

  @Test(
    arguments: [
      "SSH_HOST", "TERMINUS_SITE", "COLUMNS", "TERM", "HOME", "PROMPT", "VIRTUAL_ENV", "DISPLAY",
      "WAYLAND_DISPLAY", "SWAYSOCK", "I3SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME", "FZF_QUERY",
      "FZF_PREVIEW_COLUMNS", "FZF_PREVIEW_LINES", "MAKEFLAGS", "WINDOW", "TZ", "LC_ALL", "LC_TIME",
      "KUBECONFIG", "TMPDIR",
    ])
  func `a name that is not ignored makes two entries`(name: String) throws {
    let (_, count) = try recordings(
      after: """
        \(name)=one cachetronomy run -- /bin/true
        \(name)=two cachetronomy run -- /bin/true
        """)
    #expect(count == 2)
  }

  // Real programs: what they set differs from call to call.
  @Test func `make with any number of jobs, at any depth, makes one entry`() throws {
    let (outcome, count) = try recordings(
      after: """
        printf 'all: a b\\na b:\\n\\t+@cachetronomy run -- echo hi\\nsub:\\n\\t+@$(MAKE) -s all\\n' > Makefile
        cachetronomy run -- echo hi
        make -s; make -s -j4; make -s -j3 -l9 sub; make -s -j sub; make -s sub
        """)
    #expect(outcome.lines == Array(repeating: "hi", count: 11))
    // -s is passed to other makes, which print less for it.
    #expect(count == 2)
  }

  @Test func `a variable given to make makes another entry`() throws {
    let (_, count) = try recordings(
      after: """
        printf 'all:\\n\\t@cachetronomy run -- echo hi\\n' > Makefile
        make; make -j2 V=1; make -j3 V=1; make V=2; make -k
        """)
    #expect(count == 4)
  }

  @Test func `the jobs of parallel make one entry`() throws {
    let (outcome, count) = try recordings(
      after: "parallel -j3 -N0 cachetronomy run -- echo hi ::: 1 2 3 4 5 6")
    #expect(outcome.lines == Array(repeating: "hi", count: 6))
    #expect(count == 1)
  }

  @Test func `the windows of screen make one entry`() throws {
    let (outcome, count) = try recordings(
      after: """
        export SCREENDIR=$PWD/s TERM=xterm; mkdir -m 700 s; mkfifo done
        for window in 1 2; do
          screen -D -m bash -c 'echo $WINDOW; cachetronomy run -- echo hi > done' & cat done; wait
        done
        """)
    #expect(outcome.lines == ["hi", "hi"])
    #expect(count == 1)
  }

  @Test func `a working directory reached through a link is another one`() throws {
    let (outcome, count) = try recordings(
      after: """
        mkdir real; ln -s real link
        (cd real && cachetronomy run -- sh -c 'echo $PWD')
        (cd link && cachetronomy run -- sh -c 'echo $PWD')
        """)
    #expect(outcome.lines.count == 2)
    #expect(outcome.lines.first?.hasSuffix("/real") == true)
    #expect(outcome.lines.last?.hasSuffix("/link") == true)
    #expect(count == 2)
  }

  @Test func `pwd in two directories, and with --no-cwd`() throws {
    let (outcome, count) = try recordings(
      after: """
        mkdir a b
        for i in 1 2; do for d in a b; do (cd $d; cachetronomy run -- pwd); done; done
        for d in a b; do (cd $d; cachetronomy run --no-cwd -- sh -c 'pwd'); done
        """)
    #expect(outcome.lines.map { $0.suffix(2) } == ["/a", "/b", "/a", "/b", "/a", "/a"])
    #expect(count == 3)
  }

  @Test func `arguments keep their boundaries and bytes`() throws {
    let (outcome, count) = try recordings(
      after: #"""
        for i in 1 2; do
          for words in '' '""' 'a b' '"a b"' "\$'a\xffb'" '--ttl 5' '--'; do
            eval "cachetronomy run -- sh -c 'for w; do printf \"<%s>\" \"\$w\"; done; echo' sh $words"
          done
        done | od -An -c | tr -d ' \n'
        """#)
    let once = #"\n<>\n<a><b>\n<ab>\n<a377b>\n<--ttl><5>\n<-->\n"#
    #expect(outcome.text == once + once)
    #expect(count == 7)
  }

  @Test func `with and without --, and from bash -c`() throws {
    let (outcome, count) = try recordings(
      after: """
        cachetronomy run -- echo a
        cachetronomy run echo a
        cachetronomy run --ttl 5m echo a
        cachetronomy run --ttl=5m -v echo a 2>err; grep -c HIT err
        cachetronomy run -c 'echo a; echo b | cat'
        cachetronomy run --shell 'bash -o pipefail' -c 'false | cat'; echo $?
        """)
    #expect(outcome.lines == ["a", "a", "a", "a", "1", "a", "b", "1"])
    #expect(count == 2)
  }

  @Test func `a replaced executable is a miss`() throws {
    let (outcome, count) = try recordings(
      after: """
        mkdir bin; PATH=$HERE/bin:$PATH
        printf '#!/bin/sh\\necho one\\n' > bin/tool; chmod +x bin/tool; touch -d @1000 bin/tool
        cachetronomy run -- tool
        printf '#!/bin/sh\\necho two\\n' > bin/tool; touch -d @1000.5 bin/tool
        cachetronomy run -- tool
        printf '#!/bin/sh\\necho three\\n' > bin/tool; touch -d @1000.5 bin/tool
        cachetronomy run -- tool
        mkdir other; cp -p bin/tool other; PATH=$HERE/other:$PATH cachetronomy run -- tool
        """)
    #expect(outcome.lines == ["one", "two", "three", "three"])
    #expect(count == 4)
  }

  @Test func `an edited argument file is a miss, also after an equals sign`() throws {
    let (outcome, count) = try recordings(
      after: """
        echo 1 > f; touch -d @5 f
        cachetronomy run -- cat f
        echo 2 > f; touch -d @6 f
        cachetronomy run -- cat f
        cachetronomy run -- sh -c 'cat ${1#*=}' sh --file=f
        echo 3 > f; touch -d @7 f
        cachetronomy run -- sh -c 'cat ${1#*=}' sh --file=f
        cachetronomy run --arg-files none -- cat f
        echo 4 > f; touch -d @8 f
        cachetronomy run --arg-files none -- cat f
        cachetronomy run --arg-files content -- cat f
        touch -d @9 f
        cachetronomy run -v --arg-files content -- cat f 2>err; grep -c HIT err
        """)
    #expect(outcome.lines == ["1", "2", "2", "3", "3", "3", "4", "4", "1"])
    #expect(count == 6)
  }

  @Test func `a file behind a letter or an @ is an argument file too`() throws {
    let (outcome, count) = try recordings(
      after: #"""
        echo 'BEGIN { print 1 }' > p.awk; echo body > b
        run() { cachetronomy run -- awk -fp.awk; cachetronomy run -- echo -d@b; cachetronomy run -- echo @b f=@b; }
        run; run; echo 'BEGIN { print 22 }' > p.awk; run; echo more > b; run
        """#)
    #expect(outcome.lines.filter { $0.first == "1" || $0.first == "2" } == ["1", "1", "22", "22"])
    #expect(count == 6)
  }

  @Test func `a word of a hundred thousand @ is a word like others`() throws {
    let (outcome, count) = try recordings(
      after: #"""
        long=$(head -c 130000 /dev/zero | tr '\0' @); echo x > f
        ulimit -s 1024; cachetronomy run -- printf %.4s "$long"; cachetronomy run -- printf %.4s "=$long"
        cachetronomy run -- printf %s @@f; echo more > f; cachetronomy run -- printf %s @@f
        """#)
    #expect(outcome.text == "@@@@=@@@@@f@@f", "\(outcome)")
    #expect(count == 3)
  }

  @Test func `a file or program that a script names is seen, what it writes is not`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      mkdir bin; export PATH="$HERE/bin:$PATH" DIR=$HERE
      tool() { printf '#!/bin/sh\necho %s\n' "$1" > bin/tool; chmod +x bin/tool; }
      tool one; echo a > f; echo data > g
      pipeline() { cachetronomy run -c 'tool | cat - f "$DIR/g" > out; tr "\n" " " < out'; }
      script() { cachetronomy run -- bash -ec 'set -e; echo $(tool) $(cat f) "$(cat ~/g)"'; }
      export HOME=$HERE
      both() { pipeline; script; }
      both; both; echo '-- file'; echo bb > f; both; both; echo '-- variable'; echo dat > g; both
      echo '-- program'; tool three; both; tool fourth; cachetronomy explain -c 'tool | cat - f "$DIR/g" > out; tr "\n" " " < out' | tail -n 1
      echo ccc > f; cachetronomy explain -- bash -ec 'set -e; echo $(tool) $(cat f) "$(cat ~/g)"' | tail -n 2
      cachetronomy clear --all -q; echo '-- settings'
      for i in 1 22; do
        tool $i; cachetronomy run --executable path -c 'tool'; echo $i$i > f; cachetronomy run --arg-files none -c 'cat f'
      done
      cachetronomy explain --arg-files stat -c 'cat f' --json | grep -c 'argument files by inode'
      for i in 1 2; do cachetronomy run -v -c 'date +%N | tee log | wc -l' 2>&1 | grep -o 'HIT\|MISS'; done
      printf z > f; for i in 1 2; do touch -d "$i hours ago" f; cachetronomy run -v --file "$HERE/f" -c 'cat f' 2>&1 | grep -o 'HIT\|MISS'; done
      """#)
    #expect(
      outcome.lines == [
        "one a data one a data", "one a data one a data", "-- file",
        "one bb data one bb data", "one bb data one bb data", "-- variable",
        "one bb dat one bb dat", "-- program", "three bb dat three bb dat",
        "  executable tool changed", "  executable tool changed", "  argument file f changed",
        "-- settings", "1", "11", "1", "11", "1", "MISS", "HIT", "MISS", "HIT",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `process substitution is never answered from the cache`() throws {
    let (outcome, count) = try recordings(
      after: """
        for i in 1 2; do cachetronomy run -- diff <(echo a) <(echo $i) | tail -1; done
        cachetronomy run -v -- cat <(echo x)
        cachetronomy run --scope s -- cat <(echo x) >/dev/null
        """)
    #expect(outcome.lines == ["> 1", "> 2", "x"])
    #expect(outcome.errors.contains("not cached: /dev/fd/"))
    #expect(count == 1)
  }

  @Test func `a scope keeps entries apart`() throws {
    let (_, count) = try recordings(
      after: """
        cachetronomy run --scope a -- true; cachetronomy run --scope b/c -- true
        cachetronomy run -- true; cachetronomy run --scope a -- true
        """)
    #expect(count == 3)
  }

  @Test func `secrets in arguments are masked in whatever is written or printed`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      export API_TOKEN=s3cr3t-value-99
      cachetronomy run -v -- sh -c true "x=$API_TOKEN" 2>&1
      cachetronomy run -v -- sh -c true --password hunter2hunter2 2>&1
      cachetronomy run -v -- sh -c true --token=qwertyuiop 2>&1
      cachetronomy run -v -- sh -c true -H 'Authorization: Bearer abcdefgh12' 2>&1
      cachetronomy run -v -- sh -c true -u me:pa55word 2>&1
      cachetronomy run -v -c 'true --password=typed-in1 -u me:typed-in2 -H "Authorization: Basic typed-in3"' 2>&1
      cachetronomy keys; cachetronomy list --json
      for k in $(cachetronomy keys | sed 's/.*#/#/'); do cachetronomy show --json "$k"; done
      grep -raoE 'typed-in|s3cr3t-value-99|hunter2hunter2|qwertyuiop|abcdefgh12|pa55word' store
      true
      """)
    for secret in [
      "s3cr3t-value-99", "hunter2hunter2", "qwertyuiop", "abcdefgh12", "pa55word", "typed-in",
    ] {
      #expect(!outcome.text.contains(secret))
    }
    #expect(outcome.text.contains("x=$API_TOKEN"))
    #expect(outcome.text.contains("Authorization: ***"))
  }
}
