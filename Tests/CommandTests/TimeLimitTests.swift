import Testing

/// What `--timeout` ends, and what the terminal and other processes can still do to the command.
@Suite struct TimeLimitTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    _ = try sandbox.bash(
      """
      cat > terminal.py <<'END'
      import os, pty, re, select, sys
      pid, terminal = pty.fork()
      if pid == 0:
          os.environ['PS1'] = '> '
          os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])
      seen = b''
      def until(text):
          global seen
          while text not in seen:
              if not select.select([terminal], [], [], 60)[0]:
                  sys.exit('waited for %r, saw %r' % (text, seen))
              seen += os.read(terminal, 4096)
          seen = seen.split(text, 1)[1]
      def type(text): os.write(terminal, text.encode())
      until(b'> ')
      exec(open(sys.argv[1]).read())
      END
      """)
  }

  @Test(
    arguments: [
      "sh -c 'sleep 100 & echo $! > p; sleep 100 & wait'",
      "sh -c '(sh -c \"echo \\$PPID > p; sleep 100 & wait\" &); sleep 100'",
      "setsid sh -c 'echo $$ > p; sleep 100'", "bash -mc 'sleep 100 & echo $! > p; wait'",
      "sh -c 'echo $$ > p; kill -STOP $$'", "timeout 100 sh -c 'echo $$ > p; sleep 100'",
      "python3 -c 'import os, time; os.fork() and os._exit(time.sleep(99)); print(os.getpid(), file=open(\"p\", \"w\"), flush=True); time.sleep(99)'",
    ], ["", "--trace"])
  func `all that the command started is ended`(command: String, traced: String) throws {
    let outcome = try sandbox.bash(
      """
      timeout 60 cachetronomy run \(traced) --timeout 5s -- \(command); echo $?
      kill -0 $(cat p) 2>&1 | grep -c 'No such process'
      """)
    #expect(outcome.lines == ["124", "1"], "\(outcome.errors)")
  }

  @Test func `a descendant that ignores TERM is killed, one that needs time is waited for`() throws
  {
    let outcome = try sandbox.bash(
      """
      run() { timeout 60 cachetronomy run --timeout 300ms -- "$@"; echo $?; }
      run sh -c '(trap "" TERM; echo on; while :; do sleep 1; done) & echo $! > p; wait'
      kill -0 $(cat p) 2>&1 | grep -c 'No such process'
      run sh -c '(trap "sleep 1; echo clean; exit" TERM; while :; do sleep .1; done) & wait'
      """)
    #expect(outcome.lines == ["on", "124", "1", "clean", "124"], "\(outcome.errors)")
  }

  @Test func `a daemon and what was there before are left alone`() throws {
    let outcome = try sandbox.bash(
      """
      run() { timeout 60 cachetronomy run --timeout 500ms -- "$@"; echo $?; }
      run sh -c 'setsid sh -c "echo \\$\\$ > p; exec sleep 100 > /dev/null 2>&1" & sleep 100'
      kill $(cat p) && echo there
      sh -c 'sleep 100 & echo $! > q; exec cachetronomy run --timeout 500ms -- sleep 100'; echo $?
      kill $(cat q) && echo there
      run sh -c '(sleep 100 > /dev/null 2>&1 & echo $! > r); echo done'; kill $(cat r) && echo there
      """)
    #expect(
      outcome.lines == ["124", "there", "124", "there", "done", "0", "there"], "\(outcome.errors)")
  }

  @Test(arguments: ["", "--trace"])
  func `a signal that a process sends reaches them all`(traced: String) throws {
    let outcome = try sandbox.bash(
      """
      mkfifo one two
      cachetronomy run \(traced) --timeout 1m -- bash -c '(trap "echo inner; exit" USR1; echo > one; while :; do sleep .1; done) &
        trap "echo outer" USR1; echo > two; wait; wait' & it=$!
      read x < one; read x < two; kill -USR1 $it; wait $it; echo $?
      """)
    #expect(outcome.lines.sorted() == ["0", "inner", "outer"], "\(outcome.errors)")
  }

  @Test(arguments: ["--timeout 1m", "--trace", "--trace --timeout 1m"])
  func `the command keeps the terminal`(options: String) throws {
    let outcome = try sandbox.bash(
      #"""
      cat > steps.py <<'END'
      type("cachetronomy run \#(options) -- sh -c 'echo re\"\"ady; read x < /dev/tty; echo got-$x'\n")
      until(b'ready'); type('hello\n'); until(b'got-hello\r')
      type("cachetronomy run \#(options) -- bash -c 'echo $$ > p; trap \"echo ba\"\"ck\" CONT; echo re\"\"ady; while :; do sleep .1; done'\n")
      until(b'ready'); type('\x1a'); until(b'Stopped'); until(b'> ')
      type("ps -o stat= -p $(cat p); echo wa\"\"s\n"); until(b'T'); until(b'was\r')
      type('fg\n'); until(b'back'); type('\x03'); until(b'> ')
      type("echo st=$?; kill -0 $(cat p)\n"); until(b'st=130\r'); until(b'No such process')
      print('all')
      END
      python3 terminal.py steps.py
      """#)
    #expect(outcome.lines == ["all"], "\(outcome.errors)")
  }

  @Test func `a script without job control reads from the terminal`() throws {
    let outcome = try sandbox.bash(
      #"""
      echo 'cachetronomy run --timeout 1m -- sh -c "echo re\"\"ady; read x < /dev/tty; echo got-\$x"' > s.sh
      cat > steps.py <<'END'
      type('sh s.sh; echo st=$?\n'); until(b'ready'); type('word\n'); until(b'got-word\r'); until(b'st=0\r')
      type('sh -c "cachetronomy run --timeout 500ms -- cat /dev/tty"; echo st=$?\n'); until(b'st=124\r')
      print('all')
      END
      python3 terminal.py steps.py
      """#)
    #expect(outcome.lines == ["all"], "\(outcome.errors)")
  }
}
