import Foundation
import Testing

/// A cache that cannot break the command.
@Suite struct TroubleTests {
  /// A store with one value, and `cmd`, which says how its call went.
  static let shell = """
    cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; echo out; exit 3'; echo "status $?"; }
    cachetronomy set before kept; sqlite3 store/cache.db 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null

    """

  @Test(
    "a damaged store is set aside, and a new one is made",
    arguments: [
      // The schema, the header's first bytes, all of it, all but the header, a table's page.
      "dd if=/dev/urandom of=store/cache.db bs=1 seek=100 count=3996 conv=notrunc",
      "dd if=/dev/zero of=store/cache.db bs=1 count=60 conv=notrunc",
      "head -c 20000 /dev/urandom > store/cache.db",
      "truncate -s 4096 store/cache.db",
      "dd if=/dev/urandom of=store/cache.db bs=4096 seek=1 count=40 conv=notrunc",
    ]) func quarantine(damage: String) throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        { \(damage); } 2> /dev/null; md5sum < store/cache.db > sum
        cmd; ls store/*.corrupt-*Z | wc -l; md5sum < store/*.corrupt-*Z | cmp - sum && echo whole
        cachetronomy run echo new; cachetronomy run -v echo new 2> err; grep -c HIT err
        cachetronomy set k v; cachetronomy get k; echo; ls store/*.corrupt-*Z | wc -l
        sqlite3 store/cache.db 'PRAGMA integrity_check'
        """)
    #expect(
      outcome.lines == [
        "out", "status 3", "1", "whole", "new", "new", "1", "v", "1", "ok",
      ], "\(outcome)")
    #expect(outcome.errors.components(separatedBy: "is damaged: it is now").count == 2)
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test func `damage that shows only on the way is noticed too`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        for i in $(seq 200); do echo "INSERT INTO cache VALUES ('k$i', zeroblob(500), 'json', '2090-01-01T00:00:00+00:00', '[]', 1, 'p');"; done |
          sqlite3 store/cache.db; sqlite3 store/cache.db 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null
        page=$(sqlite3 store/cache.db "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_cache_1'")
        dd if=/dev/urandom of=store/cache.db bs=4096 seek=$((page - 1)) count=1 conv=notrunc 2> /dev/null
        cmd; cmd; ls store/*.corrupt-*Z | wc -l; cachetronomy keys | wc -l
        """)
    #expect(outcome.lines == ["out", "status 3", "out", "status 3", "1", "0"], "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test func `what is no store of ours stays where it is`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      echo text > text; echo lock > text.lock; head -c 9000 /dev/urandom > noise
      sqlite3 other.db 'CREATE TABLE t (a)'; dd if=/dev/urandom of=other.db bs=1 seek=100 count=3000 conv=notrunc 2> /dev/null
      md5sum text noise other.db > sums
      for f in text noise other.db; do cachetronomy run --db $f echo ran; done
      md5sum --quiet -c sums; ls | grep -c corrupt
      """)
    #expect(outcome.lines == ["ran", "ran", "ran", "0"])
    #expect(outcome.errors.split(separator: "\n").count == 3)
  }

  @Test func `one warning an hour for one cause`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        export CACHETRONOMY_PROFILE=gone
        for i in 1 2 3; do cmd > /dev/null; done; CACHETRONOMY_PROFILE=other cmd > /dev/null; stat -c %a store/*-warned
        unset CACHETRONOMY_PROFILE; cachetronomy stats --json | grep -o '"warnings":[0-9]*'
        # Two hours ago, as if the clock had moved.
        python3 - store/cache.db-warned <<'P'
        import struct, sys
        data = bytearray(open(sys.argv[1], 'rb').read())
        for at in range(8, len(data), 16):
            struct.pack_into('<q', data, at, struct.unpack_from('<q', data, at)[0] - 7_200_000_000)
        open(sys.argv[1], 'wb').write(data)
        P
        CACHETRONOMY_PROFILE=gone cmd > /dev/null; CACHETRONOMY_PROFILE=gone cmd -v 2>&1 > /dev/null | grep -c 'no profile'
        mkdir run; export XDG_RUNTIME_DIR=$PWD/run; echo text > text
        for i in 1 2; do cachetronomy run --db text true; done; ls run | wc -l; ls text*
        rm run/*; ln -s /etc/passwd run/cachetronomy-$(id -u)-warned; cachetronomy run --db text true; cmp -s /etc/passwd run/* && echo whole
        """)
    #expect(outcome.lines == ["600", "\"warnings\":4", "1", "1", "text", "whole"], "\(outcome)")
    let warned = outcome.errors.split(separator: "\n")
    #expect(warned.filter { $0.contains("'gone'") }.count == 2, "\(outcome.errors)")
    #expect(warned.filter { $0.contains("'other'") }.count == 1)
    #expect(warned.filter { $0.contains("text") }.count >= 1)
  }

  @Test func `a store locked for longer than our lockTimeout costs a warning`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        mkfifo go; { echo 'BEGIN IMMEDIATE; SELECT 1;'; read x < go; echo 'COMMIT;'; } | sqlite3 store/cache.db > held &
        until [ -s held ]; do sleep .02; done
        cachetronomy run sh -c 'echo out; echo err >&2'; echo $?; echo > go; wait
        cachetronomy get before; echo; cachetronomy keys | wc -l
        """)
    #expect(outcome.lines == ["out", "0", "kept", "1"])
    #expect(outcome.errors.hasPrefix("err\ncachetronomy: warning: "))
    #expect(outcome.errors.contains("database is locked"))
    #expect(outcome.errors.split(separator: "\n").count == 2)
  }

  @Test func `a read-only store answers, and does not hinder`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        [ $(id -u) = 0 ] && { drop='setpriv --reuid 65534 --clear-groups'; chmod 755 . store; chmod 644 store/*; export HOME=/; cp $(which cachetronomy) .; PATH=$PWD:$PATH; } || chmod -R a-w store
        $drop cachetronomy run sh -c 'echo out; exit 3'; echo $?
        cachetronomy get before; echo; cachetronomy keys | wc -l
        """)
    #expect(outcome.lines == ["out", "3", "kept", "1"], "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test func `a store of another user is not written, by root either`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.shell + """
        [ $(id -u) = 0 ] || { echo skipped; exit; }
        chown 65534 store/cache.db; md5sum store/* > sums
        cachetronomy run sh -c 'echo out; exit 3'; echo $?; md5sum --quiet -c sums
        """)
    if outcome.lines == ["skipped"] { return }
    #expect(outcome.lines == ["out", "3"], "\(outcome)")
    #expect(outcome.errors.contains("it belongs to another user"))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }

  @Test func `a full disk costs a warning and nothing that was stored`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkdir disk; mount -t tmpfs -o size=2m tmpfs disk 2> /dev/null || { echo skipped; exit; }
      export CACHETRONOMY_DB=$PWD/disk/cache.db
      cachetronomy set before kept
      head -c 10M /dev/zero > disk/ballast 2> /dev/null
      cachetronomy run sh -c 'head -c 300000 /dev/zero | tr "\\0" x; exit 0' | wc -c
      cachetronomy run sh -c 'echo out; exit 3'; echo $?
      head -c 3000000 /dev/zero | cachetronomy run --stdin wc -c
      rm disk/ballast; cachetronomy get before; echo; cachetronomy keys | wc -l
      sqlite3 disk/cache.db 'PRAGMA integrity_check'; cachetronomy run echo on; cachetronomy run -v echo on 2>&1 | grep -c HIT
      umount disk
      """)
    if outcome.lines == ["skipped"] { return }
    #expect(
      outcome.lines == ["300000", "out", "3", "3000000", "kept", "1", "ok", "on", "1"], "\(outcome)"
    )
    #expect(outcome.errors.contains("cachetronomy: warning: "))
  }

  @Test func `noise in a row is a miss, and the row is replaced`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd
      for data in "randomblob(200)" "X''" "substr(data, 1, length(data) - 1)" "'text'" "zeroblob(100000)"; do
        sqlite3 store/cache.db "UPDATE cache SET data = $data"; cmd; cmd
      done
      cachetronomy keys | wc -l; cachetronomy stats --json | grep -o '"corrupt":5' | head -1
      """)
    #expect(
      outcome.lines == [
        "1", "2", "2", "3", "3", "4", "4", "5", "5", "6", "6", "1", "\"corrupt\":5",
      ])
  }

  @Test func `twenty processes store fifty keys each, none lost, none torn`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for p in $(seq 20); do
        { for k in $(seq 50); do cachetronomy set p$p-k$k "value of p$p-k$k" || echo failed; done; } &
      done; wait
      cachetronomy keys | wc -l; sqlite3 store/cache.db 'PRAGMA integrity_check'
      sqlite3 store/cache.db "SELECT count(*) FROM cache c JOIN entry_info i USING (key)
        WHERE substr(c.data, -length('value of ' || key)) = CAST('value of ' || key AS BLOB)"
      cachetronomy get p20-k50
      """)
    #expect(outcome.lines == ["1000", "ok", "1000", "value of p20-k50"], "\(outcome)")
    #expect(outcome.errors == "")
  }

  @Test func `a caller that blocks SIGALRM waits for the lock no longer than others`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v; mkfifo held
      flock store/cache.db.lock sh -c 'echo > held; exec sleep 60' & read x < held
      cat > blocked.py <<'END'
      import os, signal
      signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
      os.execvp("cachetronomy", ["cachetronomy", "run", "--", "echo", "out"])
      END
      timeout 30 python3 blocked.py; echo $?; kill %1
      """)
    #expect(outcome.lines == ["out", "0"])
  }

  @Test func `a path that is no text is refused, and nothing is made elsewhere`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      d=$(printf 'd\\377'); mkdir "$d"; cd "$d"
      CACHETRONOMY_DB=rel.db cachetronomy set k v; echo $?
      CACHETRONOMY_DB=rel.db cachetronomy run -- echo out; cd ..; ls | wc -l; ls "$d" | wc -l
      """)
    #expect(outcome.lines == ["74", "out", "1", "0"])
    #expect(outcome.errors.contains("its path is not valid UTF-8"))
  }

  @Test func `a limit on the size of files is an error of every command, and no end`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      head -c 300000 /dev/urandom > big; printf 'a\tb\n' > t.tsv
      printf 'other: {time_to_live: 1m}' > p.yaml
      cachetronomy set k v; cachetronomy set other w
      for size in 0 1 4 16 48; do
        for verb in 'set new --file big' 'delete other' 'import t.tsv' 'profile apply -q p.yaml' \
          gc 'get k' stats 'clear --tag x' 'evict --all' doctor list; do
          said=$( (ulimit -f $size; exec cachetronomy $verb) 2>&1 > /dev/null); status=$?
          [ $status = 0 ] || [ $status = 1 ] || [ "$status $(wc -l <<< "$said")" = "74 1" ] ||
            echo "$size, $verb: $status $said"
        done
        [ "$(cachetronomy get k)" = v ] || echo lost
      done
      sqlite3 "$CACHETRONOMY_DB" 'PRAGMA integrity_check'
      """#)
    #expect(outcome.lines == ["ok"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `no limit on files or their size keeps the command from running`() throws {
    let outcome = try Sandbox().bash(
      #"""
      for size in 0 1 8 32; do for i in 1 2; do
        (ulimit -f $size; cachetronomy run -- sh -c "echo size $size; exit 3"; echo $?) 2> said | cat
      done; done
      grep -v '^cachetronomy: warning: ' said
      for most in 4 6 8 10 12 16; do
        (ulimit -n $most; exec cachetronomy run -- sh -c "echo files $most; exit 3") 2> said | cat
        echo ${PIPESTATUS[0]}; grep -v '^cachetronomy: warning: ' said
      done
      # As a user who may have one process; root may have any number.
      limited() { setpriv --reuid=61234 --regid=61234 --clear-groups bash -c "ulimit -u 1; exec $*"; }
      if [ $(id -u) = 0 ]; then
        # Where it was built is not for everybody, on some machines.
        tool=$HERE/cachetronomy; cp "$(command -v cachetronomy)" $tool; chmod 755 .
        rm -f /tmp/cachetronomy-61234-warned
        for i in 1 2; do printf 'a\nb\n' | limited "$tool run -- cat" 2>> own; done
        grep -c 'a process' own
      else
        printf '%s\n' a b a b 1
      fi
      (ulimit -f 8; cachetronomy run -- sh -c 'head -c 100000 /dev/zero > big; echo $?') | cat
      """#)
    let sizes = [0, 1, 8, 32].flatMap { ["size \($0)", "3", "size \($0)", "3"] }
    let files = [4, 6, 8, 10, 12, 16].flatMap { ["files \($0)", "3"] }
    // The command's own writes are its own affair: it dies of them, as without us.
    #expect(
      outcome.lines == sizes + files + ["a", "b", "a", "b", "1", "153"],
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a store that is a view over an endless query hangs no verb`() throws {
    let outcome = try Sandbox().bash(
      #"""
      cachetronomy set a b
      sqlite3 store/cache.db "DROP TABLE cache; CREATE VIEW cache AS
        WITH RECURSIVE r(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM r)
        SELECT x AS key, x AS data, 'json' AS fmt, x AS expire_at, '[]' AS tags, 1 AS version,
          'p' AS saved_by_profile FROM r; PRAGMA wal_checkpoint(TRUNCATE)" > /dev/null
      cp store/cache.db before
      for verb in 'get a' 'has a' 'set k v' list keys 'show a' stats gc 'gc --dry-run' 'gc --auto' \
        'clear --all' 'clear --tag t' 'delete a' 'evict --all' export 'import before' 'profile list' \
        'log access' 'log evictions' 'log clear access' config warm; do
        timeout 10 cachetronomy $verb > out 2> err; status=$?
        [ $status = 74 ] || echo "$verb: $status"
        grep -q "not a cachetronomy store: 'cache' is not a real table" err || cat err
      done
      timeout 10 cachetronomy doctor | grep -c 'not a cachetronomy store'
      timeout 10 cachetronomy run -- sh -c 'echo ran; exit 3'; echo $?
      timeout 10 cachetronomy explain -- true > out 2> err; echo $?
      cmp store/cache.db before
      """#)
    #expect(outcome.lines == ["1", "ran", "3", "1"], "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
