import Foundation
import Testing

/// `gc` as a batch command, and the passes that nobody asks for.
@Suite struct CollectTests {
  @Test func `a dry run names what the pass then takes and changes nothing`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'default: {max_store_items: 2}' > p.yaml; cachetronomy profile apply -q p.yaml
      for k in a b c d; do cachetronomy set --ttl 1h $k $k; done
      cachetronomy set --ttl 0 old 12345
      cachetronomy gc --dry-run | sort
      cachetronomy gc --dry-run --json | sed 's/"started.*"dry_run"/"dry_run"/; s/,"store_by.*//'
      cachetronomy keys | tr '\\n' ' '; cachetronomy log evictions | wc -l
      cachetronomy gc --json | sed 's/"started.*"dry_run"/"dry_run"/; s/,"store_by.*//'
      cachetronomy keys | tr '\\n' ' '; cachetronomy log evictions | cut -f2,4 | sort | tr '\\n' ' '
      """)
    #expect(outcome.errors == "")
    let sums =
      #""removed":{"time_eviction":{"entries":1,"size_bytes":5},"size_eviction":{"entries":2,"size_bytes":2}},"moved_from_memory":{"entries":0,"size_bytes":0}"#
    #expect(
      outcome.lines == [
        "size_eviction\t1\ta", "size_eviction\t1\tb", "time_eviction\t5\told",
        #"{"key":"old","reason":"time_eviction","size_bytes":5}"#,
        #"{"key":"a","reason":"size_eviction","size_bytes":1}"#,
        #"{"key":"b","reason":"size_eviction","size_bytes":1}"#,
        #"{"pass":1,"dry_run":true,"# + sums, "a b c d old 0",
        #"{"pass":1,"dry_run":false,"# + sums,
        "c d size_eviction\ta size_eviction\tb time_eviction\told ",
      ])
  }

  @Test func `a pass says nothing to cron, a table to a terminal, one line if asked`() throws {
    let outcome = try Sandbox().bash(
      """
      old() { cachetronomy set --ttl 0 old 12345; }
      old; cachetronomy gc; old; cachetronomy gc -v
      old; script -qec 'cachetronomy gc' /dev/null < /dev/null
      """)
    let lines = outcome.text.split(whereSeparator: \.isNewline)
    try #require(lines.count == 4)
    #expect(lines[0].split(separator: " ") == ["REASON", "ENTRIES", "BYTES", "TIME"])
    #expect(lines[1].split(separator: " ").prefix(4) == ["time_eviction", "1", "5", "B"])
    #expect(lines[2].hasPrefix("all") && lines[3].hasSuffix("in use"))
    #expect(outcome.errors.hasPrefix("cachetronomy: 1 time_eviction, 5 B; "))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test func `a pass that may take no time leaves all to the next`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy set --ttl 0 old x
      cachetronomy gc --max-duration 0 --json | grep -o '"complete.*'; cachetronomy keys
      cachetronomy gc --max-duration 1m --json | grep -o '"complete.*'; cachetronomy keys
      for bad in '--max-duration soon' '--watch --auto' '--auto --dry-run' '--watch --vacuum'; do
        cachetronomy gc $bad; echo $?
      done
      """)
    #expect(
      outcome.lines == ["\"complete\":false}", "old", "\"complete\":true}", "64", "64", "64", "64"])
    #expect(outcome.errors.contains("--watch and --vacuum contradict each other\n"))
  }

  @Test func `a second pass waits for the first`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy set --ttl 0 old x; cachetronomy gc; cachetronomy set --ttl 0 old x
      exec 9> store/cache.db-gc; flock 9
      { exec 9>&-; cachetronomy gc; echo $?; } > done &
      # It looks again every few milliseconds while we hold the lock.
      sleep .2; cachetronomy keys; exec 9>&-; wait; cat done; cachetronomy keys
      """)
    #expect(outcome.lines == ["old", "0"])
  }

  @Test func `vacuum makes a file of Python's one that shrinks`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy set a 1; sqlite3 store/cache.db '.schema cache' | sed 's/CREATE TRIGGER.*//' > /dev/null
      sqlite3 store/cache.db 'PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = 0; VACUUM;
        PRAGMA journal_mode = WAL' > /dev/null
      sqlite3 store/cache.db 'PRAGMA auto_vacuum'
      cachetronomy gc; sqlite3 store/cache.db 'PRAGMA auto_vacuum'
      cachetronomy gc --vacuum; sqlite3 store/cache.db 'PRAGMA auto_vacuum'; cachetronomy get a
      """)
    #expect(outcome.lines == ["0", "0", "2", "1"])
  }

  @Test func `stats say what the store may take`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy set a 1; cachetronomy stats --json | grep -o '"limit_bytes":[0-9nul]*' | head -1
      cachetronomy profile update -q max_store_size=0
      cachetronomy stats --json | grep -o '"limit_bytes":[0-9nul]*' | head -1
      """)
    #expect(outcome.lines == ["\"limit_bytes\":1073741824", "\"limit_bytes\":null"])
  }

  // MARK: nobody asks

  @Test func `whoever stores starts a pass a day after the last, without waiting for it`() throws {
    let outcome = try Sandbox().bash(
      """
      swept() { until [ $(stat -c %Y store/cache.db-gc) -gt 1000000000 ]; do sleep .02; done; }
      cachetronomy set --ttl 0 old x
      cachetronomy set --ttl 0 young x; cachetronomy log evictions | wc -l
      touch -d @999999999 store/cache.db-gc; cachetronomy get nothing; cachetronomy run -- true
      swept; cachetronomy log evictions | cut -f4 | sort | tr '\\n' ' '
      cachetronomy set --ttl 0 third x; touch -d @999999999 store/cache.db-gc
      cachetronomy set k v; swept; cachetronomy log evictions | wc -l
      cachetronomy profile update -q auto_gc=false; cachetronomy set --ttl 0 fourth x
      touch -d @999999999 store/cache.db-gc; cachetronomy set k v; cachetronomy gc --auto
      stat -c %Y store/cache.db-gc
      cachetronomy profile update -q auto_gc=true; exec 9> store/cache.db-watch; flock 9
      cachetronomy set k v; cachetronomy gc --auto; stat -c %Y store/cache.db-gc; exec 9>&-
      cachetronomy gc --auto; cachetronomy log evictions | wc -l; cachetronomy set --ttl 0 fifth x
      cachetronomy gc --auto; cachetronomy log evictions | wc -l
      """)
    #expect(outcome.errors == "")
    #expect(
      outcome.lines == ["0", "old young 3", "999999999", "999999999", "4", "4"])
  }

  @Test func `the pass that was started holds nothing of its starter's`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy set --ttl 0 old x; touch -d '2 days ago' store/cache.db-gc
      # Were the pipe handed on, cat would wait for a pass that waits for us.
      exec 8< store/cache.db.lock; flock 8
      { flock -u 8; cachetronomy set k v; flock 8; echo done; } 8<&8 | cat
      """)
    #expect(outcome.lines == ["done"])
    #expect(outcome.seconds < 8)
  }

  @Test func `a put over the limit by a sixteenth starts a pass at once`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'default: {max_store_size: 1 MiB}\\nsmall: {max_store_size: 1 MiB}\\n' > p.yaml
      head -c 100000 /dev/urandom > value
      # The pass of the last put may still be at work.
      settle() { flock store/cache.db-gc true; until [ $(stat -c %s store/cache.db) -lt 1400000 ]; do sleep .02; done; }
      cachetronomy profile apply -q p.yaml
      for i in $(seq 40); do cachetronomy run -- sh -c "cat value; : $i" > /dev/null; done; settle
      cachetronomy log evictions | cut -f2 | sort -u
      for i in $(seq 40); do cachetronomy set k$i --file value; done; settle
      for i in $(seq 40); do printf 'i%s\t%s\n' $i $(head -c 75000 value | base64 -w0); done > rows.tsv
      cachetronomy import rows.tsv; settle
      # A limit of the profile that the call names holds for the pass that it starts.
      cachetronomy clear --all; cachetronomy gc; cachetronomy profile update -q max_store_size=0
      for i in $(seq 30); do cachetronomy set --profile small k$i --file value; done; settle
      # Not if it was told not to.
      export CACHETRONOMY_DB=$HERE/other/cache.db; cachetronomy profile apply -q p.yaml
      cachetronomy profile update -q max_store_size=1MiB auto_gc=false
      for i in $(seq 30); do cachetronomy set n$i --file value; done; cachetronomy keys --match 'n*' | wc -l
      cachetronomy doctor | grep -c 'warning  *limit  *.*over max_store_size of 1 MiB'
      cachetronomy gc; cachetronomy doctor | grep -c over; echo over
      """)
    #expect(outcome.lines == ["size_eviction", "30", "1", "0", "over"], "\(outcome)")
  }

  // MARK: faults

  @Test func `killed at random points nothing is lost that was not due, no row is doubled`() throws
  {
    let outcome = try Sandbox().bash(
      """
      RANDOM=6; cachetronomy set kept0 v > /dev/null; echo kept0 > acknowledged
      for i in $(seq 200); do
        case $((i % 4)) in
          0) cachetronomy gc & ;;
          1) cachetronomy set --ttl never kept$i v & ;;
          2) cachetronomy set --ttl 1ms due$i v & ;;
          3) cachetronomy run --ttl 1ms -- echo $i > /dev/null & ;;
        esac
        # Now and then one of each may end by itself, however slow the machine is.
        if [ $((i % 25)) -gt 3 ]; then sleep 0.0$((RANDOM % 3))$((RANDOM % 10)); kill -9 $!; fi
        if wait $! && [ $((i % 4)) = 1 ]; then echo kept$i >> acknowledged; fi
      done 2> /dev/null
      cachetronomy gc; echo $?
      sqlite3 store/cache.db 'PRAGMA integrity_check; SELECT count(*) FROM eviction_log WHERE key GLOB "kept*";
        SELECT count(*) FROM (SELECT key, evicted_at FROM eviction_log GROUP BY 1, 2 HAVING count(*) > 1);
        SELECT count(*) FROM cache WHERE key NOT GLOB "kept*"; SELECT count(*) > 0 FROM eviction_log'
      sort -u acknowledged > wanted; cachetronomy keys | sort > there; comm -23 wanted there | wc -l
      """)
    #expect(outcome.lines == ["0", "ok", "0", "0", "0", "1", "0"])
  }

  @Test func `a full disk stops a pass and harms nothing`() throws {
    let sandbox = try Sandbox()
    // Only root may mount one.
    guard try sandbox.bash("mkdir small && mount -t tmpfs -o size=3m none small").status == 0 else {
      return
    }
    let outcome = try sandbox.bash(
      """
      export CACHETRONOMY_DB=$HERE/small/c.db
      for i in $(seq 60); do head -c 15000 /dev/urandom | cachetronomy set --ttl 0 due$i; done
      for i in $(seq 40); do echo $i | cachetronomy set --ttl never kept$i; done
      cat /dev/zero > small/filler 2> /dev/null
      cachetronomy gc 2> said; s=$?; case $s in 0|74) echo fine ;; *) echo $s; cat said ;; esac
      sqlite3 small/c.db 'PRAGMA integrity_check'; cachetronomy keys | grep -c kept
      rm small/filler; cachetronomy gc; echo $?; cachetronomy keys | wc -l
      sqlite3 small/c.db 'SELECT count(*), count(DISTINCT key) FROM eviction_log'; umount small
      """)
    #expect(outcome.lines == ["fine", "ok", "40", "0", "40", "60|60"])
  }
}
