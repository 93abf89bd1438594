import Testing

/// What comes out of `run`, on a miss and on a hit.
@Suite struct RunOutputTests {
  @Test func `streams with NULs are passed on and replayed byte for byte`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      cmd() { cachetronomy run -- sh -c 'printf "a\0b\377\n"; printf "\0e\377" >&2'; }
      cmd >o1 2>e1; cmd >o2 2>e2
      printf 'a\0b\377\n' | cmp - o1 && cmp o1 o2 && printf '\0e\377' | cmp - e1 && cmp e1 e2 && echo same
      cachetronomy stats --json | grep -o '"hits":1' | head -1
      """#)
    #expect(outcome.lines == ["same", "\"hits\":1"])
  }

  @Test func `the order of both streams is replayed into one pipe`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run -- sh -c 'echo 1-out; sleep .05; echo 2-err >&2; sleep .05; echo 3-out'; }
      cmd 2>&1 | cat; cmd 2>&1 | cat
      """)
    #expect(outcome.lines == ["1-out", "2-err", "3-out", "1-out", "2-err", "3-out"])
  }

  @Test func `300 MB pass and are replayed in little memory`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'big: {max_entry_size: 1 GiB}' > p.yaml
      cachetronomy profile apply p.yaml --use big -q
      # What a process held before it became the command counts as the command's: so not from here.
      cat > peak.py <<'PYTHON'
      import resource, subprocess, sys
      subprocess.run(sys.argv[1:])
      with open('peak', 'a') as f:
          print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000, file=f)
      PYTHON
      cmd() {
        python3 peak.py cachetronomy run -- \
          sh -c 'yes 0123456789abcde | head -c 300000000; echo done >&2'
      }
      cmd | cksum; cmd | cksum
      cachetronomy stats --json | grep -o '"hits":1' | head -1; cat peak
      """)
    try #require(outcome.lines.count == 5, "\(outcome)")
    #expect(outcome.lines[0] == outcome.lines[1])
    #expect(outcome.lines[0].hasSuffix(" 300000000"))
    #expect(outcome.lines[2] == "\"hits\":1")
    #expect(outcome.errors == "done\ndone\n")
    #expect(Int(outcome.lines[3]) ?? .max < 40)
    #expect(Int(outcome.lines[4]) ?? .max < 40)
  }

  @Test func `output over the limit is passed on whole and not stored`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'small: {max_entry_size: 1 KiB}' > p.yaml
      cachetronomy profile apply p.yaml --use small -q
      for i in 1 2; do cachetronomy run -v -- head -c 2000 /dev/zero | wc -c; done
      cachetronomy keys
      """)
    #expect(outcome.lines == ["2000", "2000"])
    #expect(outcome.errors.contains("not kept: its output is over 1 KiB (a larger max_entry_size"))
  }

  @Test func `the first line can be read while the command still runs`() throws {
    let sandbox = try Sandbox()
    // The command ends only when its reader, having seen the first line, lets it.
    let outcome = try sandbox.bash(
      """
      mkfifo go
      cachetronomy run -- sh -c 'echo first; read x < ${U-go}; echo second' |
        { read line; echo "got $line"; echo > go; cat; }
      """)
    #expect(outcome.lines == ["got first", "second"])
  }

  @Test func `a kept status is replayed, others run again`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2; do cachetronomy run --cache-status 0,14 -- sh -c 'echo x >> n; exit 14'; echo $?; done
      wc -l < n
      for i in 1 2; do cachetronomy run -- sh -c 'echo x >> m; exit 3'; echo $?; done
      wc -l < m
      for i in 1 2; do cachetronomy run --cache-status 0,137 -- sh -c 'echo x >> k; kill -9 $$'; echo $?; done
      wc -l < k
      """)
    #expect(outcome.lines == ["14", "14", "1", "3", "3", "2", "137", "137", "2"])
  }

  @Test func `not found is 127, not executable 126, neither is stored`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      echo hi > plain; mkdir dir; printf '#!/no/such/interpreter\\n' > bad; chmod +x bad
      for c in no-such-command ./no-such-file ./plain ./dir ./bad ''; do
        cachetronomy run -- "$c"; echo $?
      done
      cachetronomy keys
      """)
    #expect(outcome.lines == ["127", "127", "126", "126", "126", "127"])
    #expect(
      outcome.errors.split(separator: "\n").map(String.init) == [
        "cachetronomy: no-such-command: command not found",
        "cachetronomy: ./no-such-file: No such file or directory",
        "cachetronomy: ./plain: Permission denied",
        "cachetronomy: ./dir: Is a directory",
        "cachetronomy: ./bad: bad interpreter: No such file or directory",
        "cachetronomy: '': command not found",
      ])
  }

  @Test func `a script without an interpreter line is the shell's`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      "echo 'echo \"$0 $1\"' > s; chmod +x s; cachetronomy run -- ./s x; cachetronomy run -- ./s x")
    #expect(outcome.lines == ["./s x", "./s x"])
  }

  @Test func `an entry past its ttl is a miss and is replaced in place`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd --ttl 1h; cmd
      # An hour and a bit ago, as if the clock had moved.
      sqlite3 store/cache.db "UPDATE cache SET expire_at = '2020-01-01T00:00:00.000000+00:00';"
      cmd; cmd; cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["1", "1", "2", "2", "1"])
  }

  @Test func `a lower --ttl binds at once, and 0 stores nothing`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd --ttl 0; cachetronomy keys | wc -l
      cmd --ttl never; "$PACKAGE"/Tests/older 15
      cmd --ttl 20s; cmd --ttl 10s; cmd --ttl 10s
      """)
    #expect(outcome.lines == ["1", "0", "2", "2", "3", "3"])
  }

  @Test func `--refresh runs and replaces, --force is the same`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd; cmd --refresh; cmd; cmd --force; cmd; cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["1", "2", "2", "3", "3", "1"])
  }

  @Test func `--cached-only never runs, --no-store never stores`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; echo "$?"; }
      cmd --cached-only; cmd --no-store; cmd --no-store; cmd; cmd --cached-only; cmd --no-store
      cachetronomy run --cached-only --refresh true; echo $?
      """)
    #expect(
      outcome.lines == ["1", "1", "0", "2", "0", "3", "0", "3", "0", "3", "0", "125"])
  }

  @Test func `CACHETRONOMY_DISABLE gives the command its own input and place`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      echo in | CACHETRONOMY_DISABLE=1 cachetronomy run -- cat
      echo in | CACHETRONOMY_DISABLE=0 cachetronomy run --no-stdin -- cat
      CACHETRONOMY_DISABLE=1 cachetronomy run -- sh -c 'exit 7'; echo $?
      cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["in", "7", "1"])
  }

  @Test func `a background process holding the pipe does not hold us`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash("cachetronomy run -- sh -c 'sleep 20 & echo done'")
    #expect(outcome.lines == ["done"])
    #expect(outcome.seconds < 10)
  }

  @Test func `a reader who leaves makes no noise`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- yes | head -1; echo ${PIPESTATUS[0]}
      cachetronomy run -- seq 100000 | head -1
      cachetronomy run -v -- seq 100000 | tail -1
      """)
    #expect(outcome.lines == ["y", "0", "1", "100000"])
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.contains("HIT"))
  }

  @Test func `a full device is said and gives 125`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- echo x > /dev/full; echo $?
      cachetronomy run -- echo x; cachetronomy run -- echo x > /dev/full; echo $?
      cachetronomy set k v; cachetronomy get k > /dev/full; echo $?
      cachetronomy run -- echo y >&-; echo $?
      for i in 1 2; do cachetronomy run -- sh -c 'echo e >&2; echo ok' 2>&-; echo $?; done
      """)
    #expect(outcome.lines == ["125", "x", "125", "74", "125", "ok", "0", "ok", "0"])
    #expect(outcome.errors.contains("cannot write to 'stdout': No space left on device"))
  }

  @Test func `signals reach the command and are our status`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for s in TERM INT HUP QUIT; do
        mkfifo up-$s
        # A background job of a script ignores INT and QUIT: env gives them back.
        env --default-signal=INT,QUIT cachetronomy run -- sh -c \
          "trap 'echo got; exit 9' $s; echo > up-$s; while :; do sleep .05; done" &
        read x < up-$s; kill -$s $!; wait $!; echo $?
      done
      mkfifo up
      cachetronomy run -- sh -c 'echo > up; exec sleep 100' & read x < up; kill $!; wait $!; echo $?
      cachetronomy keys
      """)
    #expect(
      outcome.lines == ["got", "9", "got", "9", "got", "9", "got", "9", "143"])
  }
}
