import Testing

/// Calls that overlap with removals, with each other, and with runs that began before.
@Suite struct RaceTests {
  @Test(arguments: ["clear --all -q", "delete -- sh slow", "clear -q --tag t"])
  func `who begins after a removal takes no result from before it`(removal: String) throws {
    let outcome = try Sandbox().bash(
      """
      printf 'cat ${U-value} > was; : > ${U-begun}; until [ -e ${U-go} ]; do sleep .02; done; cat was\\n' > slow
      echo old > value; cachetronomy run --tag t -- sh slow > one & first=$!
      until [ -e begun ]; do sleep .02; done
      echo new > value; cachetronomy \(removal); rm begun
      cachetronomy run --tag t -- sh slow > two & second=$!
      until [ -e begun ]; do sleep .02; done; : > go; wait; cat one two
      cachetronomy run --tag t -- sh slow
      """)
    // Both write to the same scratch file: what counts is that the second ran at all.
    #expect(outcome.lines == ["new", "new", "new"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a command whose output feeds the same command does not wait for itself`() throws {
    let outcome = try Sandbox().bash(
      """
      timeout 20 cachetronomy run -- seq 100001 | (sleep .3; timeout 20 cachetronomy run -- seq 100001) | tail -n 1
      echo ${PIPESTATUS[*]}
      # A reader that stops, as a pager does, holds up no other call.
      mkfifo p; cachetronomy run -- seq 200002 > p & exec 3< p
      timeout 10 cachetronomy run -- seq 200002 | tail -n 1; tail -n 1 <&3
      """)
    #expect(
      outcome.lines == ["100001", "0 0 0", "200002", "200002"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `calls that wait share what they may share, and run what they may not`() throws {
    let outcome = try Sandbox().bash(
      """
      cmd() { cachetronomy run -- sh -c 'echo x >> n; sleep 1; echo out; echo err >&2'; }
      for i in 1 2 3; do cmd > o$i 2> e$i < /dev/null & done; wait; cat o? e? | tr '\\n' ' '; wc -l < n
      rm n; cachetronomy clear --all -q
      # Readers of input that is not theirs: each runs, none waits for the other.
      for i in $(seq 8); do (sleep .5; echo $i) | cachetronomy run -q -- sh -c 'echo x >> n; cat' & done | sort | tr '\\n' ' '
      wait; wc -l < n
      """)
    #expect(
      outcome.lines == ["out out out err err err 1", "1 2 3 4 5 6 7 8 8"],
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `an entry from the future gives way to any new result`() throws {
    let outcome = try Sandbox().bash(
      """
      cmd() { cachetronomy run -v "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l' 2>> said; }
      cmd; sqlite3 "$CACHETRONOMY_DB" "PRAGMA writable_schema=0;
        UPDATE entry_info SET created = created + 86400000000, began = began + 86400000000, checksum =
          checksum" ; cachetronomy run --ttl 1h true
      cmd; cmd; cmd --refresh; cmd; grep -ac 'not kept' said
      """)
    #expect(outcome.lines.first == "1", "\(outcome.text)\(outcome.errors)")
  }

  @Test func `the time left is bounded by what the call and the rule say`() throws {
    let outcome = try Sandbox().bash(
      """
      left() { grep -ao '[0-9]*[a-z]* left' | sed 's/[0-9]*//'; }
      cachetronomy run -- echo a > /dev/null
      cachetronomy run -v --ttl 10s -- echo a 2>&1 > /dev/null | left
      cachetronomy explain --db "$CACHETRONOMY_DB" -- echo a | left
      cachetronomy run --explain --ttl 20s -- echo a | left
      printf 'p: {rules: [{match: echo a, time_to_live: 30s}]}\\n' > p.yaml; cachetronomy profile apply -q p.yaml
      cachetronomy run --profile p -v -- echo a 2>&1 > /dev/null | left
      cachetronomy run --failure-ttl 40s -- false; cachetronomy run -v --failure-ttl 40s -- false 2>&1 | left
      """)
    #expect(
      outcome.lines == ["s left", "m left", "s left", "s left", "s left"],
      "\(outcome.text)\(outcome.errors)")
  }
}
