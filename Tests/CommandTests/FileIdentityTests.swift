import Testing

/// What stands for files in a key: their contents, and nothing that changes without them.
struct FileIdentityTests {
  private let run = #"""
    run() { cachetronomy run -v "$@" 2>&1 > /dev/null | grep -o '^cachetronomy: [A-Z]*' | cut -c15-; }

    """#

  @Test(arguments: [
    // What happens to `f` and the program `./p` between two calls; whether it makes a difference.
    ("a touch", "touch f p", "HIT"),
    (
      "another file of the same size and mtime", "sed -i s/one/two/ f; touch -d @1000000000 f",
      "MISS"
    ),
    ("the same for the program", "sed -i s/-n/-u/ p; touch -d @1000000000 p", "MISS"),
    ("cp -p over it", "cp -p other f", "MISS"), ("mv over it", "mv other f", "MISS"),
    ("mv of an equal one", "cp f g; mv g f", "HIT"),
    ("a copy and back", "cp -p f g; mv g f", "HIT"),
    ("a link switched", "ln -sfn b l", "MISS"),
    ("a link to the same contents", "ln -sfn c l", "HIT"),
    ("chmod", "chmod u+x f", "MISS"), ("chmod of the program", "chmod go-x p", "MISS"),
    ("a file that became a link", "mv f g; ln -s g f", "HIT"),
    ("a file that became a directory", "rm f; mkdir f", "MISS"),
    ("a release switched, launchers alike", "ln -sfn v2 current", "MISS"),
  ]) func `a key holds contents, mode and kind`(
    name: String, change: String, expected: String
  ) throws {
    let outcome = try Sandbox().bash(
      run
        + #"""
        printf '#!/bin/cat -n\nx\n' > p; chmod 755 p; echo one > f; echo two > other
        mkdir a b c v1 v2; echo 1 > a/x; echo 2 > b/x; echo 1 > c/x; ln -s a l
        for v in v1 v2; do printf '#!/bin/sh\necho $0\n' > $v/tool; chmod +x $v/tool; done; ln -s v1 current
        touch -d @1000000000 p f other a/x b/x c/x v1/tool v2/tool
        two() { run -- ./p f l/x; run -- current/tool; }
        two > before; CHANGE; two > after; cat before after | sort | uniq -c | sed 's/^ *//'
        """#.replacing("CHANGE", with: change))
    let misses = expected == "MISS" ? ["1 HIT", "3 MISS"] : ["2 HIT", "2 MISS"]
    #expect(outcome.lines == misses, "\(outcome)")
  }

  @Test func `programs that read metadata see a touch`() throws {
    let outcome = try Sandbox().bash(
      run + #"""
        echo 1 > f; echo 2 > g; touch -d @1000000000 f g
        all() {
          run -- ls -l f; run -- stat -c %y f; run -- env ls -l f; run -c 'ls -l f | wc -l'
          run -c '[ f -nt g ]; echo $?'; run -- test ! f -nt g; run --arg-files content -- ls -l f
          run -- cat f; run -c 'cat f | wc -l'
        }
        all > /dev/null; touch -d @1000000001 f; all | tr '\n' ' '
        """#)
    #expect(outcome.text == "MISS MISS MISS MISS MISS MISS HIT HIT HIT ", "\(outcome)")
  }

  @Test func `larger files count by inode, size and times`() throws {
    let outcome = try Sandbox().bash(
      run + #"""
        echo one > f; touch -d @1000000000 f
        go() { run --content-limit 3 -- cat f; run --content-limit 4 -- cat f; run -- cat f; }
        go > /dev/null; touch f; go
        echo 'x: {run: {content_limit: 3}}' > p.yaml; cachetronomy -q profile apply p.yaml
        run --profile x -- cat f; touch f; run --profile x -- cat f
        cachetronomy run --content-limit 1x -- true; echo $?
        """#)
    #expect(
      outcome.lines == ["MISS", "HIT", "HIT", "HIT", "MISS", "125"], "\(outcome)")
  }

  @Test func `an unreadable program counts by inode and times`() throws {
    let outcome = try Sandbox().bash(
      run + #"""
        cp /bin/echo p; chmod 711 p
        as() { setpriv --reuid 12345 --regid 12345 --clear-groups "$@"; }
        chmod 777 .; mkdir -m 777 home; export HOME=$PWD/home CACHETRONOMY_DB=$PWD/home/c.db
        try() { as cachetronomy run -v -- ./p x 2>&1 >/dev/null | grep -o 'HIT\|MISS'; }
        try; try; touch p; try; try
        """#)
    #expect(outcome.lines == ["MISS", "HIT", "MISS", "HIT"], "\(outcome)")
  }

  @Test func `no unchanged file is read twice`() throws {
    let outcome = try Sandbox().bash(
      #"""
      head -c 300000 /dev/zero > f; touch -d @1000000000 f
      start=${EPOCHREALTIME/./}; until (( ${EPOCHREALTIME/./} > start + 50000 )); do :; done
      sizes() { strace -f -e trace=pread64 -P $PWD/f -o log cachetronomy run "$@" >/dev/null; grep -c pread64 log; }
      sizes -- wc -c f; sizes -- wc -l f; rm -rf c2; sizes --refresh -- wc -c f
      sizes --file f -- true
      ls *digests* $CACHETRONOMY_DB-digests 2>/dev/null | wc -l
      """#)
    #expect(outcome.lines == ["6", "0", "0", "0", "1"], "\(outcome)")
  }
}
