import Testing

/// Each trouble is made for real, found, and nothing is changed by looking.
@Suite struct DoctorTests {
  private func run(_ script: String) throws -> Sandbox.Outcome {
    try Sandbox().bash(
      #"""
      doctor() { cachetronomy doctor "$@" > said; echo "$? $(grep -v '^ok' said | tr -s ' ' | cut -d' ' -f1,2 | grep -v '^ ->' | tr '\n' ',')"; }
      """# + "\n" + script)
  }

  @Test func `a store that is well, or not there, has no problem and is left alone`() throws {
    let outcome = try run(
      #"""
      doctor; ls store 2>/dev/null
      cachetronomy set a v; cachetronomy run -- true
      sum() { cat store/cache.db store/cache.db-wal | cksum; ls store | cksum; }
      before=$(sum); doctor; doctor --deep; [ "$before" = "$(sum)" ] && echo same
      cachetronomy doctor --json | grep -c '"grade":"ok"'
      cachetronomy doctor -q | wc -l
      """#)
    #expect(
      outcome.lines.prefix(4) == ["0 ", "0 ", "0 ", "same"], "\(outcome.text)\(outcome.errors)")
    #expect(outcome.lines.last == "0")
  }

  @Test func `what is wrong with the file is found`() throws {
    let outcome = try run(
      #"""
      cachetronomy set a v; db=$CACHETRONOMY_DB
      chmod 644 $db; doctor; chmod 600 $db
      chmod 777 store; doctor; chmod 700 store
      sqlite3 $db "update entry_info set created = created + 600000000"; doctor
      for i in $(seq 300); do echo "k$i	$(head -c 300 /dev/zero | tr '\0' x)"; done | cachetronomy import -q -
      sqlite3 $db 'pragma wal_checkpoint(truncate)' > /dev/null
      head -c 8192 /dev/zero | tr '\\0' x | dd of=$db bs=4096 seek=6 conv=notrunc 2>/dev/null; doctor
      echo text > other; CACHETRONOMY_DB=$HERE/other doctor
      CACHETRONOMY_DB=$HERE doctor
      ln $db second; doctor
      rm second $db*; printf x > store/cache.db.corrupt-20260101T000000Z; doctor
      """#)
    #expect(
      outcome.lines == [
        "1 problem store,", "1 problem store,", "0 warning clock,",
        "1 problem database,problem profile,",
        "1 problem store,problem database,", "1 problem store,", "1 problem store,",
        "0 warning damaged,",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `entries that are not as they were stored are named by a deep look`() throws {
    let outcome = try run(
      #"""
      for key in a 'b c' d e; do cachetronomy set "$key" value; done; cachetronomy run -- seq 500000 | tail -n 1
      sql() { sqlite3 $CACHETRONOMY_DB "$1"; }
      doctor --deep
      sql "update chunk set data = zeroblob(length(data)) where n = 1"
      doctor; doctor --deep
      flip() { sql "update entry_info set checksum = checksum + 1 where key $1"; }
      flip "= 'b c'"; doctor --deep; grep -A 1 entries said | tail -n +2
      flip "in ('a', 'd')"; cachetronomy doctor --deep --json | grep -o '"4 entries.* and others'
      cachetronomy delete a 'b c' d e; cachetronomy run -v -- seq 500000 2>&1 > /dev/null | grep -o corrupt; doctor --deep
      """#)
    #expect(
      outcome.lines.map { $0.split(separator: "#")[0] } == [
        "500000", "0 ", "0 ", "0 warning entries,", "0 warning entries,",
        "warning  entries   2 entries not as stored, and not served: 'b c', 'run:seq 500000",
        "                   -> 'run' and 'set' replace them; or: cachetronomy delete 'b c' 'run:seq 500000",
        "\"4 entries not as stored, and not served: a, 'b c', d and others", "corrupt", "0 ",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `profile files that changed, runs that died and a wrong profile are found`() throws {
    let outcome = try run(
      #"""
      printf 'a: {time_to_live: 1h}\n' > a.yaml; cachetronomy profile apply -q a.yaml
      doctor; echo '# more' >> a.yaml; doctor; rm a.yaml; doctor
      cachetronomy profile delete a
      CACHETRONOMY_PROFILE=gone doctor
      cachetronomy run -- sh -c 'echo > up; sleep 60; true' & run=$!
      until [ -e up ]; do sleep 0.01; done
      cachetronomy doctor | grep -c '1 command under way'
      kill -9 $run; pkill -9 -P $run; doctor
      """#)
    #expect(
      outcome.lines == [
        "0 ", "0 warning profile,", "0 warning profile,", "1 problem profile,", "1",
        "0 warning runs,",
      ], "\(outcome.text)\(outcome.errors)")
  }

  #if Remote
    @Test func `a remote is looked at without being asked`() throws {
      let outcome = try run(
        #"""
        cachetronomy remote keygen key
        printf 'team: {remote: {url: "redis://127.0.0.1:1", key_file: %s/key}}\n' "$HERE" > team.yaml
        cachetronomy profile apply -q team.yaml --use team
        doctor; cachetronomy run -- echo x 2>/dev/null; doctor; doctor --deep
        chmod 644 key; doctor
        """#)
      #expect(
        outcome.lines == [
          "0 ", "x", "0 warning remote,", "1 problem remote,", "1 problem remote,",
        ],
        "\(outcome.text)\(outcome.errors)")
    }
  #endif
}
