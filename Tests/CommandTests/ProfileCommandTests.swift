import Testing

/// Profiles from the shell.
@Suite struct ProfileCommandTests {
  @Test func `apply is idempotent and says what changed`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'ci:\\n  time_to_live: 2h\\n  tags: [ci]\\n' > p.yaml
      cachetronomy profile apply p.yaml; cachetronomy profile apply p.yaml
      sed -i 's/2h/1h/' p.yaml; cachetronomy profile list | grep -o '(changed)'
      cachetronomy profile apply p.yaml --use ci
      cachetronomy profile list | cut -d/ -f1 | xargs
      cachetronomy set k v; cachetronomy show k --json | grep -oE '"(tags|saved_by_profile)":[^,]*' | xargs
      sqlite3 store/cache.db "SELECT name, time_to_live, tags FROM profiles WHERE name = 'ci'"
      cachetronomy profile delete ci; cachetronomy profile list | wc -l; cachetronomy get k
      """)
    #expect(
      outcome.lines == [
        "ci: created", "(changed)", "ci: time_to_live 2h -> 1h",
        "ci: entries already stored keep their time (see 'cachetronomy clear --saved-by ci')",
        "* ci ttl 1h default ttl 1h", "tags:[ci] saved_by_profile:ci", "ci|3600|[\"ci\"]", "1", "v",
      ])
  }

  @Test func `what show prints reads back as the same profile`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > p.yaml <<'Y'
      odd name:
        time_to_live: never
        free_memory_target: 0.1
        tags: ["a b", "x:y", "#"]
        max_entry_size: 2 MiB
        run: {env_ignore: ["FOO*"], cache_status: [0, 1], shell: bash -o pipefail}
        rules:
          - match: kubectl ** get ** secret* **
            cache: false
          - match: [echo, "two words"]
            time_to_live: 30s
            env: [HOME, "AWS_*"]
            cwd: false
            tags: [k8s]
      Y
      cachetronomy profile apply p.yaml -q
      cachetronomy profile show 'odd name' > q.yaml
      cachetronomy profile apply q.yaml
      cachetronomy profile show 'odd name' | sed 's/p.yaml/q.yaml/;/#.*:/d' > r.yaml
      sed '/#.*:/d' q.yaml | diff - r.yaml && echo same
      cachetronomy profile validate -v q.yaml profiles 2>&1 | tail -1
      """)
    #expect(outcome.lines.first == "same")
  }

  @Test func `rules choose the key, the time and whether at all`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > p.yaml <<'Y'
      p:
        rules:
          - match: sh -c ** nocache **
            cache: false
          - match: sh -c **
            env: [HOME]
            time_to_live: 10s
            tags: [shell]
      Y
      cachetronomy profile apply p.yaml --use p -q
      for i in 1 2; do FOO=$i cachetronomy run -- sh -c 'echo $FOO'; done
      for i in 1 2; do FOO=$i cachetronomy run -- sh -c 'echo $FOO' sh nocache; done
      FOO=3 cachetronomy run -v -- /bin/sh -c 'echo $FOO' 2>err; grep -o 'rule p.yaml:5' err
      cachetronomy show --json -- sh -c 'echo $FOO' | grep -oE '"(tags|rule)":"?[^,}]*' | xargs
      echo in | cachetronomy run -- sh -c 'cat; true' x nocache
      """)
    #expect(
      outcome.lines == [
        "1", "1", "1", "2", "3", "rule p.yaml:5", "tags:[shell] rule:p.yaml:5", "in",
      ])
  }

  @Test func `nothing of any file is applied if one has an error`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkdir d; echo 'a: {time_to_live: 5}' > d/a.yaml; printf 'b:\\n  time_to_life: 5\\n' > d/b.yaml
      cachetronomy profile apply d; echo $?; cachetronomy profile list | wc -l; ls store 2>&1 | wc -l
      """)
    #expect(outcome.lines.prefix(2) == ["65", "1"])
    #expect(
      outcome.errors
        == "cachetronomy: d/b.yaml:2:3: unknown setting 'time_to_life' (did you mean 'time_to_live'?)\n"
    )
  }

  @Test func `the shipped profiles apply, each says for whom`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy profile apply "$PACKAGE/profiles/ci.yaml" --use ci >/dev/null; echo $?
      cachetronomy profile apply "$PACKAGE/profiles" >/dev/null; echo $?
      for f in "$PACKAGE"/profiles/*.yaml; do
        head -1 "$f" | grep -q '^# For ' || echo "$f does not say for whom"
        cachetronomy profile show "$(basename "$f" .yaml)" >/dev/null || echo "$f has another name"
      done
      """)
    #expect(outcome.lines == ["0", "0"])
  }
}
