import Testing

/// Calls that fail, clocks that jump, many at once: the command runs, and what is stored stays.
@Suite struct FaultTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test func `a call of the system that fails changes no answer`() throws {
    let outcome = try sandbox.bash(
      "\"$PACKAGE/Tests/faults\" \"$(command -v cachetronomy)\" 80 9")
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.contains("nothing wrong"))
  }

  private static let shim = """
    cc -shared -fPIC -O1 -o shim.so "$PACKAGE/Tests/failing-calls.c" -ldl || exit
    at() { LD_PRELOAD=$HERE/shim.so FAULT_CLOCK=$1 cachetronomy "${@:2}"; }

    """

  @Test func `a clock that jumps serves nothing of the future and ends nothing`() throws {
    // A day, an hour; before 1970; past 2262, where 64 bits of nanoseconds end.
    let jumps = [86400, -86400, 3600, -3600, -2_000_000_000, 7_500_000_000]
    let outcome = try sandbox.bash(
      Self.shim + """
        cachetronomy set lasting v --ttl never
        # A pass that is started by itself has the clock of the machine.
        cachetronomy profile update -q auto_gc=false
        for jump in \(jumps.map(String.init).joined(separator: " ")); do
          rm -f n
          count() { wc -l < n; }
          command="echo x >> n; echo $jump"
          at $jump run --ttl 1h -- sh -c "$command" > 1; at $jump run --ttl 1h -- sh -c "$command" > 2
          inside=$(count)
          cachetronomy run --ttl 1h -- sh -c "$command" > 3
          at $jump get lasting > out; status=$?
          echo "$(cat 1 2 3 | uniq): $inside, then $(count), lasting $status"
          for verb in list stats gc 'explain -- true' doctor export; do
            at $jump $verb > out 2> err || [ $? = 1 ] || { echo "$verb $?"; cat err; }
          done
        done
        cachetronomy get lasting
        """)
    // Once by the clock that jumped, once by that of the present; what is of the future is no answer.
    #expect(
      outcome.lines == jumps.map { "\($0): 1, then 2, lasting \($0 < 0 ? 1 : 0)" } + ["v"],
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `two hundred at once of one command make one run, of two hundred each its own`() throws
  {
    let outcome = try sandbox.bash(
      """
      for i in $(seq 200); do
        cachetronomy run -- sh -c 'echo x >> n; until [ -e ${U-go} ]; do sleep 0.05; done; echo one' > one.$i 2>&1 &
      done
      until [ -s n ]; do sleep 0.01; done
      touch go; wait
      cat one.* | sort | uniq -c | xargs; wc -l < n
      for i in $(seq 200); do cachetronomy run -- echo $i > own.$i 2>&1 & done; wait
      for i in $(seq 200); do [ "$(cat own.$i)" = $i ] || cat own.$i; done
      sqlite3 "$CACHETRONOMY_DB" "SELECT count(*) FROM cache" "PRAGMA integrity_check"
      """)
    #expect(outcome.lines == ["200 one", "1", "201", "ok"], "\\(outcome.errors)")
  }

  @Test func `where nothing can be mapped into memory the command runs, with one line`() throws {
    let outcome = try sandbox.bash(
      Self.shim + """
        cachetronomy set k v
        head -c 4096 /dev/zero > count
        export FAULT_ROOT=$HERE FAULT_ERRNO=19 FAULT_AT=1 FAULT_MANY=1 FAULT_COUNT=$HERE/count
        LD_PRELOAD=$HERE/shim.so cachetronomy run -- sh -c 'echo ran; exit 3' 2> err
        echo "$? $(wc -l < err)"
        LD_PRELOAD=$HERE/shim.so cachetronomy get k 2> err; echo " $? $(wc -l < err)"
        unset FAULT_AT; cachetronomy get k
        """)
    #expect(outcome.lines == ["ran", "3 1", " 74 1", "v"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a machine on which nothing can be written runs the command`() throws {
    guard try sandbox.bash("unshare -m true").status == 0 else { return }
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- echo kept
      cat > inside <<'S'
      mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp && mount -o remount,ro,bind / &&
        mount -t tmpfs -o ro none /dev/shm || exit 9
      cachetronomy run -- sh -c 'echo ran; sleep .1; echo said >&2; exit 3'; echo $?
      env -u HOME -u CACHETRONOMY_DB -u XDG_RUNTIME_DIR PATH="$PATH" cachetronomy run -- echo homeless
      HOME=/nowhere XDG_RUNTIME_DIR=/nowhere CACHETRONOMY_DB= cachetronomy run -- echo nowhere
      S
      unshare -m bash inside 2>&1 | grep -v '^cachetronomy: warning: '
      """)
    #expect(
      outcome.lines == ["kept", "ran", "said", "3", "homeless", "nowhere"],
      "\(outcome.text)\(outcome.errors)")
  }

  @Test func `a disk that is full after any page loses nothing that was there`() throws {
    guard try sandbox.bash("mkdir small && mount -t tmpfs -o size=2m none small").status == 0 else {
      return
    }
    defer { _ = try? sandbox.bash("umount small") }
    let outcome = try sandbox.bash(
      """
      export CACHETRONOMY_DB=$HERE/small/c.db
      head -c 6000 /dev/urandom > kept; head -c 30000 /dev/urandom > big
      cachetronomy set kept --file kept
      for i in $(seq 40); do printf 'i%s\\tv%s\\n' $i $i; done > rows.tsv
      : > small/filler
      for pages in 0 1 2 3 4 5 6 8 10 12 16 20 24 32; do
        cachetronomy clear --tag t; cachetronomy delete big i{1..40}
        rm small/filler; head -c 9000000 /dev/zero > small/filler 2> /dev/null
        truncate -s -$((pages * 4096)) small/filler
        cachetronomy run --tag t -- sh -c "echo out $pages; head -c 9000 /dev/zero" 2> err | head -c 20 | head -1
        [ $(wc -l < err) -le 2 ] || cat err
        cachetronomy set big --file big 2> err; set=$?
        [ $set = 0 ] || [ $set = 74 ] || { echo "set $set"; cat err; }
        [ $set != 0 ] || cachetronomy get big | cmp - big
        cachetronomy import rows.tsv > /dev/null 2> err; status=$?
        [ $status = 0 ] || [ $status = 74 ] || { echo "import $status"; cat err; }
        cachetronomy gc > /dev/null 2> err; status=$?
        [ $status = 0 ] || [ $status = 74 ] || { echo "gc $status"; cat err; }
        cachetronomy get kept | cmp - kept
      done
      rm small/filler
      cachetronomy get kept | cmp - kept && sqlite3 $CACHETRONOMY_DB 'PRAGMA integrity_check'
      cachetronomy set big --file big && cachetronomy get big | cmp - big && echo works again
      """)
    let pages = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32]
    #expect(
      outcome.lines == pages.map { "out \($0)" } + ["ok", "works again"],
      "\(outcome.text)\(outcome.errors)")
  }
}
