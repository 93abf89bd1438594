import Foundation
import Synchronization
import Testing

@testable import Cachetronomy

/// The real Python package, in a virtual environment of its own beside the build.
enum Python {
  /// The interpreter; nil where the package cannot be installed.
  static let path: String? = {
    let home = Sandbox.products + "/python-cachetronomy-0.1.5"
    let script = """
      ("\(home)/bin/python" -c 'import cachetronomy' 2>/dev/null && exit 0
      rm -rf "\(home)"
      python3 -m venv "\(home)" &&
      "\(home)/bin/pip" install -q --disable-pip-version-check "cachetronomy[fast]==0.1.5") >&2
      """
    guard let outcome = try? Sandbox().bash(script), outcome.status == 0 else { return nil }
    return home + "/bin/python"
  }()

  /// What every script begins with: a cache that logs and closes as it should.
  static let opening = """
    import sys, logging, os, time; logging.disable(logging.CRITICAL)
    from cachetronomy import Cachetronaut
    c = Cachetronaut(db_path=os.environ['CACHETRONOMY_DB'])
    """
}

/// What a reader saw.
private final class Seen: Sendable {
  let state = Mutex((behind: [String](), reads: 0, isOver: false))
}

@Suite(.enabled(if: Python.path != nil, "skipped: cannot install cachetronomy 0.1.5 from PyPI"))
struct PythonTests {
  let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Runs a Python script over the sandbox's store, then a bash script.
  private func python(_ script: String, then bash: String = "") throws -> Sandbox.Outcome {
    let path = try #require(Python.path)
    return try sandbox.bash(
      """
      mkdir -p store; cat > script.py <<'PYTHON'
      \(Python.opening)
      \(script)
      c.shutdown()
      PYTHON
      "\(path)" script.py || echo "python failed"
      \(bash)
      """)
  }

  @Test func `what Python wrote is read, shown, evicted, swept and cleared`() throws {
    let outcome = try python(
      """
      from datetime import datetime, timezone
      c.set('json', {'b': [1, 2.5, None, True], 'é': 'ü'}, prefer='json', tags=['t', 'ü'])
      c.set('orjson', {'b': 1}, prefer='orjson')
      c.set('msgpack', {'n': {'deep': [1, -1, 2**40]}}, prefer='msgpack', version=3)
      c.set('clé 🔑', 'valeur', prefer='msgpack')
      c.set('none', None); c.set('empty', ''); c.set('zero', 0); c.set('bytes', b'\\x00\\xff')
      c.set('big', 2**70, prefer='json'); c.set('nan', float('nan'), prefer='json')
      c.set('when', datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
      c.set('old', 1, time_to_live=-5)
      from cachetronomy.core.types.profiles import Profile
      c.profile = Profile(name='py', time_to_live=77, tags=['x'])
      c.set('profiled', 1)
      c.evict_all(); c.get('json'); c.get('json', promote=True)
      """,
      then: #"""
        for k in json orjson msgpack 'clé 🔑' none empty zero big nan when old profiled; do
          cachetronomy get "$k"; echo " $?"
        done
        cachetronomy get bytes | od -An -tx1
        cachetronomy keys | wc -l
        cachetronomy show --json json | grep -oE '"tags":\[[^]]*\]|"format":"json"' | sort | xargs
        cachetronomy show --json msgpack | grep -o '"version":3'
        cachetronomy show --json profiled | grep -oE '"saved_by_profile":"py"|"tags":\["x"\]' | sort | xargs
        cachetronomy profile show py | head -2 | xargs
        cachetronomy log evictions --json | grep -c manual_eviction_clear_full_cache
        cachetronomy log access json | cut -f1
        cachetronomy clear --tag 'ü' --exact; cachetronomy has json; echo $?
        cachetronomy clear --tag t; cachetronomy has json; echo $?
        cachetronomy evict orjson; cachetronomy gc; cachetronomy has old; echo $?
        cachetronomy log evictions --limit 3 | cut -f2 | xargs
        sqlite3 store/cache.db 'PRAGMA integrity_check'
        """#)
    #expect(!outcome.text.contains("python failed"), "\(outcome.errors)")
    let lines = outcome.lines
    try #require(lines.count > 20, "\(outcome)")
    #expect(lines[0] == #"{"b": [1, 2.5, null, true], "é": "ü"} 0"#)
    #expect(lines[1] == #"{"b":1} 0"#)
    #expect(lines[2] == #"{"n":{"deep":[1,-1,1099511627776]}} 0"#)
    #expect(lines[3] == "valeur 0")
    #expect(lines[4...6] == ["null 0", "\"\" 0", "0 0"])
    #expect(lines[7] == "1180591620717411303424 0")
    #expect(lines[8] == "NaN 0")
    #expect(lines[9] == "\"2026-01-02T03:04:05+00:00\" 0")
    #expect(lines[10] == " 1")
    #expect(lines[11] == "1 0")
    #expect(lines[12] == " 00 ff")
    #expect(lines[13] == "13")
    #expect(lines[14] == "format:json tags:[t,ü]")
    #expect(lines[15] == "\"version\":3")
    #expect(lines[16] == "saved_by_profile:py tags:[x]")
    #expect(lines[17] == "py: time_to_live: 1m17s")
    #expect(Int(lines[18]) ?? 0 > 5)
    #expect(Int(lines[19]) ?? 0 >= 1)
    #expect(lines[20...22] == ["0", "1", "1"])
    #expect(lines[23] == "time_eviction manual_eviction tag_eviction")
    #expect(lines[24] == "ok")
  }

  @Test func `a file of Python's is imported exactly and not changed by a byte`() throws {
    let outcome = try python(
      """
      c.set('json', {'b': [1, 2.5, None, True], 'é': 'ü'}, prefer='json', tags=['t', 'ü'])
      c.set('msgpack', {'n': {'deep': [1, -1, 2**40]}}, prefer='msgpack', version=3)
      c.set('clé 🔑', 'valeur'); c.set('none', None); c.set('bytes', b'\\x00\\xff')
      c.set('nan', float('nan'), prefer='json'); c.set('old', 1, time_to_live=-5)
      """,
      then: #"""
        mv store theirs; cksum theirs/cache.db* > before
        cachetronomy import theirs/cache.db; echo $?
        cksum theirs/cache.db | grep -cFf - before
        columns='SELECT key, data, fmt, tags, version, saved_by_profile FROM cache ORDER BY key'
        diff <(sqlite3 theirs/cache.db "$columns") <(sqlite3 store/cache.db "$columns") && echo same
        cachetronomy keys | wc -l
        cachetronomy export > e; cachetronomy import --db copy.db e
        cachetronomy export --db copy.db | tail -n +2 | cmp - <(tail -n +2 e) && echo same
        """#)
    #expect(outcome.lines == ["0", "1", "same", "7", "same"])
    #expect(outcome.errors == "")
  }

  @Test func `what we wrote is read by Python with the values one would expect`() throws {
    _ = try sandbox.bash(
      #"""
      cachetronomy set text 'é'; printf '\0\377' | cachetronomy set bytes
      cachetronomy set json --format json '{"a": [1, 2.5, null]}' --tag t --tag ü
      cachetronomy set orjson --format orjson '{"a":1}' --tag t
      cachetronomy set old v --ttl 0; cachetronomy set forever v --ttl never
      cachetronomy run --tag r -- sh -c 'echo out; exit 0'
      for i in 1 2 3; do cachetronomy get text; done; cachetronomy stats > /dev/null
      printf 'ours: {time_to_live: 90s, tags: [a, é], max_items_in_memory: 7}' > p.yaml
      cachetronomy profile apply p.yaml -q; cachetronomy profile apply "$PACKAGE/profiles" -q
      """#)
    let cache = try Cachetronaut(path: sandbox.directory + "/store/cache.db", evicting: false)
    _ = try cache.memoize("square", ["n": 4]) { 16 }
    try cache.set("film", ["title": "Action Jackson"], format: "json")
    try cache.shutdown()
    let outcome = try python(
      """
      print(c.get('text'), c.get('bytes'), c.get('json'), c.get('orjson'), c.get('forever'))
      print(c.get('old'), c.get('square(n=4)'), c.get('film'))
      run = [k for k in c.store_keys() if k.startswith('run:')][0]
      r = c.get(run); print(r['stdout'], r['stderr'], r['exit_status'], r['argv'], r['order'])
      print(sorted((p.name, p.time_to_live, p.max_items_in_memory) for p in c.list_profiles()))
      print(c.get_profile('ours').tags)
      print([(s.key, s.access_count) for s in c.store_stats(1)])
      print(len(c.items()), c.key_metadata('json').tags)
      c.set('text', 'changed')
      c.clear_expired()
      print(sorted(k for k in c.store_keys() if 'run' not in k))
      c.clear_by_tags(['t', 'ü'], True); print('json' in c.store_keys(), 'orjson' in c.store_keys())
      c.clear_by_tags(['t'], False); print('orjson' in c.store_keys())
      """,
      then: """
        cachetronomy get text; echo
        sqlite3 store/cache.db "SELECT count(*) FROM entry_info WHERE key IN ('text', 'old', 'json')
          UNION ALL SELECT count(*) FROM entry_info WHERE key = 'bytes'; PRAGMA integrity_check"
        """)
    let lines = outcome.lines
    try #require(lines.count == 14, "\(outcome)")
    #expect(lines[0] == #"é b'\x00\xff' {'a': [1, 2.5, None]} {'a': 1} v"#)
    #expect(lines[1] == "None 16 {'title': 'Action Jackson'}")
    #expect(lines[2] == #"b'out\n' b'' 0 ['sh', '-c', 'echo out; exit 0'] [1, 4]"#)
    #expect(
      lines[3]
        == "[('ci', 21600, 10000), ('cloud', 120, 10000), ('default', 3600, 10000), "
        + "('github', 120, 10000), ('interactive', 5, 10000), ('kubernetes', 30, 10000), "
        + "('network', 300, 10000), ('ours', 90, 7), ('packages', 3600, 10000)]")
    #expect(lines[4] == "['a', 'é']")
    #expect(lines[5] == "[('text', 4)]")
    #expect(lines[6] == "8 ['t', 'ü']")
    #expect(
      lines[7] == "['bytes', 'film', 'forever', 'json', 'orjson', 'square(n=4)', 'text']")
    #expect(lines[8] == "False True")
    #expect(lines[9] == "False")
    #expect(lines[10] == "\"changed\"")
    #expect(lines[11...] == ["0", "1", "ok"])
  }

  @Test func `both at once lose nothing and our readers are never behind`() throws {
    let path = try #require(Python.path)
    let writers = 4
    let seconds = 20
    // Each Python process counts up under one key, and writes down in a file what is committed.
    try """
    \(Python.opening)
    import os
    me, end, n = sys.argv[1], time.time() + \(seconds), 0
    while time.time() < end:
        n += 1
        for attempt in range(20):
            try:
                c.set('seq' + me, n, prefer='msgpack'); break
            except Exception: time.sleep(0.01)
        with open('tmp' + me, 'w') as f: f.write(str(n))
        os.rename('tmp' + me, 'done' + me)
        if n % 10 == 0: c.set('py%s-%d' % (me, n), n, prefer='json')
    print(n)
    c.shutdown()
    """.write(toFile: sandbox.directory + "/writer.py", atomically: true, encoding: .utf8)
    _ = try sandbox.bash("cachetronomy set start 1")
    let seen = Seen()
    let directory = sandbox.directory
    let reader = Thread {
      defer { seen.state.withLock { $0.isOver = true } }
      guard
        let cache = try? Cachetronaut(path: directory + "/store/cache.db", evicting: false)
      else { return }
      let end = Date().addingTimeInterval(Double(seconds))
      while Date() < end {
        for me in 0..<writers {
          guard
            let text = try? String(
              contentsOfFile: "\(directory)/done\(me)", encoding: .utf8),
            let committed = Int(text)
          else { continue }
          let value = (try? cache.get("seq\(me)", as: Int.self)) ?? -1
          seen.state.withLock {
            $0.reads += 1
            if value < committed { $0.behind.append("seq\(me): \(value) < \(committed)") }
          }
        }
      }
      try? cache.shutdown()
    }
    reader.start()
    let outcome = try sandbox.bash(
      """
      for i in 0 1 2 3; do "\(path)" writer.py $i > out$i 2>&1 & done
      end=$(($(date +%s) + \(seconds)))
      for i in 0 1 2 3; do
        ( n=0
          while [ $(date +%s) -lt $end ]; do
            n=$((n + 1)); cachetronomy set our$i-$n $n || echo "set failed"
            [ "$(cachetronomy get our$i-$n)" = $n ] || echo "our$i-$n is lost"
            if [ -f done$i ]; then
              c=$(cat done$i); v=$(cachetronomy get seq$i)
              [ "$v" -ge "$c" ] || echo "seq$i: $v < $c"
            fi
          done; echo $n > count$i ) &
      done
      wait
      for i in 0 1 2 3; do
        n=$(cat count$i); [ $(cachetronomy keys --match "our$i-*" | wc -l) = $n ] || echo "lost: $n"
        n=$(tail -1 out$i); [ "$(cachetronomy get seq$i)" = $n ] || echo "seq$i is not $n"
        [ $(cachetronomy keys --match "py$i-*" | wc -l) = $((n / 10)) ] || echo "lost of py$i: $n"
      done
      sqlite3 store/cache.db 'PRAGMA integrity_check'
      """)
    for _ in 0..<500 where seen.state.withLock({ !$0.isOver }) { usleep(20_000) }
    #expect(outcome.lines == ["ok"], "\(outcome)")
    #expect(seen.state.withLock { $0.behind } == [])
    #expect(seen.state.withLock { $0.reads } > 100)
  }
}
