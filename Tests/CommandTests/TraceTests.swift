import Testing

/// `run --trace`: the inputs of real programs are found, and every change of one is a miss.
@Suite struct TraceTests {
  /// `t` runs a command traced and prints its verdict before its output; `same` compares with a direct run.
  static let shell = """
    t() {
      out=$(cachetronomy run -v --trace "${O[@]}" -- "$@" 2> ../report); s=$?
      sed -n 's/^cachetronomy: //; s/^HIT.*/HIT/; s/, [0-9]* inputs,/,/; s/, profile [a-z]*[,:].*//; /^\\(HIT\\|MISS\\|EXPIRED\\)/{p;q}' ../report
      return $s
    }
    warm() { t "$@" > /dev/null; t "$@" > /dev/null; [ "$(t "$@")" = HIT ] && echo warm || { echo cold; cat ../report; }; }
    same() { t "$@" > ../verdict; a="$out"; b=$("$@" 2> /dev/null); [ "$a" = "$b" ] && cat ../verdict || echo "got $a, want $b"; }
    mkdir w; cd w; export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C

    """

  /// A command with changes of its inputs.
  ///
  /// After each change it has to miss, with the output of
  /// a direct run. `undo` brings the inputs back, after which the older result is served; nil where the
  /// times of files count.
  struct Program: Sendable, CustomTestStringConvertible {
    var name: String
    var setUp: String
    var command: String
    var changes: [String]
    var undo: String?
    var testDescription: String { name }
  }

  static let programs = [
    Program(
      name: "python3 with modules",
      setUp:
        "mkdir p; echo 'x = 1' > m.py; echo 'y = 1' > p/__init__.py; echo 'import m, p; print(m.x, p.y)' > a.py",
      command: "/usr/bin/python3 a.py",
      changes: [
        "echo 'x = 2' > m.py", "echo 'y = 2' > p/__init__.py", "echo 'y = 7' > p.py; rm -r p",
        "mkdir m; echo 'x = 9' > m/__init__.py",
      ], undo: "rm -rf m p.py; mkdir -p p; echo 'x = 1' > m.py; echo 'y = 1' > p/__init__.py"),
    Program(
      name: "the same size and time", setUp: "echo aaa > f; touch -d 2020-01-01 f",
      command: "cat f",
      changes: [
        "echo bbb > f; touch -d 2020-01-01 f", "echo ccc > g; touch -d 2020-01-01 g; mv g f",
        "rm f; touch f",
      ], undo: "echo aaa > f"),
    Program(
      name: "perl", setUp: "echo 'package M; sub x {3} 1;' > M.pm",
      command: "perl -I. -MM -e 'print M::x()'",
      changes: ["sed -i s/3/4/ M.pm", "mkdir q; mv M.pm q; echo 'package M; sub x {5} 1;' > M.pm"],
      undo: "echo 'package M; sub x {3} 1;' > M.pm"),
    Program(
      name: "a shell script",
      setUp:
        "mkdir d; touch d/a; echo 'echo 1' > lib; printf '. ./lib\\nfor f in d/*; do echo $f; done; [ -e z ] && echo z; :\\n' > s.sh",
      command: "sh s.sh", changes: ["echo 'echo 2' > lib", "touch d/b", "touch z", "rm -r d"],
      undo: "rm -rf z d; mkdir d; touch d/a; echo 'echo 1' > lib"),
    Program(
      name: "ls and find", setUp: "mkdir d; touch d/a", command: "sh -c 'ls d; find d -type f'",
      changes: ["touch d/b", "mkdir d/c; touch d/c/x", "rm d/a"],
      undo: "rm -r d; mkdir d; touch d/a"),
    Program(
      name: "a link", setUp: "ln -s a l; echo 1 > a; echo 2 > b",
      command: "sh -c 'readlink l; cat l'",
      changes: ["ln -sfn b l", "rm l; cp a l", "rm l"], undo: "rm -f l; ln -s a l"),
    Program(
      name: "owners and links", setUp: "echo 1 > f; chown 0:0 f", command: "ls -l f",
      changes: ["chown 1:1 f", "ln f g", "touch -d 2001-01-01 f"], undo: nil),
    Program(
      name: "modes", setUp: "echo 1 > f; chmod 644 f",
      command: "sh -c '[ -x f ] && echo x; stat -c %a f'",
      changes: ["chmod 755 f", "chmod 600 f"], undo: nil),
    Program(
      name: "make -n", setUp: "printf 'a: b\\n\\tcp b a\\n' > Makefile; echo 1 > b; cp b a",
      command: "make -n",
      changes: ["sleep .02; echo 2 > b", "printf 'a: b\\n\\tcat b > a\\n' > Makefile"], undo: nil),
    Program(
      name: "the preprocessor and an earlier directory",
      setUp: "mkdir i j; echo '#define X 1' > j/h.h; printf '#include <h.h>\\nint x = X;\\n' > c.c",
      command: "gcc -Ii -Ij -E -P c.c",
      changes: ["echo '#define X 2' > i/h.h", "echo '#define X 3' > j/h.h; rm i/h.h"],
      undo: "rm -f i/h.h; echo '#define X 1' > j/h.h"),
    Program(
      name: "git log and describe",
      setUp:
        "export GIT_CONFIG_GLOBAL=/dev/null; git init -q -b main .; git config user.email a@b; git config user.name n; echo 1 > f; git add f; git commit -qm one; git tag -a -m t v1",
      command: "sh -c 'git log --format=%s; git describe'",
      changes: [
        "git commit -q --allow-empty -m two", "git tag -a -m u v2",
        "git pack-refs --all; git commit -q --allow-empty -m three",
      ],
      undo: nil),
    Program(
      name: "node with require",
      setUp: "echo 'module.exports = 1' > n.js; echo 'console.log(require(\"./n\"))' > a.js",
      command: "node a.js",
      changes: [
        "echo 'module.exports = 2' > n.js",
        "mkdir n; rm n.js; echo 'module.exports = 3' > n/index.js",
      ],
      undo: "rm -rf n; echo 'module.exports = 1' > n.js"),
    Program(
      name: "pytest",
      setUp: "unset PYTHONDONTWRITEBYTECODE; echo 'def test_a(): assert 1' > test_a.py",
      command: "sh -c '/usr/bin/python3 -m pytest -q | sed \"s/ in .*//\"'",
      changes: ["echo 'def test_b(): assert 1' > test_b.py", "echo 'x = 1' > conftest.py"],
      undo: nil),
    Program(
      name: "gcc -c at its fixed point",
      setUp: "mkdir i j; echo '#define X 1' > j/h.h; printf '#include <h.h>\nint x = X;\n' > c.c",
      command: "gcc -Ii -Ij -c c.c",
      changes: ["echo '#define X 2' > i/h.h", "printf 'int x = 4;\n' > c.c", "rm c.o"], undo: nil),
    Program(
      name: "git status in a subdirectory and a worktree",
      setUp:
        "export GIT_CONFIG_GLOBAL=/dev/null; git init -q -b main r; cd r; git config user.email a@b; git config user.name n; mkdir s; echo 1 > s/f; git add .; git commit -qm one; git worktree add -q ../t; cd ../t/s",
      command: "sh -c 'git status --short; git log --format=%s'",
      changes: ["echo 2 > f", "git commit -qam two", "touch new"], undo: nil),
    Program(
      name: "configuration of ssh and openssl",
      setUp: "printf 'Host x\n  Port 23\n' > c; printf '[a]\nb = 1\n' > o",
      command: "sh -c 'ssh -F c -G x | grep -i ^port; OPENSSL_CONF=o openssl version -d'",
      changes: ["printf 'Host x\n  Port 24\n' > c", "printf '[a]\nb = 2\n' > o"],
      undo: "printf 'Host x\n  Port 23\n' > c; printf '[a]\nb = 1\n' > o"),
    Program(
      name: "threads and a static program",
      setUp:
        "printf '#include <stdio.h>\\nint main(void) { char b[9] = {0}; FILE *f = fopen(\"f\", \"r\"); if (f) fgets(b, 9, f); puts(b); }\\n' > s.c; gcc -static -o s s.c; echo 1 > f; echo 'import threading, sys\nt = threading.Thread(target=lambda: print(open(\"g\").read()))\nt.start(); t.join()' > t.py; echo 1 > g",
      command: "sh -c './s; /usr/bin/python3 t.py'", changes: ["echo 2 > f", "echo 2 > g"],
      undo: "echo 1 > f; echo 1 > g"),
  ]

  @Test(arguments: programs)
  func `each change of an input is a miss`(program: Program) throws {
    let sandbox = try Sandbox()
    let changes = program.changes.map { change in
      "\(change)\nsame \(program.command) | sed 's/(.*changed)/(changed)/; s/ at .*//'; [ \"$(t \(program.command))\" = HIT ] || warm \(program.command) > /dev/null"
    }
    let outcome = try sandbox.bash(
      Self.shell + """
        \(program.setUp)
        warm \(program.command)
        \(changes.joined(separator: "\n"))
        \(program.undo.map { "\($0)\nsame \(program.command)" } ?? "echo HIT")
        """)
    let wanted = program.changes.map { _ in "MISS (changed)" }
    #expect(
      outcome.lines.map { $0.hasPrefix("MISS (changed)") ? "MISS (changed)" : $0 }
        == ["warm"] + wanted + ["HIT"], "\(outcome.text) \(outcome.errors)")
  }

  @Test(arguments: [
    (
      "python3 -c 'import socket; s = socket.socket(); s.connect_ex((\"127.0.0.1\", 9))'",
      "it talked to 127.0.0.1:9 (--ttl keeps it)"
    ),
    ("cat d/password=hunter2", "the path 'd/password=***' may show a secret"),
    ("cat /proc/loadavg", "it used /proc/loadavg (--ttl keeps it)"),
    ("cat /proc/1/stat", "it used /proc/1/stat (--ttl keeps it)"),
    ("df /", "it used the free space of / (--ttl keeps it)"),
    ("ls /proc", "it used the list of processes (--ttl keeps it)"),
    ("sh -c 'echo a > made'", "it made made (--output made keeps it)"),
    ("sh -c 'rm there'", "it removed there"),
    ("sh -c 'cat there; echo b > there'", "it changed there"),
    ("sh -c 'mv there else'", "it made else (--output else keeps it)"),
    ("sh -c 'mkdir x'", "it made x (--output x keeps it)"),
    ("sh -c 'exec > /dev/null 2>&1; sleep 3 &'", "a process that it started still runs"),
    ("stat there", "it used times of access (--ttl keeps it)"),
    ("ls -lu there", "it used times of access (--ttl keeps it)"),
    ("unshare -r true", "it used unshare"), ("sh -c 'chmod 600 there'", "it changed there"),
    (
      "perl -e 'use IPC::SysV qw(IPC_PRIVATE S_IRUSR); shmget(IPC_PRIVATE, 10, S_IRUSR)'",
      "it used SysV IPC"
    ),
  ])
  func `what does not depend on files alone is not kept, and why`(command: String, why: String)
    throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        echo a > there; chmod 644 there; mkdir d; echo x > d/password=hunter2
        O=(--cache-status 0-255); t \(command)
        """)
    #expect(outcome.lines == ["MISS (absent), not kept: \(why)"], "\(outcome.errors)")
  }

  @Test func `with a ttl the network is allowed, and a pass over it ends`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        O=(--ttl 1h); t cat /proc/loadavg; t cat /proc/loadavg; O=()
        t cat /proc/loadavg
        """)
    #expect(outcome.lines == ["MISS (absent), kept", "HIT", "HIT"])
  }

  @Test func `temporary files and rewritten ones are no change`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        warm sh -c 'f=$(mktemp); echo a > $f; cat $f; rm $f'
        echo a > out; warm sh -c 'cat out; echo a > out'
        rm out; t sh -c 'cat out; echo a > out'
        """)
    #expect(
      outcome.lines == [
        "warm", "warm", "MISS (out changed), not kept: it made out (--output out keeps it)",
      ])
  }

  @Test func `several variants are kept, the oldest leave, and all are removed together`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        for i in 1 2 3 4 5 6 7 8 9; do echo $i > f; t cat f; done | uniq -c | sed 's/^ *//; s/ (.*), / /'
        for i in 9 2 1; do echo $i > f; t cat f; done
        cachetronomy keys | wc -l; cachetronomy delete --trace -- cat f; cachetronomy keys | wc -l
        """)
    #expect(
      outcome.lines == [
        "1 MISS kept", "8 MISS kept", "HIT", "HIT", "MISS (f changed), kept", "8", "0",
      ], "\(outcome.text) \(outcome.errors)")
  }

  @Test func `status, signals and streams pass through`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        r() { cachetronomy run --trace "${O[@]}" -- "$@"; echo "= $?"; }
        r sh -c 'echo out; echo err >&2; exit 3' 2>&1
        r sh -c 'kill -TERM $$'; r nosuch 2>&1; r ./ 2>&1
        printf 'echo "$0 $1"\\n' > script; chmod +x script; r ./script x
        O=(--stdin); printf 'in\\n' | r cat; O=()
        r sh -c 'trap "echo got; exit 5" USR1; kill -USR1 $PPID 2> /dev/null; kill -USR1 $$; sleep 9'
        r sh -c 'yes' | head -1
        O=(--timeout 300ms); r sh -c 'sleep 100 & wait'; O=()
        r bash -c 'kill -STOP $$ & wait; echo on' &
        p=$!; until ps -o stat= --ppid $p > /dev/null; do sleep .01; done; sleep .2; pkill -CONT -f 'echo on' ; wait $p
        """)
    #expect(
      outcome.lines == [
        "out", "err", "= 3", "= 143", "cachetronomy: nosuch: command not found", "= 127",
        "cachetronomy: ./: Is a directory", "= 126", "./script x", "= 0", "in", "= 0", "got", "= 5",
        "y", "= 124",
        "on", "= 0",
      ], "\(outcome.text) \(outcome.errors)")
  }

  @Test func `many processes, and exec from a thread`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        warm sh -c 'i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i + 1)); done; echo done'
        echo 1 > f
        warm /usr/bin/python3 -c 'import os, threading
        t = threading.Thread(target=lambda: os.execv("/bin/cat", ["cat", "f"])); t.start(); t.join()'
        echo 2 > f
        same /usr/bin/python3 -c 'import os, threading
        t = threading.Thread(target=lambda: os.execv("/bin/cat", ["cat", "f"])); t.start(); t.join()'
        """)
    #expect(
      outcome.lines == ["warm", "warm", "MISS (f changed), kept"],
      "\(outcome.text) \(outcome.errors)")
  }

  @Test(arguments: [
    (101, "ptrace: Operation not permitted"), (317, "ptrace: Operation not permitted"),
  ])
  func `in a container without ptrace or seccomp the command runs untraced`(
    call: Int, reason: String
  ) throws {
    let sandbox = try Sandbox()
    // A filter that refuses one call with EPERM, as the profiles of containers do.
    let outcome = try sandbox.bash(
      Self.shell + """
        cat > refuse.py <<'E'
        import ctypes, os, struct, sys
        code = b"".join(struct.pack("HBBI", *i) for i in [
            (0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000)])
        code = ctypes.create_string_buffer(code)
        program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(code)))
        libc = ctypes.CDLL(None)
        libc.prctl(38, 1, 0, 0, 0)
        if libc.prctl(22, 2, ctypes.byref(program)): sys.exit("no filter")
        os.execvp(sys.argv[2], sys.argv[2:])
        E
        python3 refuse.py \(call) cachetronomy run -v --trace -- echo hi 2>&1 | sed 's/, profile.*//'
        """)
    #expect(
      outcome.lines == [
        "hi", "cachetronomy: MISS (absent), not kept: cannot trace here (\(reason))",
      ],
      "\(outcome.text) \(outcome.errors)")
  }

  @Test func `with a ttl a command that cannot be traced is kept as one without --trace`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        echo 1 > f
        r() { strace -f -o log $(command -v cachetronomy) run -v --trace --ttl 1h -- cat f 2>&1 | sed 's/, .*//; s/^cachetronomy: //'; }
        r; r; echo 2 > f; r; strace -f -o log $(command -v cachetronomy) run --trace --ttl 1h -- sh -c 'exit 7'; echo $?
        """)
    let reason =
      "cannot trace here (ptrace: Operation not permitted): only its ttl and the files in its words tell of changes"
    #expect(
      outcome.lines == [
        "1", "MISS (absent)", reason, "1", "HIT", reason, "2", "MISS (absent)", reason, "7",
      ], "\(outcome.text) \(outcome.errors)")
  }

  @Test func `the result that was not used for the longest time leaves first`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        printf "default: {run: {trace: true, trace_variants: 3}}" > p.yaml; cachetronomy profile apply p.yaml > /dev/null
        r() { echo $1 > g; cachetronomy run -v ${2-} -- cat g 2>&1 > /dev/null | sed 's/^cachetronomy: \\([A-Z]*\\).*/\\1/'; }
        r 1; r 2; r 3; r 1; r 4; for n in 1 2 3 4; do r $n --cached-only; done
        """)
    #expect(
      outcome.lines == ["MISS", "MISS", "MISS", "HIT", "MISS", "HIT", "MISS", "HIT", "HIT"],
      "\(outcome.text) \(outcome.errors)")
  }

  @Test func `under another tracer the command runs untraced and is not kept`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        strace -f -o log $(command -v cachetronomy) run -v --trace -- echo hi 2>&1 | sed 's/, profile.*//'
        """)
    #expect(outcome.lines.first == "hi")
    #expect(
      outcome.lines.dropFirst().allSatisfy { $0.contains("not kept: cannot trace here") },
      "\(outcome.text)")
  }

  @Test func `show, explain, profiles and the archive know traced results`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        printf 'default:\\n  rules:\\n    - {match: cat **, trace: true, trace_ignore: [g], trace_variants: 2}\\n' > p.yaml
        cachetronomy profile apply p.yaml > /dev/null
        echo 1 > f; echo 1 > g; r() { cachetronomy run -v -- cat f g 2> ../report > ../out; sed -n 's/^cachetronomy: \\(HIT\\|MISS ([^)]*)\\).*/\\1/p' ../report; }
        r; echo 2 > g; r; cachetronomy get -- cat f g | head -1; cachetronomy has -- cat f g; echo $?
        cachetronomy show --inputs -- cat f g | grep -c "file.*/f$"
        cachetronomy explain -- cat f g | sed 's/,.*//;q'; echo 2 > f; cachetronomy has -- cat f g; echo $?
        cachetronomy explain -- cat f g | sed 's/,.*//;q'; cachetronomy explain --json -- cat f g | grep -o '"changed_inputs":\\["f"\\]'
        cachetronomy export > e.jsonl; cachetronomy clear --all; cachetronomy import e.jsonl > /dev/null; echo 1 > f; r
        cachetronomy doctor > /dev/null; echo $?
        """)
    #expect(
      outcome.lines == [
        "MISS (absent)", "HIT", "1", "0", "1", "HIT", "1", "MISS: f changed",
        "\"changed_inputs\":[\"f\"]", "HIT", "0",
      ], "\(outcome.text) \(outcome.errors)")
  }

  /// `Tests/release` runs ten thousand rounds of the one and three thousand of the other.
  @Test(arguments: ["trace-differences", "trace-races"])
  func `random commands over files that change print what they print directly`(_ script: String)
    throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      "python3 \"$PACKAGE\"/Tests/\(script) $(command -v cachetronomy) 100 2>&1 | tail -4")
    #expect(outcome.text.contains(" 0 differences"), "\(outcome.text)")
  }

  @Test func `a tracer that is killed ends the call, and a setuid program runs untraced`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        cachetronomy run --trace -- sh -c 'kill -KILL $PPID; sleep .2; echo lost' > ../o 2>&1; echo $?
        chmod 777 .. .; mkdir -m 777 ../db; cp $(command -v id) ./sid; chmod 4755 sid
        as() { setpriv --reuid 65534 --clear-groups --inh-caps -all env -i PATH="$PATH" HOME=/nonexistent CACHETRONOMY_DB="$(cd ..; pwd)/db/s" "$@"; }
        as cachetronomy run -v --trace -- ./sid -u 2>&1 | sed 's/, profile.*//'
        as cachetronomy run -v --trace -- id -u 2>&1 | sed 's/, [0-9]* inputs.*//'
        as bash -c 'ulimit -u 1; cachetronomy run --trace -- true'; echo $?
        """)
    #expect(
      outcome.lines.first == "125"
        && outcome.lines.dropFirst().prefix(4) == [
          "0", "cachetronomy: MISS (absent), not kept: cannot trace here (it is setuid or setgid)",
          "65534",
          "cachetronomy: MISS (absent), kept",
        ], "\(outcome.text) \(outcome.errors)")
  }
}
