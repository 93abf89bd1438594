import Testing

/// The path of the store where no shell has read it: from a crontab, a unit file, or after `--db=`.
@Suite struct StorePathTests {
  @Test func `a leading tilde means the home directory`() throws {
    let outcome = try Sandbox().bash(
      """
      mkdir home work; export HOME=$PWD/home; cd work; unset CACHETRONOMY_DB
      CACHETRONOMY_DB='~/c.db' cachetronomy set k v
      CACHETRONOMY_DB='~/c.db' cachetronomy run -- echo hi
      CACHETRONOMY_DB='~/c.db' cachetronomy run -- echo hi
      cachetronomy --db='~/c.db' get k; echo
      cachetronomy run --db '~/c.db' -v -- echo hi 2>&1 | grep -c HIT
      CACHETRONOMY_DB='~/a/b/c.db' cachetronomy set k v
      CACHETRONOMY_DB='~/c.db' cachetronomy gc; echo $?
      CACHETRONOMY_DB='./~x/c.db' cachetronomy set k v
      ls -A; ls ../home | grep -v -e - -e lock; ls ../home/a/b/c.db
      CACHETRONOMY_DB='~' cachetronomy set k v; echo $?
      """)
    #expect(
      outcome.lines == ["hi", "hi", "v", "1", "0", "~x", "a", "c.db", "../home/a/b/c.db", "74"],
      "\(outcome.errors)")
  }

  @Test func `a home that the environment lacks is that of the user`() throws {
    let outcome = try Sandbox().bash(
      "env -u HOME CACHETRONOMY_DB='~/no/such/c.db' cachetronomy config --json | grep -o '\"/.*/no/such'"
    )
    #expect(!outcome.text.contains("~"))
    #expect(outcome.text.contains("/no/such"))
  }

  @Test(arguments: [
    ("$HOME/c.db", "variables are not expanded here"), ("${X}", "variables are not expanded here"),
    ("$(pwd)/c.db", "variables are not expanded here"), ("$", "variables are not expanded here"),
    ("~root/c.db", "only ~/ is expanded, not ~user"), ("~+", "only ~/ is expanded, not ~user"),
  ]) func `what a shell would expand is refused`(path: String, reason: String) throws {
    let outcome = try Sandbox().bash(
      """
      cd $(mktemp -d -p .); export CACHETRONOMY_DB='\(path)'
      for verb in 'set k v' 'get k' 'keys' 'gc' 'stats' 'config'; do
        cachetronomy $verb 2>&1 | grep -cF "bad CACHETRONOMY_DB '$CACHETRONOMY_DB': \(reason)"
        echo ${PIPESTATUS[0]}
      done
      cachetronomy run -- echo ran; echo $?; cachetronomy run -- echo ran
      cachetronomy --db "$CACHETRONOMY_DB" get k; echo $?
      cachetronomy run --db "$CACHETRONOMY_DB" -- echo ran; echo $?
      ls -A
      """)
    let refused = Array(repeating: ["1", "64"], count: 6).flatMap { $0 }
    #expect(outcome.lines == refused + ["ran", "0", "ran", "64", "125"], "\(outcome.errors)")
    let lines = outcome.errors.split(separator: "\n")
    // One warning for both runs, then an error for each --db.
    #expect(lines.count == 3)
    #expect(lines.first?.hasPrefix("cachetronomy: warning: bad CACHETRONOMY_DB '") == true)
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("cachetronomy: bad --db '") })
  }

  @Test func `no directory is made that is named like a variable`() throws {
    let outcome = try Sandbox().bash(
      """
      cd $(mktemp -d -p .)
      CACHETRONOMY_DB="$PWD/\\$USER/c.db" cachetronomy set k v; echo $?
      CACHETRONOMY_DB="a/\\${X}/c.db" cachetronomy run -- echo ran
      ls -A
      mkdir '$USER'; CACHETRONOMY_DB="$PWD/\\$USER/c.db" cachetronomy set k v; echo $?
      CACHETRONOMY_DB='./$x.db' cachetronomy set k v; ls -A | grep x.db$
      """)
    #expect(outcome.lines == ["64", "ran", "0", "$x.db"], "\(outcome.errors)")
  }
}
