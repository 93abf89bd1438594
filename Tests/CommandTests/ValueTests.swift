import Testing

/// `set`, `get` and the commands around them.
@Suite struct ValueTests {
  @Test(arguments: ["", "a", "\\0", "\\377\\376", "line\\n", "\\303\\251", "{\"a\":1}", "\\n\\n"])
  func `any bytes come back as they were`(bytes: String) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      "printf '\(bytes)' > f; cachetronomy set k < f; cachetronomy get k | cmp - f && echo same")
    #expect(outcome.lines == ["same"])
  }

  @Test func `100 MB come back as they were`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      head -c 100000000 /dev/urandom > f
      cachetronomy set k < f; cachetronomy get k > copy; cmp f copy && echo same
      head -c 100000000 /dev/zero > z
      cachetronomy set k --file z; cachetronomy get k | cmp - z && echo same
      """)
    #expect(outcome.lines == ["same", "same"])
  }

  @Test func `values from arguments, a dash, a file, and bytes that are no text`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      cachetronomy set a value; cachetronomy get a; echo
      echo piped | cachetronomy set b -; cachetronomy get b
      echo filed > f; cachetronomy set c --file f; cachetronomy get c
      cachetronomy set d $'x\xffy'; cachetronomy get d | od -An -tx1
      cachetronomy set e ''; cachetronomy get e | wc -c
      cachetronomy set -- -f -v; cachetronomy has -- -f; cachetronomy get f
      """#)
    #expect(outcome.lines == ["value", "piped", "filed", " 78 ff 79", "0"])
  }

  @Test func `json is checked and kept as it was written`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      cachetronomy set j --format json '{"b": 1,  "a": [1.50, "\u00e9"]}'; cachetronomy get j; echo
      cachetronomy set s --format json '"text\n"'; cachetronomy get s; echo; cachetronomy get -r s
      printf '\x82\xa1a\x01\xa1b\xc3' | cachetronomy set m --format msgpack; cachetronomy get m; echo
      cachetronomy set x --format json '{"a":'; echo $?
      cachetronomy set x --format yaml 'a'; echo $?
      cachetronomy has x; echo $?
      """#)
    #expect(
      outcome.lines == [
        #"{"b": 1,  "a": [1.50, "\u00e9"]}"#, #""text\n""#, "text", #"{"a":1,"b":true}"#,
        "65", "64", "1",
      ])
  }

  @Test func `keys keep their bytes, composed and decomposed are two`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      cachetronomy set $'\u00e9' nfc; cachetronomy set $'e\u0301' nfd
      cachetronomy get $'\u00e9'; echo; cachetronomy get $'e\u0301'; echo
      cachetronomy set 'key with "quotes" and
      newline' v; cachetronomy keys -z | tr -cd '\0' | wc -c
      """#)
    #expect(outcome.lines == ["nfc", "nfd", "3"])
  }

  @Test func `a missing or expired key is 1 and silent`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for c in get has show delete; do cachetronomy $c nothing; echo $?; done
      cachetronomy set k v --ttl 0
      for c in get has; do cachetronomy $c k; echo $?; done
      cachetronomy set n v --ttl never; cachetronomy get n; echo " $?"
      """)
    #expect(outcome.lines == ["1", "1", "1", "1", "1", "1", "v 0"])
    #expect(outcome.errors == "")
  }

  @Test func `digits of a digest or the command name a recording`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- sh -c 'echo out; echo err >&2' 2>/dev/null
      d=$(cachetronomy keys | sed 's/.*#//')
      cachetronomy get "#${d:0:6}"; cachetronomy get --stderr "#$d"
      cachetronomy get -- sh -c 'echo out; echo err >&2'
      cachetronomy has -- sh -c 'echo other'; echo $?
      cachetronomy run --scope s -- true; cachetronomy has --scope s -- true; echo $?
      cachetronomy show --json "#$d" | grep -o '"exit_status":0'
      cachetronomy delete -- sh -c 'echo out; echo err >&2'; echo $?
      cachetronomy get "#$d"; echo $?
      """)
    #expect(
      outcome.lines == ["out", "out", "err", "out", "1", "0", "\"exit_status\":0", "0", "1"])
  }

  @Test func `clear in all its forms, each with its reason`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set a 1 --tag x; cachetronomy set b 2 --tag x --tag y; cachetronomy set c 3
      cachetronomy set d 4 --ttl 0; cachetronomy set e 5; cachetronomy set f 6 --tag "q,'\\""
      cachetronomy clear --tag x --exact; cachetronomy keys | xargs
      cachetronomy clear --tag y --tag nothing; cachetronomy keys | xargs
      cachetronomy clear --tag "q,'\\""; cachetronomy keys | xargs
      cachetronomy clear --expired; cachetronomy keys | xargs
      cachetronomy delete e; cachetronomy clear --saved-by default; cachetronomy keys | wc -l
      cachetronomy set g 1; cachetronomy clear --all; cachetronomy keys | wc -l
      sqlite3 store/cache.db 'SELECT key, reason FROM eviction_log ORDER BY id'
      cachetronomy clear; echo $?; cachetronomy clear --all --expired; echo $?
      """)
    #expect(
      outcome.lines == [
        "b c d e f", "c d e f", "c d e", "c e", "0", "0", "a|tag_eviction", "b|tag_eviction",
        "f|tag_eviction", "d|time_eviction", "e|user_eviction", "c|profile_eviction", "64", "64",
      ])
  }

  @Test func `gc removes what is expired, logs it and gives the space back`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3; do head -c 500000 /dev/urandom | cachetronomy set old$i --ttl 0; done
      cachetronomy set new v; cachetronomy get new; echo
      cachetronomy gc; cachetronomy keys
      sqlite3 store/cache.db 'SELECT key, reason, last_access_count FROM eviction_log ORDER BY key'
      [ $(stat -c %s store/cache.db) -lt 200000 ] && echo shrunk
      cachetronomy gc --json | grep -o '"entries":0' | head -1
      cachetronomy gc --db nothing.db; echo $?; ls nothing.db 2>/dev/null
      env -u CACHETRONOMY_DB cachetronomy gc; echo $?; ls -A .cache 2>/dev/null
      """)
    #expect(
      outcome.lines == [
        "v", "new", "old1|time_eviction|0", "old2|time_eviction|0", "old3|time_eviction|0",
        "shrunk", "\"entries\":0", "66", "0",
      ])
  }

  @Test func `lists, records and counters agree with each other`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v --tag t --entry-version 3
      for i in 1 2 3; do cachetronomy get k; done; cachetronomy get missing
      cachetronomy list --json | grep -oE '"(kind|tags|version|state)":[^,}]*' | xargs
      cachetronomy show --json k | grep -oE '"access_count":[0-9]+'
      cachetronomy get --json k | grep -oE '"value":"v"'
      cachetronomy stats --json | grep -oE '"(hits|absent|hit_rate|entries)":[0-9.]+' | head -5 | xargs
      sqlite3 store/cache.db "SELECT access_count FROM access_log WHERE key = 'k'"
      """)
    #expect(outcome.lines.first == "vvvkind:value tags:[t] version:3 state:fresh")
    #expect(
      outcome.lines.dropFirst() == [
        "\"access_count\":3", "\"value\":\"v\"",
        "entries:1 entries:\(Sandbox.sharesMemory ? 1 : 0) hits:4 absent:1 hit_rate:0.8", "4",
      ])
  }

  @Test func `files are readable by their owner alone`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      "umask 0; cachetronomy set k v; cachetronomy get k; stat -c '%a' store store/* | sort | uniq -c"
    )
    #expect(["v      6 600", "v      7 600"].contains(outcome.lines.first))
    #expect(outcome.lines.last == "      1 700")
  }

  @Test func `the default store is in the user's cache directory`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      unset CACHETRONOMY_DB
      cachetronomy set k v; ls .cache/cachetronomy/cachetronomy.db
      XDG_CACHE_HOME=$HERE/x cachetronomy set k v; ls x/cachetronomy/cachetronomy.db
      XDG_CACHE_HOME=relative cachetronomy get k; ls relative 2>/dev/null
      cachetronomy --db first.db set k first; cachetronomy get --db=first.db k
      """)
    #expect(
      outcome.lines == [
        ".cache/cachetronomy/cachetronomy.db", "x/cachetronomy/cachetronomy.db", "vfirst",
      ])
  }
}
