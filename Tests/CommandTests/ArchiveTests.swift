import Foundation
import Testing

/// `export` and `import`.
@Suite struct ArchiveTests {
  /// A store with entries of every kind.
  private static let filled = #"""
    cachetronomy set text value --tag a --tag 'é"' --entry-version 3 --ttl 2h
    cachetronomy set never v --ttl never
    cachetronomy set empty ''
    printf '\x00\xff\xfe' | cachetronomy set bytes
    printf 'nul\0del\x7f"\\\t\r\n' | cachetronomy set odd
    cachetronomy set $'e\u0301' nfd; cachetronomy set $'\u00e9' nfc; cachetronomy set $'\u2028\U1f600' x
    cachetronomy set j --format json '{"b": 1,  "a": [1.50, "\u00e9"]}'
    cachetronomy set oj --format orjson '[1]'
    printf '\x82\xa1a\x01\xa1b\xc3' | cachetronomy set m --format msgpack
    printf '\xd9\x01x' | cachetronomy set long-form --format msgpack
    head -c 2000000 /dev/zero | tr '\0' y | cachetronomy set large
    cachetronomy set old v --ttl 0
    cachetronomy run -- sh -c 'echo out; echo err >&2' > /dev/null 2>&1
    cachetronomy run -- printf '\377%s' $'\xff\xfe' > /dev/null
    cachetronomy run -- seq 1 500000 | cksum
    """#

  @Test func `what was exported comes back the same, byte for byte`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.filled)
      cachetronomy export > one.jsonl; echo $?
      cachetronomy import --db other.db one.jsonl; echo $?
      cachetronomy export --db other.db > two.jsonl
      diff <(tail -n +2 one.jsonl) <(tail -n +2 two.jsonl) && echo same
      cachetronomy import --db third.db - < <(cat two.jsonl)
      cachetronomy export --db third.db | tail -n +2 | cmp - <(tail -n +2 one.jsonl) && echo same
      head -1 one.jsonl | grep -c '{"cachetronomy_export":1,'
      cachetronomy run --db other.db -v -- seq 1 500000 2> why | cksum; grep -c HIT why
      cachetronomy get --db other.db odd | cmp - <(cachetronomy get odd) && echo odd
      sqlite3 other.db 'PRAGMA integrity_check'
      diff <(sqlite3 store/cache.db 'SELECT * FROM cache ORDER BY key') \\
        <(sqlite3 other.db 'SELECT * FROM cache ORDER BY key') && echo rows
      """)
    let sum = outcome.lines.first ?? ""
    #expect(
      outcome.lines.dropFirst() == [
        "0", "0", "same", "same", "1", sum, "1", "odd", "ok", "rows",
      ])
    #expect(outcome.errors == "")
  }

  @Test func `profiles and logs travel with all, and can be brought in twice`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'ci:\\n  time_to_live: 2h\\n  tags: [x]\\n  rules:\\n  - match: ls **\\n    cache: false\\n' > p.yaml
      cachetronomy profile apply p.yaml > /dev/null
      cachetronomy set k v; cachetronomy get k > /dev/null; cachetronomy get k > /dev/null
      cachetronomy set gone v; cachetronomy delete gone
      cachetronomy export --all > all.jsonl
      cachetronomy import --db o.db all.jsonl; cachetronomy import --db o.db all.jsonl
      cachetronomy export --db o.db --all | tail -n +2 | sort > b; tail -n +2 all.jsonl | sort | diff - b && echo same
      """)
    #expect(outcome.lines == ["same"])
    #expect(outcome.errors == "")
  }

  @Test func `only some entries are exported`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set a 1 --tag x; cachetronomy set b 2 --tag y; cachetronomy set cc 3
      count() { cachetronomy export "$@" | sed '1d;$d' | wc -l; }
      count; count --tag x; count --tag x --tag y; count --match 'c*'; count --saved-by default
      count --saved-by other; count --since 1h; count --since 0
      "$PACKAGE"/Tests/older 7200 "key = 'a'"
      count --since 1h; count --since never; cachetronomy export --since soon; echo $?
      cachetronomy export --db none.db | wc -l; ls none.db 2>/dev/null
      """)
    #expect(outcome.lines == ["3", "1", "2", "1", "3", "0", "3", "0", "2", "3", "64", "2"])
  }

  @Test func `conflicts are settled as wanted, and a dry run changes nothing`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k old; cachetronomy set same v; cachetronomy export > e.jsonl
      cachetronomy set k new; cachetronomy set more x
      cachetronomy import e.jsonl; cachetronomy get k; echo
      cachetronomy import --on-conflict keep e.jsonl; cachetronomy get k; echo
      cachetronomy import --on-conflict replace --dry-run e.jsonl; cachetronomy get k; echo
      cachetronomy import --on-conflict replace e.jsonl; cachetronomy get k; echo
      cachetronomy set --db o.db k before; sqlite3 o.db 'UPDATE entry_info SET created = 1'
      cachetronomy import --db o.db e.jsonl; cachetronomy get --db o.db k; echo
      cachetronomy import --ttl never --on-conflict replace e.jsonl
      cachetronomy show --json k | grep -o '"expires_at":null'
      cachetronomy import --dry-run --db none.db e.jsonl; ls none.db 2>/dev/null
      cachetronomy import --on-conflict nothing e.jsonl; echo $?
      cachetronomy import none.jsonl; echo $?
      """)
    #expect(
      outcome.lines == ["new", "new", "new", "old", "old", "\"expires_at\":null", "64", "66"])
    let said = outcome.errors.split(separator: "\n").filter { $0.contains("would import") }
    #expect(said.count == 2 && said.allSatisfy { $0.contains("would import 2 entries") })
  }

  @Test func `keys and values behind tabs, told by their first line`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      printf 'a\t1\nb\ttwo\twords\nc\t\n' > t; cachetronomy import --ttl never t
      cachetronomy get a; echo; cachetronomy get b; echo; cachetronomy get c | wc -c
      printf '{a\t1\n' | cachetronomy import -; echo $?
      printf '{a\t1\n' | cachetronomy import --format tsv -; cachetronomy get '{a'; echo
      printf 'a\t1\nno tab\n' | cachetronomy import -; echo $?
      printf 'x\t1\nno tab\n\t2\ny\t3' | cachetronomy import --skip-bad -; cachetronomy keys | xargs
      """#)
    #expect(
      outcome.lines == ["1", "two\twords", "0", "65", "1", "65", "a b c x y {a"])
    #expect(outcome.errors.contains("cannot import 'standard input': line 2: no tab"))
    #expect(outcome.errors.contains("line 3: the key is empty"))
  }

  @Test func `another store is read and left as it was`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.filled)
      sqlite3 store/cache.db 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null
      before=$(cksum < store/cache.db)
      cachetronomy import --db o.db store/cache.db; echo $?
      [ "$before" = "$(cksum < store/cache.db)" ] && echo untouched
      diff <(cachetronomy export | tail -n +2) <(cachetronomy export --db o.db | tail -n +2) && echo same
      sqlite3 foreign.db 'CREATE TABLE t (a)'; cachetronomy import foreign.db; echo $?
      cachetronomy import - < store/cache.db; echo $?
      """)
    #expect(outcome.lines.dropFirst() == ["0", "untouched", "same", "74", "65"])
  }

  @Test func `output that cannot be written, and a reader who leaves`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3; do head -c 400000 /dev/urandom | cachetronomy set k$i; done
      cachetronomy export > /dev/full; echo $?
      cachetronomy export | head -1 | wc -l; echo ${PIPESTATUS[0]}
      """)
    #expect(outcome.lines == ["74", "1", "141"])
    #expect(
      outcome.errors == "cachetronomy: cannot write to 'stdout': No space left on device\n"
    )
  }

  // MARK: hostile files

  /// Makes a line with a true digest: `sign '{"key":"k",...'`.
  private static let sign = #"""
    sign() { printf '%s,"digest":"%s"}\n' "$1" "$(printf %s "$1" | b2sum -l 128 | cut -d' ' -f1)"; }
    head='{"cachetronomy_export":1,"created_at":"x","version":"0.1.0"}'
    good='"format":"msgpack","text":"v","expires_at":"9999-12-31T23:59:59.999999+00:00","profile":"default"'
    """#

  @Test(arguments: [
    (#"echo '{"key":"k","format"'"#, "cut short"),
    (#"sign "{\"key\":\"k\",$good" | sed 's/"v"/"w"/'"#, "digest is wrong"),
    (#"sign "{\"key\":\"k\",$good,\"version\":99999999999999999999""#, "no whole number"),
    (#"sign "{\"key\":\"k\",$good,\"version\":1e400""#, "line 3"),
    (#"sign "{\"key\":\"k\",$good,\"tags\":$(printf '[%.0s' {1..5000})""#, "too deep"),
    (#"sign "{\"key\":\"k\",$good,\"key\":\"l\"""#, "stands twice"),
    (#"sign "{\"key\":\"k\",$good,\"more\":1""#, "unknown member 'more'"),
    (#"sign '{"key":"k","format":"json","data":"1","profile":"p"'"#, "'expires_at' is missing"),
    (#"sign "{\"key\":\"k\",${good/text/data_base64}""#, "bad base64"),
    (#"sign "{\"key\":\"k\",${good/msgpack/json}""#, "requires the format msgpack"),
    (#"sign "{\"key\":\"k\",${good/msgpack/yaml}""#, "line 3"),
    (#"sign "{\"key\":\"k\",${good/9999-/-999-}""#, "no time"),
    (
      #"sign "{\"key\":\"k\",$good,\"origin\":\"set\",\"created_at\":\"1900-01-01T00:00:00.000000+00:00\",\"size_bytes\":1""#,
      "before 1970"
    ),
    (
      #"sign "{\"key\":\"k\",$good,\"origin\":\"set\",\"created_at\":\"2000-01-01\",\"size_bytes\":-1""#,
      "below zero"
    ),
    (
      #"sign "{\"key\":\"k\",$good,\"origin\":\"run\",\"created_at\":\"2000-01-01\",\"size_bytes\":1""#,
      "line 3"
    ),
    (#"sign "{\"key\":\"k\",$good,\"chunks\":3""#, "go together"),
    (#"sign "{\"key\":\"$(printf '%070000d' 0)\",$good""#, "70000 bytes"),
    (#"sign "{\"key\":\"a\\u0000b\",$good""#, "NUL"),
    (#"sign "{\"key\":\"\",$good""#, "empty"),
    (#"sign "{\"key\":\"$(printf '\xff')\",$good""#, "not UTF-8"),
    (#"sign "{\"key\":\"\\ud800\",$good""#, "surrogate"),
    (#"sign "{\"key\":7,$good""#, "no text"),
    (#"sign '{"chunk":0,"of":"x","data_base64":"AQEAAABh"'"#, "without its entry"),
    (#"sign '{"profile":{"name":"p","settings":{"time_to_live":"-4"}}'"#, "line 3"),
    (#"sign '{"eviction":{"id":1}'"#, "bad row"),
    (#"echo"#, "cut short"),
    (#"sign "{\"key\":\"k\",$good,\"tags\":[$(printf '1,%.0s' {1..250000})1]""#, "too many values"),
    (#"sign '{"active_profile":""'"#, "a bad name"),
    (#"sign '{"end":1,"entries":1'"#, "a bad last line"),
  ])
  func `a wrong line is named, and nothing of its file is taken`(
    line: String, complaint: String
  ) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.sign)
      { echo "$head"; sign "{\\"key\\":\\"a\\",$good"; \(line); sign "{\\"key\\":\\"z\\",$good"
        sign '{"end":true,"entries":2'; } > f
      cachetronomy import f; echo $?; cachetronomy keys | xargs
      cachetronomy import --skip-bad f; echo $?; cachetronomy keys | xargs
      """)
    #expect(outcome.text == "65\n\n0\na z\n", "\(outcome.errors)")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.contains("cannot import 'f': line 3: ") })
    #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
  }

  @Test func `a file cut short between two entries, or with more than it says`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3; do cachetronomy set k$i v; done; cachetronomy export > e
      try() { cachetronomy import --db o.db f; echo $?; cachetronomy import --skip-bad --db o.db f
        cachetronomy keys --db o.db | xargs; rm o.db*; }
      head -3 e > f; try
      sed 3d e > f; try
      sed '$p' e > f; try
      { cat e; sed -n 2p e; } > f; try
      head -1 e > f; try
      """)
    #expect(
      outcome.lines == [
        "65", "k1 k2", "65", "k1 k3", "65", "k1 k2 k3", "65", "k1 k2 k3", "65",
      ])
    let said = outcome.errors.split(separator: "\n").filter { $0.contains("cannot import") }
    #expect(said.count == 10, "\(outcome.errors)")
    #expect(outcome.errors.contains("line 4: cut short: the line that ends an export is missing"))
    #expect(outcome.errors.contains("line 4: entries written: 3, found here: 2"))
    #expect(outcome.errors.contains("line 6: a line after the last"))
  }

  @Test func `a line without an end takes little, and what follows is found`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v; cachetronomy export > e
      { head -1 e; truncate -s 388M z; cat z; echo; tail -n +2 e; } > f
      cachetronomy import --db o.db f; echo $?; ls o.db 2> /dev/null
      cachetronomy import --db o.db --skip-bad f; cachetronomy keys --db o.db
      """)
    #expect(outcome.lines == ["65", "k"])
    #expect(outcome.errors.contains("line 2: longer than 402653184 bytes"), "\(outcome.errors)")
  }

  @Test func `a store is made for what is right, not before`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      echo bad > f; printf 'k\\tv\\n' > t
      cachetronomy import --db new/o.db f; echo $?; cachetronomy import --db new/o.db none; echo $?
      ls new 2> /dev/null
      cachetronomy import --db new/o.db t; cachetronomy get --db new/o.db k
      """)
    #expect(outcome.lines == ["65", "66", "v"])
  }

  @Test func `the profile in use travels with all`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'ci: {}\\nother: {}\\n' > p.yaml; cachetronomy profile apply p.yaml > /dev/null
      cachetronomy profile use ci; cachetronomy export --all > e
      active() { cachetronomy profile list --json "$@" | jq -r 'select(.active).name'; }
      cachetronomy import --db o.db e; active --db o.db
      cachetronomy profile use other; cachetronomy import e; active
      cachetronomy import --on-conflict replace e; active
      """)
    #expect(outcome.lines == ["ci", "other", "ci"], "\(outcome.errors)")
  }

  @Test func `what is no export is refused whole`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      : > empty; echo '{"key":1}' > other; echo '{"cachetronomy_export":2}' > newer; echo text > text
      head -c 100000 /dev/zero > zeros
      for f in empty other newer text zeros; do cachetronomy import $f; echo $?; done
      cachetronomy import .; echo $?
      """)
    #expect(outcome.lines == ["65", "65", "65", "65", "65", "66"])
  }

  @Test func `chunks that are missing, damaged or of another entry`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- seq 1 500000 > /dev/null; cachetronomy set z v
      cachetronomy export > e; wc -l < e | tr -d ' '
      try() { cachetronomy import --db o.db f; echo $?; cachetronomy import --skip-bad --db o.db f
        cachetronomy keys --db o.db | xargs; sqlite3 o.db 'SELECT count(*) FROM chunk'; rm o.db*; }
      sed 4d e > f; try
      sed '4s/A/B/' e > f; try
      head -4 e > f; try
      """)
    let count = Int(outcome.lines.first ?? "") ?? 0
    #expect(count > 10)
    #expect(outcome.lines.dropFirst() == ["65", "z", "0", "65", "z", "0", "65", "0"])
  }

  @Test func `killed half-way it leaves whole entries, and goes on when repeated`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in $(seq 1 3000); do printf 'key%d\\t%0300d\\n' $i $i; done > t
      cachetronomy import --db source.db t
      cachetronomy run --db source.db -- seq 1 400000 > /dev/null
      cachetronomy export --db source.db > e
      for i in 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 1597 2584 4181; do
        CACHETRONOMY_FAULT=$i cachetronomy import e 2>/dev/null; echo $? >> statuses
        sqlite3 store/cache.db 'PRAGMA integrity_check' | grep -v '^ok$'
        cachetronomy export 2>> damaged | sed '1d;$d' | sort > now
        sed '1d;$d' e | sort | comm -13 - now | wc -l | grep -v '^0$'
      done
      grep -c 137 statuses | grep -q '^0$' && echo "never killed"
      cat damaged
      cachetronomy import e; cachetronomy export | tail -n +2 | cmp - <(tail -n +2 e) && echo whole
      """)
    #expect(outcome.text == "whole\n")
  }
}
