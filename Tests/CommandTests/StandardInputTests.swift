import Foundation
import Testing

/// What a command gets as standard input, and what its result may be used for.
@Suite struct StandardInputTests {
  /// Runs a script twice in one sandbox, each time from the same input.
  private func run(_ script: String) throws -> Sandbox.Outcome {
    try Sandbox().bash(
      """
      v() { cachetronomy run -v "$@" 2>> said; }
      # Verdicts so far, one word each.
      verdicts() { grep -ao 'MISS ([^)]*), [^,]*\\|HIT' said | tr '\\n' ';'; echo; : > said; }
      \(script)
      """)
  }

  @Test(arguments: [
    ("wc -l", "10"), ("wc -c", "21"), ("tail -n 1", "10"), ("sort -rn", "10"),
    ("sha256sum", "ab"), ("cat /dev/stdin", "1"),
    ("python3 -c 'import sys; print(len(sys.stdin.read()))'", "21"),
    ("awk 'END{print NR}'", "10"), ("sh -c 'while read x; do n=$x; done; echo $n'", "10"),
    ("env cat", "1"),
  ]) func `a command that reads a pipe gets it, and its result is not kept`(
    command: String, first: String
  ) throws {
    let outcome = try run(
      """
      seq 10 | \(command) > direct
      for i in 1 2; do seq 10 | v -- \(command) > ours; cmp ours direct; done
      seq 5 | v -- \(command) | cmp -s - direct && echo same
      cachetronomy keys | wc -l; grep -c 'read its standard input.*--stdin.*--no-stdin' said
      """)
    #expect(outcome.lines == ["0", "3"], "\(command): \(outcome.text)\(outcome.errors)")
  }

  @Test func `a regular file is an input like an argument file`() throws {
    let outcome = try run(
      """
      echo abc > f; echo abc > g; echo other > h
      for i in f f g h f; do v -- wc -c < $i; done; verdicts
      # Size and mtime put back: the contents are seen.
      touch -d @1000 f; v -- cat < f; echo xyz > f; touch -d @1000 f; v -- cat < f; verdicts
      for i in 1 2; do echo a document > t; { rm t; v -- cat; } < t; v -- cat /dev/stdin < h; done; verdicts
      python='import mmap; print(mmap.mmap(0, 0, prot=mmap.PROT_READ)[:3])'
      v -- python3 -c "$python" < f; echo qqq > f; v -- python3 -c "$python" < f
      v -- python3 -c 'import os; print(os.pread(0, 2, 1))' < f; echo q123 > f
      v -- python3 -c 'import os; print(os.pread(0, 2, 1))' < f
      """)
    #expect(
      outcome.lines == [
        "4", "4", "4", "6", "4",
        "MISS (absent), kept;HIT;HIT;MISS (absent), kept;HIT;",
        "abc", "xyz", "MISS (absent), kept;MISS (absent), kept;",
        "a document", "other", "a document", "other",
        "MISS (absent), kept;MISS (absent), kept;HIT;HIT;",
        "b'xyz'", "b'qqq'", "b'qq'", "b'12'",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `the offset of a file is where the command left it, on a hit too`() throws {
    let outcome = try run(
      """
      seq 100 > f
      for i in 1 2; do { v -- head -n 1; cat | wc -l; } < f; done
      for i in 1 2; do { v -- python3 -c 'import os; os.read(0, 6)'; head -n 1; } < f; done
      for i in 1 2; do { v -- true; head -n 1; } < f; done
      for i in 1 2; do { read x; v -- head -c 2; cat | wc -c; } < f; done
      verdicts
      """)
    let pair = "MISS (absent), kept;HIT;"
    #expect(
      outcome.lines == [
        "1", "99", "1", "99", "4", "4", "1", "1", "2", "288", "2", "288", pair + pair + pair + pair,
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test(arguments: ["done < list", "done < <(cat list)", "done <<< \"$(cat list)\""])
  func `a loop that reads lines runs for each, and hits on the second round`(end: String) throws {
    let outcome = try run(
      """
      seq 5 > list
      for i in 1 2; do
        while read x; do v -- sh -c "echo \\"got $x\\"; sleep .01"; \(end)
      done | uniq -c | awk '{print $1, $2, $3}' | tr '\\n' ';'; echo; verdicts
      # One changed line: the lines before it are not affected.
      sed -i '5s/.*/six/' list; while read x; do v -- sh -c "echo \\"got $x\\"; sleep .01"; \(end)
      verdicts
      """)
    let miss = "MISS (absent), kept;"
    let rounds = String(repeating: (1...5).map { "1 got \($0);" }.joined(), count: 2)
    #expect(
      outcome.lines == [
        rounds, String(repeating: miss, count: 5) + String(repeating: "HIT;", count: 5),
        "got 1", "got 2", "got 3", "got 4", "got six",
        String(repeating: "HIT;", count: 4) + miss,
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `in the middle of a file all of it counts once it was read`() throws {
    let outcome = try run(
      """
      printf 'head\nb\n' > l; (read h; v -- sort /dev/stdin) < l; printf 'HEAD\nb\n' > l; (read h; v -- sort /dev/stdin) < l
      (read h; v -- cat) < l; (cat > /dev/null; v -- cat /dev/stdin) < l; printf 'new\nb\n' > l
      (cat > /dev/null; v -- cat /dev/stdin) < l; (cat > /dev/null; v -- wc -l) < l; (read h; v -- wc -l) < l
      for i in 1 2; do (read h; v -- perl -e 'sysseek(STDIN, 0, 0)'; cat) < l; done; verdicts
      # What did not read is served in the middle of a file alone.
      (read h; v -- wc -c) < l; v -- wc -c < l; seq 10 | v -- wc -c; v -- wc -c < /dev/null
      """)
    #expect(
      outcome.lines == [
        "b", "head", "HEAD", "b", "b", "HEAD", "b", "new", "b", "0", "1", "new", "b", "new", "b",
        String(repeating: "MISS (absent), kept;", count: 5)
          + "MISS (absent), kept;MISS (recorded with an empty file as stdin), kept;"
          + "MISS (absent), kept;HIT;",
        "2", "6", "21", "0",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `what a command does not read is left untouched, to the byte`() throws {
    let outcome = try run(
      """
      for i in 1 2; do printf 'abc\\ndef\\n' | { v -- echo one; cat; }; done; verdicts
      printf 'abcdef' | { v -- head -c 3 > /dev/null; cat; }; echo
      printf 'first\\nsecond\\n' | { v -- sh -c 'read x; echo "<$x>"'; cat; }
      printf 'cachetronomy run -- echo "from script"\\necho after\\n' > script
      sh < script; sh < script; cat script | sh
      head -c 200000 /dev/zero | { v -- true; wc -c; }
      """)
    #expect(
      outcome.lines == [
        "one", "abc", "def", "one", "abc", "def", "MISS (absent), kept;HIT;", "def",
        "<first>", "second", "from script", "after", "from script", "after", "from script", "after",
        "200000",
      ], "\(outcome.text)\(outcome.errors)")
  }

  /// `cat` prints what it gets; with nothing to get it prints nothing, from any kind of input.
  @Test func `an input with nothing in it serves its own kind alone`() throws {
    let outcome = try run(
      """
      mkdir d; echo needle > d/hay; cd d
      probe='import os, stat; print("null" if stat.S_ISCHR(os.fstat(0).st_mode) else "closed")'
      probe() { v -- python3 -c "$probe"; }
      for i in 1 2; do probe < /dev/null; done; for i in 1 2; do : | probe; done
      probe < /dev/null; verdicts
      : > empty; for i in 1 2; do probe < empty; done; verdicts
      echo x | probe; verdicts; for i in 1 2 3; do probe < /dev/null; : | probe; probe < empty; done | sort -u; verdicts
      : | v -- cat; seq 3 | v -- cat; : | v -- cat; sleep .2 | v -- cat; verdicts
      """)
    let other = "MISS (recorded with"
    #expect(
      outcome.lines
        == [
          "null", "null", "closed", "closed", "null",
          "MISS (absent), kept;HIT;\(other) /dev/null as stdin), kept;HIT;"
            + "\(other) a closed pipe as stdin), kept;",
          "closed", "closed", "\(other) /dev/null as stdin), kept;HIT;",
          "closed", "\(other) an empty file as stdin), kept;", "closed",
          String(repeating: "HIT;", count: 9),
          "1", "2", "3",
          "MISS (absent), kept;MISS (recorded with a closed pipe as stdin), not kept: it read its"
            + " stdin;HIT;MISS (recorded with a closed pipe as stdin), kept;",
        ].map { $0 }, "\(outcome.text)\(outcome.errors)")
  }

  @Test func `writers that are slow, or never end, and readers that end early`() throws {
    let outcome = try run(
      """
      (for i in 1 2 3; do echo $i; sleep .1; done) | v -- cat
      # Its writer gets SIGPIPE when the command has ended.
      yes | v -- head -n 1; echo ${PIPESTATUS[0]}
      (trap '' PIPE; yes 2> /dev/null; echo "status $?" >&2) 2> writer | v -- head -n 1; cat writer
      # The command closes its input and goes on: the writer learns it at once.
      (yes; date +%s%N > closed) 2> /dev/null | cachetronomy run -q -- sh -c 'exec < /dev/null; sleep 1; date +%s%N > ended'
      [ $(cat closed) -lt $(cat ended) ] && echo before
      # An open pipe in which nothing comes.
      mkfifo p; sleep 5 > p & for i in 1 2; do v -- echo idle < p; done; kill $!; verdicts
      """)
    #expect(
      outcome.lines == [
        "1", "2", "3", "y", "141", "y", "status 1", "before", "idle", "idle",
        String(repeating: "MISS (absent), not kept: it read its stdin;", count: 3)
          + "MISS (absent), kept;HIT;",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a socket is watched as a pipe is`() throws {
    let outcome = try run(
      """
      cat > peer.py <<'P'
      import socket, subprocess, sys
      def call(data, command, close=True):
          ours, theirs = socket.socketpair()
          ours.sendall(data)
          if close: ours.shutdown(socket.SHUT_WR)
          out = subprocess.run(['cachetronomy', 'run', '-v', '--'] + command, stdin=theirs,
                               stdout=subprocess.PIPE, stderr=open('said', 'a')).stdout
          rest = b''
          if close:
              while True:
                  piece = theirs.recv(100)
                  if not piece: break
                  rest += piece
          print(out.decode().strip(), rest.decode(), flush=True)
      for i in range(2): call(b'abc', ['cat'])
      for i in range(2): call(b'abc', ['echo', 'left'])
      for i in range(2): call(b'', ['echo', 'open'], close=False)
      recv = 'import socket; print(socket.socket(fileno=0).recv(2).decode())'
      for i in range(2): call(b'xyz', ['python3', '-c', recv])
      P
      python3 peer.py; verdicts
      """)
    let read = "MISS (absent), not kept: it read its stdin;"
    #expect(
      outcome.lines == [
        "abc ", "abc ", "left abc", "left abc", "open ", "open ", "xy z", "xy z",
        read + read + "MISS (absent), kept;HIT;MISS (absent), kept;HIT;" + read + read,
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `--no-stdin and --stdin keep the results of readers`() throws {
    let outcome = try run(
      """
      for i in 1 2; do seq 3 | v --no-stdin -- wc -l; seq 3 | v --stdin -- wc -l; done; verdicts
      v -- wc -l < /dev/null; verdicts; cachetronomy show --json -- wc -l < /dev/null | grep -o '"stdin":"[^"]*"'
      seq 3 | cachetronomy show --json --stdin -- wc -l | grep -o '"stdin":"[^"]*"'
      v -- head -c 4 < /dev/zero | wc -c; v -- cat < /proc/self/stat | wc -l; grep -a 'not cached' said
      """)
    #expect(
      outcome.lines == [
        "0", "3", "0", "3", "MISS (absent), kept;MISS (absent), kept;HIT;HIT;", "0", "HIT;",
        "\"stdin\":\"/dev/null\"", "\"stdin\":\"given\"", "4", "1",
        "cachetronomy: not cached: stdin is a device",
        "cachetronomy: not cached: stdin is in /proc",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `much input passes at once, and callers that read do not wait for each other`() throws
  {
    let outcome = try run(
      """
      head -c 300M /dev/zero | v -- wc -c
      start=$(date +%s%N)
      for i in $(seq 16); do (echo $i; sleep .5; echo $i) | cachetronomy run -q -- sort -u & done | sort -n | tr '\\n' ' '
      wait; echo; echo $((($(date +%s%N) - start) / 1000000 < 6000))
      cachetronomy keys | wc -l
      # Two readers of one pipe: no byte is lost or doubled.
      seq 20000 > all; cat all | (cachetronomy run -q -- cat > one & cachetronomy run -q -- cat > two; wait)
      cat one two | wc -c; wc -c < all
      """)
    #expect(
      outcome.lines == [
        "314572800", (1...16).map { "\($0) " }.joined(), "1", "0", "108894", "108894",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a stale answer is refreshed with the same file as input`() throws {
    let outcome = try run(
      """
      echo a > f
      cmd() { v --ttl 300ms --stale-while-revalidate 1m -- sh -c 'echo x >> n; cat; cat ${U-n} | wc -l'; }
      cmd < f; sleep .4; cmd < f
      until [ "$(wc -l < n)" = 2 ] && ! ls store/*-flight* 2> /dev/null | grep -q .; do sleep .02; done
      cmd < f; echo b > f; cmd < f
      """)
    #expect(
      outcome.lines == ["a", "1", "a", "1", "a", "2", "b", "3"], "\(outcome.text)\(outcome.errors)")
  }
}
