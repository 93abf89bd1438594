import Testing

/// Where each value comes from, from the shell.
@Suite struct OriginTests {
  static let files = """
    printf 'base:\\n  time_to_live: 2h\\n  tags: [b]\\n  run: {env_ignore: [A]}\\n' > b.yaml
    cat > p.yaml <<'Y'
    p:
      extends: base
      tags: [c]
      run:
        env_ignore: [B]
        scope: x
      rules:
        - match: ls **
          env: [HOME]
    Y
    """

  @Test func `show says of each setting where it was written, through extends and update`() throws {
    let outcome = try Sandbox().bash(
      """
      \(Self.files)
      cachetronomy profile apply b.yaml -q; cachetronomy profile apply p.yaml --use p -q
      cachetronomy profile update max_memory=0 -q
      cachetronomy profile show --origins > o; head -1 o; grep -vE 'built in|chosen' o
      cachetronomy profile apply o --dry-run; grep -c 'built in' o
      cachetronomy profile show p --json --origins | grep -o '"origins":{"time_to_live":"b.yaml:2"'
      cachetronomy profile show p --json | grep -c origins
      """)
    #expect(
      outcome.lines == [
        "# chosen by profile use", "p:", "  time_to_live: 2h  # b.yaml:2",
        "  tags: [b, c]  # b.yaml:3, p.yaml:3", "  max_memory: 0  # profile update", "  run:",
        "    env_ignore: [A, B]  # b.yaml:4, p.yaml:5", "    scope: x  # p.yaml:6", "  rules:",
        "    # p.yaml:8", "    - match: [ls, \"**\"]", "      env: [HOME]", "13",
        #""origins":{"time_to_live":"b.yaml:2""#, "0",
      ])
  }

  @Test func `config names what decided each value`() throws {
    let outcome = try Sandbox().bash(
      """
      \(Self.files)
      unset CACHETRONOMY_DB
      cachetronomy config | sed "s|$HERE|.|" | head -4
      export CACHETRONOMY_DB=s.db CACHETRONOMY_TEAM_KEY=hidden
      cachetronomy profile apply b.yaml p.yaml -q
      CACHETRONOMY_PROFILE=p cachetronomy config | grep -E '^(store|profile|tags|run|rule|CACHE)'
      cachetronomy config --json --db s.db --profile p | grep -E '"(store|profile|rule .*)"'
      cachetronomy config --profile q; echo $?
      """)
    #expect(
      outcome.lines == [
        "store                    HOME      ./.cache/cachetronomy/cachetronomy.db",
        "profile                  built in  default",
        "memory                   built in  (none)",
        "time_to_live             built in  1h",
        "store                    CACHETRONOMY_DB       s.db",
        "profile                  CACHETRONOMY_PROFILE  p",
        "tags                     b.yaml:3, p.yaml:3    [b, c]",
        "run.env_ignore           b.yaml:4, p.yaml:5    [A, B]",
        "run.scope                p.yaml:6              x",
        "rule 'ls **'             p.yaml:8              {match: [ls, \"**\"], env: [HOME]}",
        "CACHETRONOMY_DB          environment           s.db",
        "CACHETRONOMY_PROFILE     environment           p",
        "CACHETRONOMY_TEAM_KEY    environment           (set)",
        #"{"name":"store","value":"s.db","origin":"--db"}"#,
        #"{"name":"profile","value":"p","origin":"--profile"}"#,
        #"{"name":"rule 'ls **'","value":{"match":["ls","**"],"env":["HOME"],"source":"p.yaml:8"},"#
          + #""origin":"p.yaml:8"}"#, "66",
      ])
  }

  @Test func `a pipeline among the commands to warm is refused with what to write`() throws {
    let outcome = try Sandbox().bash(
      "echo 'p: {warm: [yes | head]}' > p.yaml; cachetronomy profile apply p.yaml; echo $?")
    #expect(outcome.lines == ["65"])
    #expect(
      outcome.errors
        == "cachetronomy: p.yaml:1:12: no shell reads this '|': write "
        + "[bash, -o, pipefail, -c, '...']\n")
  }

  @Test func `jitter shortens what is stored`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'p: {ttl_jitter: 50%%, time_to_live: 1000s}\\n' > p.yaml
      cachetronomy profile apply p.yaml --use p -q
      for i in $(seq 8); do cachetronomy set k$i v; cachetronomy run --ttl-jitter 0% -- echo $i >/dev/null; done
      for i in $(seq 8); do printf 'i%s\\tv\\n' $i; done > t.tsv; cachetronomy import -q t.tsv
      cachetronomy list --json | sed -E 's/.*"key":"(.).*ttl_left_seconds":([0-9]+).*/\\1 \\2/' |
        awk '$1 != "r" && ($2 < 499 || $2 > 1000) || $1 == "r" && $2 < 900 { print "bad", $0 }
             $1 == "k" { seen[$2] } $1 == "i" { here[$2] }
             END { print (length(seen) > 1), (length(here) > 1), NR }'
      cachetronomy run --ttl-jitter 10 -- true; echo $?
      """)
    #expect(outcome.lines == ["1 1 24", "125"])
  }

  @Test(.enabled(if: Sandbox.sharesMemory, "no tmpfs for shared memory"))
  func `a profile without memory puts nothing there, whatever the one in use says`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'p: {max_memory: 0}\n' > p.yaml; cachetronomy profile apply p.yaml -q
      cachetronomy set a 1; cachetronomy set b 2 --profile p
      cachetronomy run --profile p -- echo c; cachetronomy run -- echo d
      cachetronomy keys --tier memory | sed 's/#.*//'
      """)
    #expect(outcome.lines == ["c", "d", "a", "run:echo d"])
  }

  @Test func `a failure that is kept is an answer only so long, to get and has too`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'p:\\n  rules:\\n    - {match: sh **, failure_ttl: 1h}\\n' > p.yaml
      cachetronomy profile apply p.yaml --use p -q
      cachetronomy run -- sh -c 'echo x; exit 3'; echo $?
      cachetronomy has -- sh -c 'echo x; exit 3'; echo $?
      cachetronomy profile update 'rules=[{match: sh **, failure_ttl: 1ms}]' -q
      cachetronomy has -- sh -c 'echo x; exit 3'; echo $?
      cachetronomy get -- sh -c 'echo x; exit 3'; echo $?
      cachetronomy run --cached-only -- sh -c 'echo x; exit 3'; echo $?
      """)
    #expect(outcome.lines == ["x", "3", "0", "1", "1", "1"])
  }
}
