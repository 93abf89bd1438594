import Foundation
import Testing

/// Callers that are not a plain shell: slow readers, odd signals, others with other limits.
@Suite struct RunSurroundingsTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(sandbox.directory)/\(name)"))
  }

  @Test func `a slow reader gets all that a large pipe held`() throws {
    try write(
      """
      import fcntl, os
      fcntl.fcntl(1, 1031, 1 << 20)
      os.write(1, b'x' * (1 << 20))
      os._exit(0)
      """, to: "large.py")
    try write(
      """
      import os, time
      total = 0
      while True:
          got = len(os.read(0, 65536))
          total += got
          if not got: break
          time.sleep(0.05)
      print(total)
      """, to: "slow.py")
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- python3 large.py | python3 slow.py
      cachetronomy run --cached-only -- python3 large.py | wc -c
      """)
    #expect(outcome.lines == ["1048576", "1048576"], "\(outcome.errors)")
  }

  @Test func `a caller that ignores the ends of its children hangs nothing`() throws {
    let outcome = try sandbox.bash(
      """
      bash -c "trap '' CHLD; exec timeout -s KILL 20 cachetronomy run -- sh -c 'echo x; exit 3'"; echo $?
      bash -c "trap '' CHLD; exec timeout -s KILL 20 cachetronomy run --ttl 1h -- echo kept"
      cachetronomy run --cached-only -- echo kept
      """)
    #expect(outcome.lines == ["x", "3", "kept", "kept"], "\(outcome.errors)")
  }

  @Test func `a terminal that hangs up ends the command of a session's leader`() throws {
    try write(
      """
      import os, pty, sys, time
      pid, master = pty.fork()
      if pid == 0:
          os.execvp('cachetronomy', ['cachetronomy', 'run', '--', 'sh', '-c', 'echo $$ > pid; exec sleep 100'])
      while not os.path.exists('pid') or not open('pid').read().strip(): time.sleep(0.01)
      child = int(open('pid').read())
      os.close(master)
      os.waitpid(pid, 0)
      for _ in range(1000):
          try: os.kill(child, 0)
          except OSError: print('gone'); break
          time.sleep(0.01)
      else: print('left')
      """, to: "hangup.py")
    let outcome = try sandbox.bash("timeout 60 python3 hangup.py; pkill -F pid 2> /dev/null")
    #expect(outcome.lines == ["gone"], "\(outcome.errors)")
  }

  @Test(arguments: ["USR1", "USR2", "ALRM"])
  func `signals that others send reach the command`(name: String) throws {
    let outcome = try sandbox.bash(
      """
      cachetronomy run -- bash -c 'trap "echo got; exit 4" \(name); touch ready; while :; do sleep 0.05; done' & it=$!
      until [ -e ready ]; do sleep 0.01; done
      kill -\(name) $it; wait $it; echo $?
      """)
    #expect(outcome.lines == ["got", "4"], "\(outcome.errors)")
  }

  @Test func `the limit of one call is not another's`() throws {
    let outcome = try sandbox.bash(
      """
      command='echo x >> n; echo part; until [ -e go ]; do sleep 0.02; done; echo rest'
      cachetronomy run --timeout 400ms -- sh -c "$command" > one; echo $? > status & it=$!
      until [ -s n ]; do sleep 0.01; done
      cachetronomy run -- sh -c "$command" > two & other=$!
      until [ "$(wc -l < n)" = 2 ]; do sleep 0.02; done
      touch go; wait $it $other; echo $?; cat status two
      """)
    #expect(outcome.lines == ["0", "124", "part", "rest"], "\(outcome.errors)")
  }

  @Test func `a failure that another call kept is no answer to one that keeps none`() throws {
    let outcome = try sandbox.bash(
      """
      fails() { cachetronomy run "$@" -- sh -c 'echo x >> n; cat ${U-n} | wc -l; exit 3'; }
      fails --failure-ttl 1h; fails --failure-ttl 1h; fails; fails --cache-status 0,3; fails --cache-status 0,3
      fails -v 2> /dev/null
      """)
    #expect(outcome.lines == ["1", "1", "2", "1", "1", "3"], "\(outcome.errors)")
  }

  @Test func `what is only to be answered is never run`() throws {
    let outcome = try sandbox.bash(
      """
      cachetronomy run --cached-only -- sh -c 'echo ran /dev/fd/'; echo $?
      CACHETRONOMY_DISABLE=1 cachetronomy run --cached-only -- echo ran; echo $?
      cachetronomy run --cached-only --rules-only -- echo ran; echo $?
      mkdir gone; cd gone; rmdir ../gone
      cachetronomy run --cached-only -- echo ran; echo $?
      cachetronomy run --refresh --background -- echo ran; echo $?
      cachetronomy run --explain -- echo ran > /dev/null; echo $?
      cachetronomy run -- echo ran
      """)
    #expect(outcome.lines == ["1", "1", "1", "1", "0", "1", "ran"], "\(outcome.errors)")
  }

  @Test func `why a command is not cached shows no secret`() throws {
    let outcome = try sandbox.bash(
      """
      TOKEN=supersecretvalue cachetronomy run -v -c 'echo supersecretvalue > /dev/null; cat /dev/fd/3' 3< /dev/null 2>&1
      """)
    #expect(outcome.text.contains("names an inherited descriptor"))
    #expect(!outcome.text.contains("supersecret"), "\(outcome.text)")
  }
}
