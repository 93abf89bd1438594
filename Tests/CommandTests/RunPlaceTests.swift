import Testing

/// Commands in places and under limits where a cache has little to stand on: they run as they would
/// without one.
@Suite struct RunPlaceTests {
  private let sandbox: Sandbox

  /// What a command in a place without a path is to do, and what it prints.
  private static let calls = """
    calls() {
      run() { cachetronomy run "$@" 2>> said; echo $?; }
      run -- ./prog 1; CACHETRONOMY_DISABLE=1 run -- ./prog 2
      echo in | run --stdin -- ./prog 3; echo in | run --no-stdin -- ./prog 4
      run --timeout 200ms -- sleep 100; run --cached-only -- ./prog 5; run -- ./none; run -- ./file
      CACHETRONOMY_DISABLE=1 run -- ./none
    }
    """
  private static let results = [
    "prog 1", "0", "prog 2", "0", "prog 3", "in", "0", "prog 4", "0", "124", "1", "127", "126",
    "127",
  ]

  init() throws {
    sandbox = try Sandbox()
    _ = try sandbox.bash(
      """
      printf '#!/bin/sh\\necho prog "$1"\\nexec cat\\n' > prog; chmod +x prog; touch file
      cat > calls.sh <<'END'
      \(Self.calls)
      END
      """)
  }

  @Test func `below a directory that may not be searched`() throws {
    let outcome = try sandbox.bash(
      """
      mkdir -p up/here rt; cp prog file up/here; chmod 755 . ; chmod 777 up up/here; chmod 700 rt
      export XDG_RUNTIME_DIR=$HERE/rt
      cat > go.sh <<'END'
      . ./calls.sh; export HOME=$HERE/up/here CACHETRONOMY_DB=$HERE/up/here/c.db; cd up/here; chmod 0 ..; calls; chmod 777 ..
      END
      if [ $(id -u) = 0 ]; then chown -R nobody .; setpriv --reuid nobody --clear-groups bash go.sh
      else bash go.sh; fi
      grep -c "warning: cannot find the path of '.': Permission denied" up/here/said
      """)
    #expect(outcome.lines == Self.results + ["1"], "\(outcome.errors)")
  }

  @Test func `in a directory with a path of over 4096 bytes`() throws {
    let outcome = try sandbox.bash(
      """
      . ./calls.sh; long=$(printf '%0200d' 0)
      for i in $(seq 22); do mkdir $long; cd $long; done; cp $HERE/prog $HERE/file .; calls
      grep -c "warning: cannot find the path of '.': File name too long" said
      """)
    #expect(outcome.lines == Self.results + ["1"], "\(outcome.errors)")
  }

  @Test func `in a directory that was removed the input and the limits are as elsewhere`() throws {
    let outcome = try sandbox.bash(
      """
      mkdir gone; cd gone; rmdir ../gone; run() { cachetronomy run "$@" 2> /dev/null; echo $?; }
      echo in | run --stdin -- cat; echo in | run --no-stdin -- cat; echo in | run -- cat
      run --timeout 200ms -- sleep 100; run -c 'yes | head -n 1'
      script -qec "cachetronomy run -q -- sh -c 'test -t 0; echo \\$?' 2> /dev/null" /dev/null | tr -d '\\r' | grep -v getcwd
      printf 'p: {run: {timeout: 200ms}}' > $HERE/p.yaml; cachetronomy profile apply $HERE/p.yaml --use p -q
      run sleep 100
      """)
    #expect(
      outcome.lines == [
        "in", "0", "0", "in", "0", "124", "y", "0", "1", "124",
      ], "\(outcome.errors)")
  }

  @Test(arguments: ["32", "64", "128", "1024"])
  func `with little stack`(size: String) throws {
    let outcome = try sandbox.bash(
      """
      export BIG=$(printf '%0\(size == "32" ? 4000 : 20000)d' 0); ulimit -s \(size)
      run() { cachetronomy run "$@"; echo $?; }
      run -- sh -c 'echo hi; ulimit -s'; run -- sh -c 'echo hi; ulimit -s'; run -c 'echo a | cat'
      run --timeout 5s --stale-if-error 1h -- echo b; cachetronomy stats > /dev/null; echo $?
      cachetronomy profile validate "$PACKAGE"/profiles > /dev/null; echo $?; cachetronomy gc -q; echo $?
      cachetronomy get -- sh -c 'echo hi; ulimit -s'; cachetronomy run --help > /dev/null; echo $?
      cachetronomy warm --profile default > /dev/null 2>&1; echo $?
      """)
    let hit = ["hi", size, "0"]
    #expect(
      outcome.lines == hit + hit + ["a", "0", "b", "0", "0", "0", "0", "hi", size, "0"]
        + (outcome.lines.last.map { [$0] } ?? []), "\(outcome.errors)")
    #expect(outcome.lines.last.flatMap { Int($0) } ?? 139 < 128)
  }

  @Test func `entries of the environment without =`() throws {
    let outcome = try sandbox.bash(
      #"""
      cat > start.py <<'END'
      import ctypes, os, sys
      entries = [b'%s=%s' % pair for pair in os.environb.items()] + [entry.encode() for entry in sys.argv[1].split()]
      words = ['cachetronomy'] + sys.argv[2:]
      def array(items): return (ctypes.c_char_p * (len(items) + 1))(*items, None)
      path = [d + '/cachetronomy' for d in os.environ['PATH'].split(':') if os.path.exists(d + '/cachetronomy')][0]
      ctypes.CDLL(None).execve(path.encode(), array([word.encode() for word in words]), array(entries))
      END
      r() { python3 start.py "$1" run -v -- env 2>> said | grep -c LOOSE; }
      r 'LOOSE LOOSE2'; r 'LOOSE LOOSE2'; r 'LOOSE'; r 'OTHER'; grep -c HIT said; grep -c MISS said
      CACHETRONOMY_DISABLE=1 python3 start.py LOOSE run -- env | grep -c LOOSE
      grep -c 'differs in.*entries without =' said
      """#)
    #expect(outcome.lines == ["2", "2", "1", "0", "1", "3", "1", "2"], "\(outcome.errors)")
  }
}
