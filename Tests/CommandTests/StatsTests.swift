import Testing

/// `stats` in all its forms.
@Suite struct StatsTests {
  /// Lookups of two profiles, two tags and three commands, one of them of a hostile name.
  private static let used = #"""
    printf 'one:\n  tags: [a]\ntwo:\n  tags: ["<b>&"]\n' > p.yaml
    cachetronomy profile apply p.yaml > /dev/null
    evil=$'e"v\\i\nl<script>'; printf '#!/bin/sh\necho evil\n' > "$evil"; chmod +x "$evil"
    for i in 1 2 3; do
      cachetronomy run --profile one -- echo 12345 > /dev/null
      cachetronomy run --profile two -- /bin/sh -c 'echo 123' > /dev/null
      cachetronomy run --profile two -- ./"$evil" > /dev/null
    done
    cachetronomy run --profile two --refresh -- sh -c 'echo 123' > /dev/null
    cachetronomy get nothing; cachetronomy set "k<i>\"'&" v; cachetronomy get "k<i>\"'&" > /dev/null
    """#

  @Test func `lookups are told apart by profile, tag and command`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      \#(Self.used)
      sqlite3 store/cache.db 'UPDATE entry_info SET cost = 2000000 WHERE key LIKE "run:echo%"'
      "$PACKAGE"/Tests/older 0
      cachetronomy run --profile one -- echo 12345 > /dev/null
      cachetronomy stats --json > j
      jq -c '[.hits, .misses.absent, .misses.forced, .served_bytes, .time_saved_seconds > 2]' j
      jq -c '.profiles[] | [.profile, .hits, .misses.absent, .served_bytes]' j | sort
      jq -c '.tags[] | [.tag, .hits]' j | sort
      jq -c '.commands[] | [.command, .hits, .misses.absent + .misses.forced]' j | sort
      jq -r '.commands[0].command, .cheap.hit_seconds' j
      """#)
    #expect(
      outcome.lines == [
        "[8,4,1,37,true]", #"["default",1,1,1]"#, #"["one",3,1,18]"#, #"["two",4,2,18]"#,
        #"["<b>&",4]"#, #"["a",3]"#, #"["e\"v\\\\i\\nl<script>",2,1]"#, #"["echo",3,1]"#,
        #"["sh",2,2]"#, "echo", "0.001",
      ], "\(outcome.errors)")
  }

  @Test func `a table, with bars on a terminal`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3 4; do cachetronomy set a v; cachetronomy get a > /dev/null; done
      cachetronomy set b v; cachetronomy get b > /dev/null
      cachetronomy stats | tail -3
      script -qec 'cachetronomy stats' /dev/null | tail -3 | tr -d '\\r'
      cachetronomy run -- true
      sqlite3 store/cache.db 'UPDATE entry_info SET cost = 700 WHERE origin = 1'
      "$PACKAGE"/Tests/older 0
      cachetronomy stats | tail -2 | cut -c1-15; cachetronomy stats | grep worth
      cachetronomy stats --top 0 | grep -c READS
      """)
    #expect(
      outcome.lines == [
        "READS  KEY", "    4  a", "    1  b", "READS              KEY", "    4  ██████████  a",
        "    1  ██▌         b", " TOOK  QUICKER ", "700us  run:true",
        "not worth it  1 recording of what takes less than 1ms", "0",
      ])
  }

  @Test func `reset sets the counters to zero and leaves the entries`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      \(Self.used)
      cachetronomy delete "k<i>\\"'&"; cachetronomy get nothing
      before=$(cachetronomy stats --json | jq -r .since)
      cachetronomy stats --reset; echo $?
      cachetronomy stats --json > j
      jq -c '[.hits, .misses, .served_bytes, .evictions, .profiles, .tags, .commands, .hit_rate]' j
      jq -r --arg b "$before" '.since > $b, .store.entries, (.top | length)' j
      cachetronomy get nothing; cachetronomy stats --json | jq .misses.absent
      cachetronomy stats --reset --db none.db; echo $?; ls none.db 2> /dev/null
      """)
    #expect(
      outcome.lines == [
        "0",
        #"[0,{"absent":0,"expired":0,"forced":0,"corrupt":0},0,{},[],[],[],null]"#,
        "true", "4", "4", "1", "0",
      ])
  }

  @Test func `many names share one row`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in $(seq 1 620); do echo "{\\"key\\":\\"k$i\\"}"; done > /dev/null
      cachetronomy set k v $(for i in $(seq 1 620); do printf -- '--tag t%d ' $i; done)
      cachetronomy get k > /dev/null; cachetronomy stats --json > j
      jq '.tags | length' j; jq '[.tags[] | select(.tag == "(other)")][0].hits' j
      """)
    #expect(outcome.lines == ["501", "120"])
  }

  @Test func `numbers that somebody else wrote into the store`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v; most=9223372036854775807
      sqlite3 store/cache.db "INSERT INTO state VALUES ('tally/command/x', 'garbage'),
        ('tally/tag/', '1 2 3 4 5 6 7 $most'), ('tally/profile/p', X'ff00'),
        ('tally/profile/big', '$most $most 1 1 1 1 $most 1'), ('hits', $most),
        ('misses_absent', -$most + 1), ('stale_hits', $most), ('saved', -5), ('served', 'x')"
      cachetronomy get k > /dev/null
      for how in '' --json '--format openmetrics' '--html -'; do
        cachetronomy stats $how > out; echo $?
      done
      """)
    #expect(outcome.lines == ["0", "0", "0", "0"], "\(outcome.errors)")
  }

  // MARK: for Prometheus

  private static let reader =
    (try? Sandbox().bash("/usr/bin/python3 -c 'import prometheus_client'").status) == 0

  @Test(.enabled(if: reader, "python3-prometheus-client is not installed"))
  func `metrics are read by Prometheus' own library`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      \#(Self.used)
      cachetronomy set t v --tag $'a"\\b\nc'; cachetronomy get t > /dev/null
      cachetronomy delete nothing t 2> /dev/null; cachetronomy clear --all
      cachetronomy stats --format openmetrics > m; tail -1 m
      /usr/bin/python3 - <<'END'
      from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
      from prometheus_client.parser import text_string_to_metric_families as old
      text = open('m').read()
      for read in strict, old:
        samples = [s for f in read(text) for s in f.samples]
        print(len(samples) > 40, len({(s.name, str(sorted(s.labels.items()))) for s in samples}) == len(samples))
        for s in samples:
          if s.name == 'cachetronomy_tag_lookups_total' and s.labels['result'] == 'hit':
            print(repr(s.labels["tag"]), int(s.value))
      END
      if command -v promtool > /dev/null; then promtool check metrics < m; else :; fi; echo $?
      """#)
    let rows: Set = ["True True", #"'a"\\b\nc' 1"#, "'a' 2", "'<b>&' 4"]
    let lines = outcome.lines
    try #require(lines.count == 10, "\(outcome.errors)\(outcome.text)")
    #expect(lines[0] == "# EOF" && lines[9] == "0", "\(outcome.text)")
    #expect(Set(lines[1...4]) == rows && Set(lines[5...8]) == rows, "\(outcome.text)")
  }

  // MARK: the page

  @Test func `a page holds nothing but its own markup, and is there whole`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      \#(Self.used)
      cachetronomy stats --html page.html; echo $?
      grep -ciE '<script|<b>&|k<i>|https?:|src=|@import' page.html
      grep -q '&lt;script&gt;' page.html; echo $?; grep -c 'k&lt;i&gt;&quot;&#39;&amp;' page.html
      /usr/bin/python3 - <<'END'
      import html.parser
      names = set()
      class Reader(html.parser.HTMLParser):
        def handle_starttag(self, name, attributes): names.add(name)
      Reader().feed(open('page.html').read())
      print(sorted(names - set('b body br code div footer h1 h2 head header html i li meta ol p section span style table td th thead title tr ul'.split())))
      END
      echo old > there; ln -s there link; chmod 640 there; cachetronomy stats --html link
      readlink link; stat -c %a there; tail -1 there
      cachetronomy stats --html - | head -1
      cachetronomy stats --html nowhere/p.html; echo $?; cachetronomy stats --html /dev/full; echo $?
      cachetronomy stats --html . ; echo $?; ls -A | grep -c 'new-'
      """#)
    #expect(
      outcome.lines == [
        "0", "0", "0", "1", "[]", "there", "640", "</body></html>", "<!doctype html>", "74", "74",
        "74", "0",
      ], "\(outcome.errors)")
  }

  // MARK: again and again

  @Test func `watch prints a line at each beat into a pipe`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v; cachetronomy get k > /dev/null
      cachetronomy stats --watch --interval 50ms | head -3; echo ${PIPESTATUS[0]}
      cachetronomy stats --watch --interval 50ms --json | head -2 | jq -c .hits
      cachetronomy stats --watch > lines & until [ -s lines ]; do sleep 0.02; done
      kill -INT $!; wait $!; echo $?
      """)
    let line = "hits 1 (100%), misses 0, 0us saved, 1 entry"
    #expect(outcome.lines == [line, line, line, "141", "1", "1", "0"])
  }

  @Test func `watch draws over itself on a terminal, and gives the screen back`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy set k v; : > t
      { until [ "$(grep -ac sqlite t)" -ge 3 ]; do sleep 0.02; done; printf '\\003'; } |
        script -qefc 'exec cachetronomy stats --watch --interval 50ms' t > /dev/null; echo $?
      grep -aoc $'\\e\\[?1049h' t; grep -aoc $'\\e\\[?25h\\e\\[?1049l' t; grep -ac $'\\e\\[2J' t
      """)
    #expect(outcome.lines == ["0", "1", "1", "0"])
  }

  @Test(arguments: [
    "--json --format table", "--html p --json", "--watch --html p", "--watch --reset",
    "--watch --format openmetrics", "--reset --tier memory", "--interval 1s", "--format xml",
    "--watch --interval soon",
  ])
  func `options that contradict each other are refused`(options: String) throws {
    let outcome = try Sandbox().bash("cachetronomy stats \(options); echo $?")
    #expect(outcome.lines == ["64"], "\(outcome.errors)")
  }
}
