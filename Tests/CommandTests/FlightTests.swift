import Testing

/// Calls of one command in several processes: one runs, the others share.
@Suite struct FlightTests {
  @Test func `ten calls at once run the command once and print the same in the same order`() throws
  {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3 4 5 6 7 8 9 10; do
        { cachetronomy run --cache-status 7 -- \
            sh -c 'echo x >> n; echo 1; sleep .1; echo 2 >&2; sleep .1; echo 3; exit 7' > o$i 2>&1
          echo $? >> o$i; } &
      done; wait
      wc -l < n; cat o* | tr '\\n' ' '; echo; ls store | grep -c flight
      cachetronomy run -- sh -c 'echo x >> n; echo other'; cat ${U-n} | wc -l
      """)
    #expect(
      outcome.lines == [
        "1", Array(repeating: "1 2 3 7", count: 10).joined(separator: " ") + " ", "0", "other", "2",
      ])
  }

  @Test func `a hundred callers share a result that is not kept`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo go
      for i in $(seq 100); do
        { cachetronomy run -- sh -c 'echo x >> n; read x < ${U-go}; echo failed; exit 3' > o$i
          echo $? > s$i; } &
      done
      # All but the one that runs sleep on its lock: then it may go on.
      inode=
      until [ "$inode" ] && [ $(grep -c "FLOCK.*:$inode " /proc/locks) -ge 100 ]; do
        sleep .1; inode=$(stat -c %i store/*-flight.* 2>/dev/null | head -1)
      done
      echo > go; wait
      wc -l < n; cat o* | sort | uniq -c; cat s* | sort | uniq -c; cachetronomy keys | wc -l
      """)
    #expect(outcome.lines == ["1", "    100 failed", "    100 3", "0"])
  }

  @Test func `a waiter takes over from one that was killed`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo up
      cachetronomy run -- sh -c 'echo x >> n; [ $(cat ${U-n} | wc -l) = 1 ] && echo > up && sleep 3; echo done' > a &
      read x < up; leader=$!
      cachetronomy run -- sh -c 'echo x >> n; [ $(cat ${U-n} | wc -l) = 1 ] && echo > up && sleep 3; echo done' > b &
      inode=$(stat -c %i store/*-flight.*)
      until [ $(grep -c "FLOCK.*:$inode " /proc/locks) = 2 ]; do sleep .02; done
      kill -9 $leader; wait $!; echo $?; cat b; wc -l < n
      """)
    #expect(outcome.lines == ["0", "done", "2"])
    #expect(outcome.seconds < 20)
  }

  @Test func `a signal to the one that runs is not for those who wait`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo up
      cmd() { exec cachetronomy run -- sh -c 'echo x >> n; if [ $(cat ${U-n} | wc -l) = 1 ]; then echo > up; exec sleep 60; fi; echo done'; }
      cmd & leader=$!; read x < up
      cmd > b & waiter=$!
      kill $leader; wait $leader; echo $?; wait $waiter; echo $?; cat b; wc -l < n
      """)
    #expect(outcome.lines == ["143", "0", "done", "2"])
  }

  @Test func `a command that calls itself does not wait for itself`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cat > self <<'S'
      #!/bin/sh
      echo x >> n
      if [ $(wc -l < n) -lt 3 ]; then cachetronomy run -- ./self; fi
      echo level
      S
      chmod +x self; timeout 20 cachetronomy run -- ./self; echo $?
      """)
    #expect(outcome.lines == ["level", "level", "level", "0"])
  }

  @Test func `large outputs are shared in little memory`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      for i in 1 2 3; do
        cachetronomy run -- sh -c 'echo x >> n; head -c 20000000 /dev/zero; sleep .3' | cksum > c$i &
      done; wait
      wc -l < n; cat c* | sort -u | wc -l; cut -d' ' -f2 c1
      cachetronomy run -v -- sh -c 'echo x >> n; head -c 20000000 /dev/zero; sleep .3' 2>err | cksum | cmp - c1 && grep -c HIT err
      """)
    #expect(outcome.lines == ["1", "1", "20000000", "1"])
  }

  @Test func `an entry removed while its command runs is not stored`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo up go
      cachetronomy set other v
      cachetronomy run -v -- sh -c 'echo > up; read x < ${U-go}; echo done' 2> err & read x < up
      cachetronomy delete other; echo > go; wait
      cachetronomy keys | wc -l; grep -c 'removed or replaced' err
      """)
    #expect(outcome.lines == ["done", "0", "1"])
  }

  @Test func `--wait bounds the waiting, and what a dead leader left does no harm`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo up go
      cmd() { cachetronomy run "$@" -- sh -c 'echo x >> n; if [ $(cat ${U-n} | wc -l) = 1 ]; then echo > up; read x < ${U-go}; fi; echo done'; }
      cmd > a & read x < up
      cmd --wait 100ms; wc -l < n; echo > go; wait; cat a
      key=$(cachetronomy keys | sed 's/.*#//')
      cachetronomy clear --all
      echo garbage > store/cache.db-flight.$key.1; echo other > store/cache.db-flight.00000000000000000000000000000000.1
      cmd; ls store | grep -c flight; cachetronomy gc; ls store | grep -c flight
      cachetronomy run --wait 10x true; echo $?
      """)
    #expect(outcome.lines == ["done", "2", "done", "done", "1", "0", "125"])
  }
}
