import Foundation
import Testing

/// The memory that processes share: never a wrong or stale answer out of it.
@Suite(.enabled(if: Sandbox.sharesMemory)) struct MemoryTests {
  private let sandbox: Sandbox

  /// `hot` says whether a command was answered without SQLite: a process that opens a store alone
  /// cuts `-shm` off, and so gives it a new time.
  private static let shell = """
    hot() {
      touch -d '2001-01-01' "$CACHETRONOMY_DB-shm" 2>/dev/null
      "$@"; local status=$?
      case $(stat -c %y "$CACHETRONOMY_DB-shm" 2>/dev/null) in 2001*) echo ' hot';; *) echo ' cold';; esac
      return $status
    }
    mine() {
      for head in /dev/shm/cachetronomy-$(id -u)/*/head; do
        grep -qF "$(realpath "$CACHETRONOMY_DB")" "$head" 2>/dev/null && dirname "$head"
      done
    }
    export TZ=UTC

    """

  init() throws { sandbox = try Sandbox() }

  @discardableResult
  private func run(_ script: String, environment: [String: String] = [:]) throws -> [String] {
    let outcome = try sandbox.bash(Self.shell + script, environment: environment)
    #expect(outcome.errors == "", "\(outcome.errors)")
    return outcome.lines
  }

  @Test func `what was set is answered by get and has without SQLite`() throws {
    let lines = try run("cachetronomy set k v; hot cachetronomy get k; hot cachetronomy has k")
    #expect(lines == ["v hot", " hot"])
  }

  @Test func `what was run is answered without SQLite, both streams and the status`() throws {
    let lines = try run(
      """
      go() { hot cachetronomy run --cache-status 0,3 -- sh -c 'echo out; echo err >&2; exit 3'; }
      go > one 2> one.err; go > two 2> two.err; echo $?
      cat two two.err; head -1 one
      hot cachetronomy get -- sh -c 'echo out; echo err >&2; exit 3'
      """)
    #expect(lines == ["3", "out", " hot", "err", "out", "out", " hot"])
  }

  @Test func `a machine that only reads fills it again`() throws {
    let lines = try run(
      """
      cachetronomy set k v; cachetronomy run -- echo there > /dev/null
      rm -r "$(mine)"
      hot cachetronomy get k; hot cachetronomy get k
      hot cachetronomy run -- echo there; hot cachetronomy run -- echo there
      """)
    #expect(lines == ["v cold", "v hot", "there", " cold", "there", " hot"])
  }

  @Test(arguments: [
    ("cachetronomy set k w", "w"), ("cachetronomy delete k", ""), ("cachetronomy clear --all", ""),
    ("cachetronomy clear --tag t", ""), ("cachetronomy clear --saved-by default", ""),
    ("cachetronomy set --ttl 0 k x; cachetronomy gc", ""), ("cachetronomy evict k", "v"),
    ("cachetronomy set --ttl 1ms k x", ""),
    ("sqlite3 \"$CACHETRONOMY_DB\" \"UPDATE cache SET data=X'a177'\"", "w"),
    ("sqlite3 \"$CACHETRONOMY_DB\" 'DELETE FROM cache'", ""),
    ("rm -f \"$CACHETRONOMY_DB\"*", ""),
    (
      "CACHETRONOMY_DB=other.db cachetronomy set k w; for s in '' -wal -shm; do mv other.db$s \"$CACHETRONOMY_DB$s\"; done",
      "w"
    ),
    (
      "CACHETRONOMY_DB=other.db cachetronomy set k w; sqlite3 other.db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null; rm -f \"$CACHETRONOMY_DB\"-*; cp other.db \"$CACHETRONOMY_DB\"",
      "w"
    ),
  ]) func `what another process changed is seen by whoever starts after it`(
    change: String, answer: String
  ) throws {
    let lines = try run(
      """
      cachetronomy set --tag t k v
      hot cachetronomy get k
      \(change)
      echo "=$(cachetronomy get k)"; echo "=$(cachetronomy get k)"
      """)
    #expect(lines == ["v hot", "=\(answer)", "=\(answer)"])
  }

  @Test func `a recording is not served from memory past its ttl, a rule's, or a flag's`() throws {
    let lines = try run(
      """
      cat > p.yaml <<'END'
      default: {rules: [{match: date **, time_to_live: 1ms}]}
      END
      go() { cachetronomy run "$@" -- date +%N; }
      a=$(go); b=$(go); [ "$a" = "$b" ] && echo kept
      c=$(go --ttl 1ms); [ "$a" != "$c" ] && echo flag
      a=$(go); b=$(go); [ "$a" = "$b" ] && echo kept
      cachetronomy profile apply -q p.yaml
      c=$(go); [ "$a" != "$c" ] && echo rule
      printf 'default: {rules: [{match: date **, cache: false}]}' > p.yaml
      cachetronomy profile apply -q p.yaml
      [ "$(go)" != "$(go)" ] && echo off
      printf 'default: {rules: []}\\nother: {rules: [{match: date **, cache: false}]}' > p.yaml
      cachetronomy profile apply -q p.yaml
      [ "$(go)" = "$(go)" ] && echo on
      cachetronomy profile use other
      [ "$(go)" != "$(go)" ] && echo used
      [ "$(go --profile default)" = "$(go --profile default)" ] && echo named
      """)
    #expect(lines == ["kept", "flag", "kept", "rule", "off", "on", "used", "named"])
  }

  @Test func `all names of a store share one memory, and a moved store has another`() throws {
    let lines = try run(
      """
      cachetronomy set k v
      ln -s store link; ln -s store/cache.db db
      hot cachetronomy get --db link/cache.db k
      hot cachetronomy get --db db k
      (cd store; hot cachetronomy get --db cache.db k)
      hot cachetronomy get --db store/../store/./cache.db k
      mv store moved; export CACHETRONOMY_DB=$HERE/moved/cache.db
      hot cachetronomy get k; hot cachetronomy get k
      cachetronomy set --db other.db k other
      cachetronomy get --db other.db k; echo
      """)
    #expect(lines == ["v hot", "v hot", "v hot", "v hot", "v cold", "v hot", "other"])
  }

  @Test(arguments: [
    "truncate -s 70 $entry", "truncate -s 0 $entry",
    "printf x | dd of=$entry bs=1 seek=90 conv=notrunc",
    "printf '\\001' | dd of=$entry bs=1 seek=8 conv=notrunc", "cp $(mine)/$other $entry",
    "head -c 300 /dev/urandom > $entry", "rm $entry; ln -s /etc/passwd $entry",
    "rm $entry; mkfifo $entry", "rm $entry; mkdir $entry",
    "chown nobody $entry 2>/dev/null || rm $entry",
    "printf x | dd of=$(mine)/head bs=1 seek=60 conv=notrunc", "truncate -s 20 $(mine)/head",
    "rm $(mine)/head",
  ]) func `a damaged file is a miss and is replaced`(damage: String) throws {
    let lines = try run(
      """
      cachetronomy set k value-of-k
      entry=$(ls -d $(mine)/* | grep -v head)
      cachetronomy set l value-of-l
      other=$(ls $(mine) | grep -v head | grep -v "$(basename $entry)")
      place=$(mine)
      { \(damage); } >/dev/null 2>&1
      hot cachetronomy get k; hot cachetronomy get k
      """)
    // A directory in its place cannot be replaced: the store goes on answering.
    let second = damage.contains("mkdir") ? "value-of-k cold" : "value-of-k hot"
    #expect(lines == ["value-of-k cold", second])
  }

  @Test func `only what is within the bounds is held, least used out first`() throws {
    let lines = try run(
      """
      printf 'default: {max_items_in_memory: 8, max_memory: 64 KiB}' > p.yaml
      cachetronomy profile apply -q p.yaml
      for i in $(seq 20); do cachetronomy set k$i v; done
      [ $(cachetronomy keys --tier memory | wc -l) -lt 12 ] && echo few
      printf 'default: {max_memory: 1 MiB}' > p.yaml; cachetronomy profile apply -q p.yaml
      hot cachetronomy get k20; hot cachetronomy get k1; hot cachetronomy get k1
      head -c 300000 /dev/zero | cachetronomy set big
      hot cachetronomy get big | wc -c; hot cachetronomy get big | tail -c 5
      cachetronomy stats --json | jq -c '[.memory.entries <= 8, .memory.dropped > 0, .memory.limit_bytes]'
      printf 'default: {max_memory: 0}' > p.yaml
      cachetronomy profile apply -q p.yaml; cachetronomy keys --tier memory | wc -l
      cachetronomy set k1 w; hot cachetronomy get k1
      """.replacingOccurrences(
        of: "jq -c '[.memory.entries <= 8, .memory.dropped > 0, .memory.limit_bytes]'",
        with:
          "python3 -c 'import json,sys; m=json.load(sys.stdin)[\"memory\"]; print(m[\"entries\"]<=14, m[\"dropped\"]>0, m[\"limit_bytes\"])'"
      ))
    #expect(
      lines == [
        "few", "v hot", "v cold", "v hot", "300006", "cold", "True True 1048576", "0", "w cold",
      ])
  }

  @Test func `keys, list, show and stats speak of it, evict empties it`() throws {
    let lines = try run(
      """
      cachetronomy set a 1; cachetronomy set --tag t b 2; cachetronomy get b >/dev/null
      cachetronomy keys --tier memory
      cachetronomy stats --tier memory
      cachetronomy list --json | grep -c '"tier":\\["memory","store"\\]'
      cachetronomy evict b; cachetronomy keys --tier memory
      cachetronomy show --json b | grep -c '"tier":\\["store"\\]'
      cachetronomy evict --all; cachetronomy keys --tier memory | wc -l
      cachetronomy keys | wc -l
      cachetronomy log evictions --json | grep -c manual_eviction
      """)
    #expect(lines == ["a", "b", "1\tb", "2", "a", "1", "0", "2", "3"])
  }

  /// Each script runs with `/dev/shm` of its own.
  private static let canMount =
    (try? Sandbox().bash("unshare -m true").status) == 0

  @Test(
    .enabled(if: MemoryTests.canMount),
    arguments: [
      // Somebody was there before us.
      "mkdir -m 777 $d", "mkdir -m 700 $d; chown nobody $d", "ln -s /tmp $d", "touch $d",
      "mkdir -m 700 /tmp/elsewhere-$$; ln -s /tmp/elsewhere-$$ $d",
      // No room, no right, no such file system.
      "mkdir $d; mount -t tmpfs -o size=4k,mode=700 tmpfs $d; head -c 4096 /dev/zero > $d/x",
      "mount -o remount,ro /dev/shm", "umount /dev/shm; mkdir -p here; mount --bind here /dev/shm",
      "umount /dev/shm; mount -t tmpfs -o size=4k tmpfs /dev/shm; head -c 4096 /dev/zero > /dev/shm/x",
    ]) func `a place that is not ours, full or missing leaves the store to answer`(
      trouble: String
    ) throws
  {
    let outcome = try sandbox.bash(
      Self.shell + """
        cat > script <<'END'
        mount -t tmpfs tmpfs /dev/shm
        d=/dev/shm/cachetronomy-$(id -u)
        \(trouble)
        cachetronomy set k v; hot cachetronomy get k; hot cachetronomy get k
        cachetronomy run -- echo there; cachetronomy run -- echo there
        cachetronomy delete k; cachetronomy get k; echo $?
        END
        export -f hot; unshare -m bash script
        """)
    #expect(outcome.errors == "")
    #expect(outcome.lines == ["v cold", "v cold", "there", "there", "1"])
  }

  @Test func `a full memory holds what fits`() throws {
    guard Self.canMount else { return }
    let outcome = try sandbox.bash(
      """
      unshare -m bash -c '
        umount /dev/shm; mount -t tmpfs -o size=1m tmpfs /dev/shm
        for i in $(seq 40); do head -c 40000 /dev/zero | cachetronomy set k$i; done
        for i in $(seq 40); do cachetronomy get k$i | wc -c; done | sort | uniq -c
        [ $(du -sk /dev/shm | cut -f1) -le 512 ] && echo bounded'
      """)
    #expect(outcome.errors == "")
    #expect(
      outcome.lines.map { $0.trimmingCharacters(in: .whitespaces) } == ["40 40000", "bounded"])
  }

  @Test func `memory pressure moves entries to the store, a lower bound drops them`() throws {
    let lines = try run(
      """
      for i in $(seq 12); do cachetronomy set k$i v; done
      printf 'default: {max_memory: 32 KiB}' > p.yaml
      cachetronomy profile apply -q p.yaml; cachetronomy gc
      [ $(cachetronomy keys --tier memory | wc -l) -le 6 ] && echo fewer
      before=$(cachetronomy keys --tier memory | sort | xargs)
      # All memory shall be free: it never is.
      printf 'default: {free_memory_target: 1}' > p.yaml
      cachetronomy profile apply -q p.yaml
      [ "$before" = "$(cachetronomy gc --dry-run | sed -n 's/^memory_eviction\t[0-9]*\t//p' | sort | xargs)" ] && echo foretold
      [ "$before" = "$(cachetronomy keys --tier memory | sort | xargs)" ] && echo unchanged
      cachetronomy gc
      cachetronomy keys --tier memory | wc -l
      [ "$before" = "$(sqlite3 "$CACHETRONOMY_DB" "SELECT key FROM eviction_log WHERE reason = 'memory_eviction'" | sort | xargs)" ] && echo logged
      cachetronomy get k1; echo
      """)
    #expect(lines == ["fewer", "foretold", "unchanged", "0", "logged", "v"])
  }

  @Test func `the memory of a store that is gone is swept by others`() throws {
    let lines = try run(
      """
      cachetronomy set --db gone.db k v
      CACHETRONOMY_DB=$HERE/gone.db; place=$(mine); [ -d "$place" ] && echo there
      rm gone.db*; CACHETRONOMY_DB=$HERE/store/cache.db
      cachetronomy set k v; cachetronomy gc; [ -d "$place" ] || echo swept
      """)
    #expect(lines == ["there", "swept"])
  }

  @Test(.enabled(if: MemoryTests.canMount)) func `no file of ours goes by somebody else's link`()
    throws
  {
    let outcome = try sandbox.bash(
      Self.shell + """
        cat > script <<'END'
        cachetronomy set k v; id=$(basename $(mine)); mount -t tmpfs tmpfs /dev/shm
        mkdir -p photos /dev/shm/cachetronomy-0; touch photos/one photos/head
        chown nobody /dev/shm/cachetronomy-0; ln -s $HERE/photos /dev/shm/cachetronomy-0/$id
        printf 'default: {max_memory: 0}' > p.yaml
        cachetronomy profile apply -q p.yaml; cachetronomy set k w; cachetronomy delete k
        cachetronomy gc; ls photos | xargs
        END
        export -f mine; unshare -m bash script
        """)
    #expect(outcome.lines == ["head one"])
  }

  @Test(.enabled(if: MemoryTests.canMount)) func `an entry without a head's count still goes`()
    throws
  {
    let outcome = try sandbox.bash(
      """
      unshare -m bash -c '
        mount -t tmpfs -o size=128k tmpfs /dev/shm
        cachetronomy set a VALUE; cachetronomy evict --all
        # Room for the entry and not for another head.
        d=$(dirname /dev/shm/*/*/head)
        free() { df --output=avail -B4096 /dev/shm | tail -1; }
        for room in 0 1 2 3; do
          rm -f /dev/shm/fill; cachetronomy evict --all
          head -c $(( ($(free) - room) * 4096 )) /dev/zero > /dev/shm/fill
          cachetronomy get a > /dev/null; rm /dev/shm/fill
          cachetronomy delete a; cachetronomy get a && echo "with room for $room"
          cachetronomy set b x; cachetronomy get a && echo "later, with room for $room"
          cachetronomy set a VALUE
        done'
      """)
    #expect(outcome.lines == [])
  }

  @Test func `both ways to an answer have one rule for kept failures`() throws {
    let lines = try run(
      """
      go() { cachetronomy run --cache-status 1 --failure-ttl 1ms "$@" -- date +%N; }
      a=$(cachetronomy run -- date +%N); b=$(go); [ "$a" != "$b" ] && echo ran
      """)
    #expect(lines == ["ran"])
  }

  @Test func `an empty word is a word on either way`() throws {
    let lines = try run(
      """
      cachetronomy run -- printf '<%s>' '' > /dev/null
      cachetronomy get -- printf '<%s>' ''; echo; rm -r $(mine)
      cachetronomy get -- printf '<%s>' ''; echo; cachetronomy delete -- printf '<%s>' ''; echo $?
      """)
    #expect(lines == ["<>", "<>", "0"])
  }
}
