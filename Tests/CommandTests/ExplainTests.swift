import Foundation
import Testing

/// Why a command would be answered or run, and what of that is written down.
@Suite struct ExplainTests {
  @Test func `a miss names what differs from the nearest recording, values never`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkdir -p a b bin; echo 1 > file; printf '#!/bin/sh\\necho tool\\n' > bin/tool; chmod +x bin/tool
      PATH=$PWD/bin:$PATH; why() { cachetronomy explain "$@"; echo $?; }
      KUBECONFIG=hush-one cachetronomy run tool file
      KUBECONFIG=hush-two why -- tool file | sed '1d;s/, [0-9a-z]* old//;s/#[0-9a-f]*/#/'
      for f in bin/tool file; do echo >> $f; done; KUBECONFIG=hush-one X=1 why --file f --mtime m --scope s -- tool file | sed 1,2d
      KUBECONFIG=hush-one cachetronomy run tool file; cd a; KUBECONFIG=hush-one why -- tool file | sed 1,2d; cd ..
      KUBECONFIG=hush-one why -- tool file | cut -d' ' -f1; why -- tool other | wc -l
      KUBECONFIG=hush-two cachetronomy run -v -- tool file 2> err; grep -o 'differs in .*' err
      """)
    #expect(
      outcome.lines.map { $0.replacing(sandbox.directory, with: "HERE") } == [
        "tool", "nearest: #, differs in", "  env KUBECONFIG changed", "1",
        "  executable changed", "  argument file file changed", "  env X added", "  file f added",
        "  mtime m added", "  scope added", "1", "tool",
        "  cwd: HERE -> HERE/a", "  argument file file removed", "1", "HIT,", "0", "2", "tool",
        "differs in env KUBECONFIG changed",
      ], "\(outcome)")
    #expect(!outcome.text.contains("hush") && !outcome.errors.contains("hush"))
  }

  @Test func `each verdict has its word and status, and nothing is run`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      printf 'p: {rules: [{match: date, cache: false}, {match: sh **, time_to_live: 2h}]}' > p.yaml
      cachetronomy profile apply p.yaml --use p -q
      cmd() { "$@" -- sh -c 'echo x >> n; echo out'; }
      why() { cmd cachetronomy run --explain "$@" > told; echo "$? $(sed 's/[,:].*//' told)"; }
      why; cmd cachetronomy run; why; why --ttl 0
      "$PACKAGE"/Tests/older 7230
      why; why --stale-while-revalidate 1m; why --stale-while-revalidate 1s; wc -l < n
      cmd cachetronomy explain | sed 's/#.*//;s/, expired [0-9]*s ago/, expired/'
      cachetronomy explain date; echo $?; CACHETRONOMY_DISABLE=1 cachetronomy explain -- ls | sed 's/,.*//'
      cachetronomy explain -- cat /dev/fd/3 | sed 's/,.*//'; cachetronomy explain -- date | sed 's/,.*//'
      key=$(cachetronomy keys); cachetronomy explain "$key" | cut -d, -f1; cachetronomy explain "#${key##*#}" > /dev/null; echo $?
      cachetronomy run --explain -- no-such-command; echo $?
      cmd cachetronomy explain --json | grep -o '"verdict":.*"why"\\|"rule":.*"time_to_live_seconds":[0-9.]*\\|"portable":false'
      """)
    #expect(
      outcome.lines == [
        "1 MISS", "out", "0 HIT", "1 NOT CACHED", "1 EXPIRED", "3 STALE", "1 EXPIRED", "1",
        "EXPIRED, 2h old, expired, profile p, rule p.yaml:1: run:sh -c 'echo x >> n; echo out'",
        "MISS: date", "1", "NOT CACHED: CACHETRONOMY_DISABLE is set",
        "NOT CACHED: /dev/fd/3 names an inherited descriptor",
        "NOT CACHED: rule p.yaml:1 says so", "HIT", "0", "127",
        "\"verdict\":\"expired\",\"why\"",
        "\"rule\":\"sh **\",\"rule_source\":\"p.yaml:1\",\"time_to_live_seconds\":7200.0",
        "\"portable\":false",
      ], "\(outcome)")
  }

  @Test func `no value of the environment is in any file of the store`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      export API_TOKEN=planted-token-1234567 PLAIN=planted-plain-1234567
      mkfifo up go
      cachetronomy run -v -- sh -c 'test "$PLAIN" && echo on' "$API_TOKEN" --password planted-word
      cachetronomy run -v --env PLAIN --stale-if-error 1h -- sh -c 'echo > up; read x < ${U-go}; echo $API_TOKEN | wc -c' &
      read x < up
      ls store | sed 's/flight.*/flight/' | sort; cat store/* | strings -n 4 | grep -c planted
      PLAIN=other cachetronomy explain -- sh -c 'test "$PLAIN" && echo on' "$API_TOKEN" --password planted-word > why
      echo > go; wait; for i in 1 2 3; do cachetronomy run -- echo $i > /dev/null; cachetronomy run -- echo $i; done
      cat store/* | grep -c planted; cat why | grep -c planted; grep -c 'PLAIN changed' why
      sqlite3 store/cache.db "SELECT min(length(parts)) > 50, max(instr(parts, 'PLAIN')) > 0 FROM entry_info"
      cachetronomy gc; cat store/* | grep -c planted; ls store/*-access | wc -l
      grep -rl planted /dev/shm/cachetronomy-$(id -u) 2> /dev/null | wc -l
      """)
    #expect(
      outcome.lines == [
        "on", "cache.db", "cache.db-access", "cache.db-digests", "cache.db-flight",
        "cache.db-gc", "cache.db-reserve", "cache.db-shm", "cache.db-wal",
        "cache.db.lock", "0",
        "22", "1", "2", "3", "0", "0", "1", "1|1", "0", "0", "0",
      ], "\(outcome)")
    #expect(!outcome.errors.contains("planted"))
  }
}
