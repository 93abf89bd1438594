import Foundation
import Testing

/// What `--stdin`, `--file` and `--mtime` put into the key.
@Suite struct RunInputTests {
  @Test func `--stdin feeds the command and tells entries apart`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run --stdin -- sh -c 'echo x >> n; cat; echo ran'; }
      echo a | cmd; echo b | cmd; echo a | cmd; echo b > f; cmd < f; cmd < /dev/null; wc -l < n
      echo c | cachetronomy run --stdin -- cat /dev/stdin; echo d > f
      cachetronomy run --stdin -- cat /dev/stdin < f; cachetronomy keys | wc -l
      echo d | cachetronomy get --stdin -- cat /dev/stdin
      """)
    #expect(
      outcome.lines == [
        "a", "ran", "b", "ran", "a", "ran", "b", "ran", "ran", "3", "c", "d", "5", "d",
      ])
    #expect(outcome.errors == "")
  }

  @Test func `a rule can ask for input, and what is not memoized gets its own`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > p.yaml <<'Y'
      p: {rules: [{match: cat -, cache: false}, {match: cat, stdin: yes}]}
      Y
      cachetronomy profile apply p.yaml --use p -q
      for i in 1 1 2; do echo $i | cachetronomy run cat; done; cachetronomy keys | wc -l
      echo 3 | cachetronomy run --stdin cat -; cachetronomy keys | wc -l
      echo 4 | CACHETRONOMY_DISABLE=1 cachetronomy run --stdin cat
      echo 5 | cachetronomy run --stdin --db /proc/no/store cat
      """)
    #expect(outcome.lines == ["1", "1", "2", "2", "3", "2", "4", "5"])
  }

  @Test func `a large input passes in little memory`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > peak.py <<'PYTHON'
      import resource, subprocess, sys
      subprocess.run(sys.argv[1:])
      with open('peak', 'a') as f:
          print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000, file=f)
      PYTHON
      for i in 1 2; do head -c 50M /dev/zero | python3 peak.py cachetronomy run --stdin -v wc -c; done
      cat peak; ls -A store | grep -v cache.db
      """)
    try #require(outcome.lines.count == 4, "\(outcome)")
    #expect(outcome.lines[..<2] == ["52428800", "52428800"])
    #expect(outcome.lines[2...].allSatisfy { Int($0) ?? .max < 40 }, "\(outcome.lines)")
    #expect(outcome.errors.contains("HIT"))
  }

  @Test func `--file whose content changes back finds the first entry again`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run --file f --file ~/g -- sh -c 'echo x >> n; cat f; cat g 2>/dev/null; cat ${U-n} | wc -l'; }
      echo a > f; cmd; echo b > f; cmd; echo a > f; touch -d 2001-01-01 f; cmd
      echo g > g; cmd; rm g; cmd; rm f; cmd 2>/dev/null; cmd 2>/dev/null; : > f; cmd
      cachetronomy keys | wc -l
      mkdir d; cachetronomy run --file d -- ls d; echo > d/new; cachetronomy run --file d -- ls d
      """)
    #expect(
      outcome.lines == [
        "a", "1", "b", "2", "a", "1", "a", "g", "3", "a", "1", "4", "4", "5", "5", "new",
      ])
  }

  @Test func `--mtime of a missing, created and touched file: three entries`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cmd() { cachetronomy run --mtime f -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd; cmd; echo a > f; cmd; cmd; touch -d '1 hour ago' f; cmd; cmd; rm f; cmd
      cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["1", "1", "2", "2", "3", "3", "1", "3"])
  }

  @Test func `trees, patterns, optional files and files of Git are in the key`() throws {
    let outcome = try Sandbox().bash(
      #"""
      export GIT_CONFIG_GLOBAL=/dev/null EMAIL=a@b GIT_AUTHOR_NAME=a GIT_COMMITTER_NAME=a
      mkdir -p src/a/b src/.h; echo 1 > src/a/b/f.c; echo 1 > src/.h/f; ln -s . src/self; mkfifo src/p
      cmd() { cachetronomy run -q "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      echo "-- tree"; cmd --file src; cmd --file src; touch -r src/a/b/f.c t; echo 2 > src/a/b/f.c; touch -r t src/a/b/f.c
      cmd --file src; echo 1 > src/a/b/f.c; cmd --file src; echo 2 > src/.h/f; cmd --file=src
      echo "-- pattern"; p='src/**/*.{c,h}'; cmd --file "$p"; echo > src/new.h; cmd --file "$p"; cmd --file "$p"
      rm src/new.h; cmd --file "$p"
      echo "-- mtime"; cmd --mtime src; cmd --mtime src; mv src/a/b/f.c src/a/f.c; cmd --mtime src
      echo "-- optional"; cmd --file -x; cmd --mtime -x; echo 1 > x; cmd --file -x; echo 1 > ./-y; cmd --file ./-y
      echo 2 > ./-y; cmd --file ./-y; cachetronomy run --file --mtime x true; echo $?
      echo "-- git"; git init -q; git add src/a; git commit -qm 1; cd src/a
      git() { command git "$@" > /dev/null; }; n=$HERE/n
      cmd() { cachetronomy run -q "$@" -- sh -c 'echo x >> $HERE/n; cat ${U-$HERE/n} | wc -l'; }
      cmd --file git:HEAD; cmd --file git:HEAD; git commit -q --allow-empty -m 2; cmd --file git:HEAD
      cmd --mtime git:HEAD; git commit -q --allow-empty -m 3; cmd --mtime git:HEAD
      cachetronomy explain --mtime git:HEAD -- sh -c 'echo x >> $HERE/n; cat ${U-$HERE/n} | wc -l' | cut -c 1-3 | head -n 1
      git tag t; cmd --file git:refs; git tag -d t; cmd --file git:refs
      """#)
    #expect(
      outcome.lines == [
        "-- tree", "1", "1", "2", "1", "3", "-- pattern", "4", "5", "5", "4", "-- mtime", "6", "6",
        "7", "-- optional", "8", "9", "10", "11", "12", "125", "-- git", "13", "13", "14", "15",
        "16",
        "HIT", "17", "18",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `explain names the tree or pattern that changed`() throws {
    let outcome = try Sandbox().bash(
      """
      mkdir -p src/a; echo 1 > src/a/f; cmd() { cachetronomy "$@" --file src --mtime 'src/**' -- true; }
      cmd run; echo 2 > src/a/f; cmd explain | tail -n +2
      """)
    #expect(outcome.text.contains("  file src changed\n"), "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.contains("  mtime src/** changed\n"))
  }

  @Test
  func `a path of a profile may begin with a variable, one of a flag has been read by the shell`()
    throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      mkdir -p .kube fake; export HOME=$HERE PATH="$HERE/fake:$PATH"; unset KUBECONFIG
      printf '#!/bin/sh\ncat "${KUBECONFIG:-$HOME/.kube/config}"\n' > fake/kubectl; chmod +x fake/kubectl
      cachetronomy profile apply "$PACKAGE/profiles" -q --use kubernetes
      get() { cachetronomy run -- kubectl get pods; }
      echo home > .kube/config; get; export KUBECONFIG=$HERE/k; echo staging > k; get
      echo prod > k; get; echo production > k; get
      echo x > k
      cachetronomy explain -- kubectl get pods | tail -n 1
      echo "-- flags"; cmd() { cachetronomy run --profile default --file '$a' --mtime '${b' -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd; cmd; echo 1 > '$a'; cmd; cmd; echo 1 > '${b'; cmd; cmd; a='x'; export a; cmd
      echo "-- refused"; printf 'p:\n  run:\n    file: [a, "$b-c"]\n' > p.yaml; cachetronomy profile apply p.yaml; echo $?
      """#)
    #expect(
      outcome.lines == [
        "home", "staging", "prod", "production", "  mtime ${KUBECONFIG:-~/.kube/config} changed",
        "-- flags", "1", "1", "2", "2", "3", "3", "4", "-- refused", "65",
      ], "\(outcome.text)\(outcome.errors)")
    #expect(outcome.errors.contains("cachetronomy: p.yaml:3:15: '$b-c' begins with no variable: "))
  }

  @Test func `a gcloud configuration that is changed is seen by its sentinel`() throws {
    let outcome = try Sandbox().bash(
      #"""
      mkdir -p fake g/configurations; export PATH="$HERE/fake:$PATH" CLOUDSDK_CONFIG=$HERE/g CLOUDSDK_ACTIVE_CONFIG_NAME=w
      printf '#!/bin/sh\ncat "$CLOUDSDK_CONFIG/configurations/config_w"\n' > fake/gcloud; chmod +x fake/gcloud
      cachetronomy profile apply "$PACKAGE/profiles" -q --use cloud
      set() { echo $1 > g/configurations/config_w; : > g/config_sentinel; touch -d @$2 g/config_sentinel; }
      get() { cachetronomy run -- gcloud projects list; }
      set one 1000000; get; get; set two 2000000; get
      """#)
    #expect(outcome.lines == ["one", "one", "two"], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `files of profile, rule and flags add up, and one that changes meanwhile counts`()
    throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > p.yaml <<'Y'
      p: {run: {file: [a]}, rules: [{match: sh **, file: [b], mtime: [m]}]}
      Y
      cachetronomy profile apply p.yaml --use p -q
      cmd() { cachetronomy run --file c -- sh -c 'echo x >> n; cat ${U-n} | wc -l'; }
      cmd; cmd; for f in a b c m; do echo > $f; cmd; cmd; done
      cachetronomy clear --all -q
      cachetronomy run -v --file d -- sh -c 'echo x > d'; cachetronomy run -v --mtime e -- sh -c 'echo x > e'
      cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["1", "1", "2", "2", "3", "3", "4", "4", "5", "5", "0"])
    #expect(outcome.errors.components(separatedBy: "what it reads changed").count == 3)
  }
}
