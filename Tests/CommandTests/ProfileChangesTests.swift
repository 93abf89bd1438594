import Testing

/// What applying would change, and which rule takes a command, from the shell.
@Suite struct ProfileChangesTests {
  static let file = """
    cat > p.yaml <<'Y'
    p:
      time_to_live: 2h
      run: {scope: a, cache_status: [0]}
      rules:
        - match: kubectl ** delete **
          cache: false
        - match: kubectl ** get **
          time_to_live: 30s
          env: [HOME, "KUBE*"]
    Y
    """

  @Test func `match says which rule of which line takes a command`() throws {
    let outcome = try Sandbox().bash(
      """
      \(Self.file)
      cachetronomy profile apply p.yaml --use p -q
      cachetronomy profile match -- /usr/bin/kubectl get pods; echo $?
      cachetronomy profile match --json -- kubectl -n a delete pod b
      cachetronomy profile match -- ls --json; echo $?
      cachetronomy profile match --profile default -- kubectl get x; echo $?
      cachetronomy profile match --shell bash -c 'kubectl get x'; echo $?
      cachetronomy profile match; echo $?
      """)
    #expect(
      outcome.lines == [
        "profile p, rule p.yaml:7: kubectl ** get **", "  cache_status: [0]",
        "  env: [HOME, \"KUBE*\"]", "  scope: a", "  time_to_live: 30s", "0",
        #"{"profile":"p","rule":"kubectl ** delete **","rule_source":"p.yaml:5","cached":false,"#
          + #""settings":{"cache":false,"cache_status":[0],"scope":"a"}}"#,
        "profile p, no rule", "  cache_status: [0]", "  scope: a", "1",
        "profile default, no rule", "1", "profile p, no rule", "  cache_status: [0]", "  scope: a",
        "  shell: bash", "1", "64",
      ])
  }

  @Test func `a dry run says setting by setting what would change, and changes nothing`() throws {
    let outcome = try Sandbox().bash(
      """
      \(Self.file)
      cachetronomy profile apply p.yaml --dry-run --use p; ls store 2>&1 | wc -l
      cachetronomy profile apply p.yaml -q; cachetronomy profile update time_to_live=3h -q
      cachetronomy profile show p > before
      sed -i 's/scope: a, //; s/30s/1m/; s/2h/1h/; s/^  run/  max_store_items: 5\\n  run/' p.yaml
      printf '    - match: make\\n      stdin: true\\n' >> p.yaml
      cachetronomy profile apply p.yaml --dry-run > dry; echo $?; cat dry
      cachetronomy profile diff p.yaml | diff - dry && cachetronomy profile diff | diff - dry; echo $?
      cachetronomy profile show p | diff before - && echo same
      cachetronomy profile apply p.yaml | diff - dry; cachetronomy profile diff p.yaml; echo $?
      cachetronomy profile diff; echo $?
      """)
    #expect(
      outcome.lines == [
        "p: created", "1", "0", "p: time_to_live 2h -> 1h", "p: max_store_items 0 -> 5",
        "p: rule 'kubectl ** get **' {env: [HOME, \"KUBE*\"], time_to_live: 30s} -> "
          + "{env: [HOME, \"KUBE*\"], time_to_live: 1m}",
        "p: rule 'make' added: {stdin: true}", "p: run.scope removed: a",
        "p: entries already stored keep their time (see 'cachetronomy clear --saved-by p')",
        "0", "same", "0", "0",
      ])
  }

  @Test func `diff sees rules change places, and files and profiles that are gone`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'a:\\n  rules: [{match: x, cwd: no}, {match: y}]\\nb: {}\\n' > a.yaml; echo 'c: {}' > c.yaml
      cachetronomy profile apply a.yaml c.yaml -q
      printf 'a:\\n  rules: [{match: y}, {match: x, cwd: no}]\\n' > a.yaml; rm c.yaml
      cachetronomy profile diff | sed "s|$HERE|.|"; echo ${PIPESTATUS[0]}
      cachetronomy profile diff -q; echo $?
      echo 'a: {extends: nobody}' > a.yaml; cachetronomy profile diff; echo $?
      """)
    #expect(
      outcome.lines == [
        "a: order of rules rule 'x', rule 'y' -> rule 'y', rule 'x'",
        "c: its file './c.yaml' is gone", "b: removed", "1", "1", "65",
      ])
  }

  @Test func `prune removes what no file names, but never the default profile`() throws {
    let outcome = try Sandbox().bash(
      """
      printf 'a: {}\\nb: {}\\n' > ab.yaml; echo 'a: {}' > a.yaml
      cachetronomy profile apply ab.yaml --use b -q
      cachetronomy profile diff --prune a.yaml; echo $?
      cachetronomy profile apply --prune --dry-run a.yaml; cachetronomy profile list | wc -l
      cachetronomy profile apply --prune a.yaml --use b; echo $?
      cachetronomy profile apply --prune a.yaml; cachetronomy profile list | sed 's|  *ttl.*||'
      cachetronomy profile apply --prune a.yaml; cachetronomy profile diff --prune a.yaml; echo $?
      """)
    #expect(
      outcome.lines == [
        "b: removed", "1", "b: removed", "3", "64", "b: removed", "  a", "* default", "0",
      ])
  }
}
