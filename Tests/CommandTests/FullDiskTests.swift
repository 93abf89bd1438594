import Testing

/// On a full disk the cache can be used to make room, and nothing is lost that was not to go.
@Suite(.enabled(if: Sandbox.canMount, "only root may mount a small file system"))
struct FullDiskTests {
  /// A store of 60 entries with a tag and 20 without on a disk of its own.
  private static let prepare = """
    mkdir disk; mount -t tmpfs -o size=${size:-4m} none disk; trap 'umount disk' EXIT
    export CACHETRONOMY_DB=$HERE/disk/c.db
    fill() { cat /dev/zero >> disk/filler 2> /dev/null; }
    left() { df --output=avail disk | tail -1 | tr -d ' '; }
    whole() { sqlite3 disk/c.db 'PRAGMA integrity_check'; }
    make() {
      for i in $(seq 60); do head -c ${bytes:-15000} /dev/urandom | cachetronomy set --ttl ${ttl:-1h} --tag t due$i; done
      for i in $(seq 20); do echo $i | cachetronomy set --ttl never kept$i; done
    }

    """

  @Test(arguments: [
    ("clear --all", 0, 900), ("clear --tag t", 20, 800), ("clear --saved-by default", 0, 800),
    ("delete due{1..60}", 20, 800), ("delete due7", 79, 1), ("gc", 20, 700),
    ("evict --all", 80, 0), ("log clear access", 80, 0), ("log clear evictions", 80, 0),
    ("profile delete other", 80, 0),
  ]) func `what is removed is gone, and its room is free`(
    verb: String, kept: Int, room: Int
  ) throws {
    let outcome = try Sandbox().bash(
      Self.prepare + """
        [ '\(verb)' != gc ] || ttl=1ms
        make; cachetronomy profile update -q max_store_size=2MiB; cachetronomy profile use -q default
        printf 'other: {time_to_live: 5s}' > p.yaml; cachetronomy profile apply -q p.yaml
        for i in 1 2 3; do cachetronomy get kept$i > /dev/null; done
        fill; left
        cachetronomy \(verb); echo $?
        [ $(left) -ge \(room) ] || echo "only $(left) KiB"
        whole; rm disk/filler; cachetronomy keys | wc -l; cachetronomy get kept5 > /dev/null; echo $?
        cachetronomy set new value && cachetronomy get new; echo
        ls disk | grep -c reserve
        """)
    #expect(
      outcome.lines == ["0", "0", "ok", "\(kept)", kept == 0 ? "1" : "0", "value", "1"],
      "\(verb): \(outcome)")
  }

  @Test(arguments: [400_000, 90_000, 9000]) func `a disk that the cache filled itself is emptied`(
    bytes: Int
  ) throws {
    let outcome = try Sandbox().bash(
      """
      size=6m
      """ + "\n" + Self.prepare + """
        head -c \(bytes) /dev/urandom > value
        i=0; while cachetronomy set v$((++i)) --file value 2> /dev/null; do :; done
        cachetronomy run -- cat value | cmp - value; fill; n=$(cachetronomy keys | wc -l)
        [ $n -gt 5 ] && cachetronomy delete v2 && echo $((n - $(cachetronomy keys | wc -l)))
        fill; cachetronomy get v3 | cmp - value
        cachetronomy clear --saved-by default && whole; cachetronomy keys | wc -l
        [ $(left) -gt 4000 ] || echo "only $(left) KiB"
        """)
    #expect(outcome.lines == ["1", "ok", "0"], "\(outcome)")
  }

  @Test func `a recording in many pieces goes too`() throws {
    let outcome = try Sandbox().bash(
      """
      size=32m
      """ + "\n" + Self.prepare + """
        head -c 6000000 /dev/urandom > value
        for verb in 'clear --all' 'clear --tag t' 'delete -- cat value'; do
          cachetronomy run --tag t -- cat value > /dev/null; fill; left
          cachetronomy $verb; echo $?; [ $(left) -gt 5000 ] || echo "only $(left) KiB"
          sqlite3 disk/c.db 'SELECT count(*) FROM chunk'; rm disk/filler
        done; whole
        """)
    #expect(
      outcome.lines == ["0", "0", "0", "0", "0", "0", "0", "0", "0", "ok"], "\(outcome)")
  }

  /// `hog` takes room page by page, many times faster than processes of `fill` that come and go.
  @Test(arguments: ["fill", "hog"]) func `another program may take all that becomes free`(
    taker: String
  ) throws {
    let outcome = try Sandbox().bash(
      Self.prepare + """
        hog() { python3 -c '
        import os
        f = os.open("disk/filler", os.O_WRONLY | os.O_APPEND)
        while not os.path.exists("over"):
            try: os.write(f, bytes(4096))
            except OSError: pass'; }
        make; fill
        for i in 5 8 11 14 17 20 23; do cachetronomy delete due$i || echo failed; fill; done
        cachetronomy keys | wc -l
        (while [ ! -e over ]; do \(taker); done) &
        cachetronomy clear --tag t; echo $?; touch over; wait
        whole; cachetronomy keys | grep -c kept
        """)
    #expect(outcome.lines == ["73", "0", "ok", "20"], "\(taker): \(outcome)")
  }

  @Test func `whoever dies on a full disk leaves a store that can be emptied`() throws {
    let outcome = try Sandbox().bash(
      "bytes=3000\n" + Self.prepare + """
        for verb in 'clear --tag t' gc; do
          rm -rf disk/* template; [ "$verb" = gc ] && ttl=1ms
          make; cachetronomy evict --all; cp -r disk template
          at=0; status=137; while [ $status = 137 ]; do
            at=$((at + 1 + at / 16))
            rm -rf disk/*; cp -r template/* disk
            fallocate -l 256K disk/c.db-reserve
            fill
            CACHETRONOMY_FAULT=$at cachetronomy $verb 2> /dev/null; status=$?
            [ "$(whole)" = ok ] || echo "$verb $at: damaged"
            cachetronomy clear --tag t || echo "$verb $at: not emptied"
            [ "$(cachetronomy keys | grep -c kept)" = 20 ] || echo "$verb $at: lost"
          done; [ $at -gt 5 ] && echo over
        done
        """)
    #expect(outcome.lines == ["over", "over"], "\(outcome)")
  }
}

extension Sandbox {
  /// Whether we may mount a small file system.
  static let canMount =
    (try? Sandbox().bash("mkdir d && mount -t tmpfs -o size=1m none d && umount d").status) == 0
}
