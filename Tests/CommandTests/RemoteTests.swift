#if Remote
  import Foundation
  import Testing

  /// Several machines, each a store of its own, and one real server on a free port of loopback.
  ///
  /// `begin` starts the server, `on NAME words...` is the tool on that machine, `r` asks the server.
  @Suite struct RemoteTests {
    static let begin = """
      set -u
      serve() {
        local try
        for try in 1 2 3 4 5 6 7 8; do
          port=$((20000 + RANDOM % 20000))
          redis-server --port $port --bind 127.0.0.1 --save '' --appendonly no --dir "$HERE" \
            --databases 4 "$@" > "$HERE/redis.log" 2>&1 &
          server=$!
          until r ping 2>/dev/null | grep -q -e PONG -e NOAUTH; do
            kill -0 $server 2>/dev/null || continue 2
            sleep 0.02
          done
          return 0
        done
        return 1
      }
      r() { redis-cli -h 127.0.0.1 -p $port "$@" 2>&1; }
      over() { kill -CONT $server; kill -9 $server; wait $server; } 2>/dev/null
      trap 'over' EXIT
      on() { CACHETRONOMY_DB=$HERE/$1/cache.db cachetronomy "${@:2}"; }
      # A profile for some machines, with more settings for the remote.
      team() {
        [ -e key ] || cachetronomy remote keygen "$HERE/key"
        printf 'team:\\n  time_to_live: 1h\\n  tags: [t1]\\n  remote:\\n' > team.yaml
        printf '    url: redis://127.0.0.1:%s/1\\n    key_file: %s/key\\n' $port "$HERE" >> team.yaml
        case "$*" in *timeout:*) ;; *) printf '    timeout: 5s\\n' >> team.yaml ;; esac
        printf '    %s\\n' "$@" >> team.yaml
        local machine
        for machine in a b c; do on $machine profile apply -q team.yaml --use team >/dev/null; done
      }

      """

    private func run(
      _ script: String, sandbox: Sandbox? = nil
    ) throws -> Sandbox.Outcome {
      let sandbox = try sandbox ?? Sandbox()
      return try sandbox.bash(Self.begin + script)
    }

    @Test func `what one machine ran another has`() throws {
      let outcome = try run(
        #"""
        serve; team
        cat > slow <<'E'
        #!/bin/sh
        echo ran >> "$HERE/runs"; printf 'out\0\377'; echo err >&2; sleep 0.02; echo more; exit 3
        E
        chmod +x slow
        for machine in a b b; do
          on $machine run -v --cache-status 3 --tag x -- ./slow > $machine.out 2> $machine.err
          echo "status $?"
        done
        cmp a.out b.out && echo same
        wc -l < runs
        sed -n 's/cachetronomy: //p' a.err b.err | cut -d' ' -f1-2
        on b show -- ./slow 2>/dev/null | grep -c . | sed 's/^0$/none/'
        on b list --json | grep -o '"tags":[^]]*]'
        on b keys
        """#)
      #expect(
        outcome.lines.prefix(6) == [
          "status 3", "status 3", "status 3", "same", "1", "MISS (absent),",
        ],
        "\(outcome.text)\(outcome.errors)")
      #expect(outcome.text.contains(#""tags":["t1","x"]"#), "\(outcome.text)")
    }

    @Test func `a large recording travels whole`() throws {
      let outcome = try run(
        #"""
        serve; team
        for machine in a b b; do
          on $machine run -- sh -c 'echo $$ >> runs; seq 300000; seq 5 >&2; seq 100000' \
            > $machine.out 2> $machine.err
        done
        cmp a.out b.out && cmp a.err b.err && wc -l < runs
        echo 'pragma integrity_check; select count(*) > 1 from chunk' | sqlite3 b/cache.db
        """#)
      #expect(outcome.lines == ["1", "ok", "1"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `ten cold callers on each of two machines run it once`() throws {
      let outcome = try run(
        #"""
        serve; team
        for i in $(seq 10); do for machine in a b; do
          on $machine run -- sh -c 'echo ran >> runs; sleep 0.3; echo done' > out.$machine.$i &
          jobs="${jobs:-} $!"
        done; done
        wait $jobs
        cat out.* | sort | uniq -c | tr -s ' '
        wc -l < runs
        r -n 1 keys '*lease*'
        """#)
      #expect(outcome.lines.prefix(2) == [" 20 done", "1"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `the death of the machine that runs it keeps nobody`() throws {
      let outcome = try run(
        #"""
        serve; team
        on a run -- sh -c 'echo $$ > pid; exec sleep 600' &
        first=$!
        until [ -s pid ]; do sleep 0.01; done
        kill -9 $first; kill -9 $(cat pid); rm pid
        lease=$(r -n 1 keys '*lease*')
        [ -n "$lease" ] && echo held
        # What its end in five seconds does, at once.
        r -n 1 pexpire "$lease" 1 > /dev/null
        on b run --wait 20s -- sh -c 'echo $$ > pid; exec true' && echo ran
        """#)
      #expect(outcome.lines.suffix(2) == ["held", "ran"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a lease is renewed while the command runs, and no wait is longer than --wait`()
      throws
    {
      let outcome = try run(
        #"""
        serve; team
        on a run -- sh -c 'echo a >> runs; until [ -e go ]; do sleep 0.02; done' & one=$!
        until [ -s runs ]; do sleep 0.01; done
        lease=$(r -n 1 keys '*lease*')
        r -n 1 pexpire "$lease" 2500 > /dev/null
        # Renewed to five seconds within a third of them.
        until [ "$(r -n 1 pttl "$lease")" -gt 2600 ]; do
          [ "$(r -n 1 pttl "$lease")" -gt 0 ] || { echo lost; break; }
          sleep 0.05
        done
        on b run --wait 300ms -- sh -c 'echo a >> runs; until [ -e go ]; do sleep 0.02; done' & two=$!
        until [ "$(wc -l < runs)" = 2 ]; do sleep 0.01; done
        touch go
        wait $one $two
        wc -l < runs
        """#)
      #expect(outcome.lines.last == "2", "\(outcome.text)\(outcome.errors)")
      #expect(!outcome.text.contains("lost"))
    }

    @Test func `who waits for a failure runs at once`() throws {
      let outcome = try run(
        #"""
        serve; team
        for machine in a b c; do
          on $machine run -- sh -c 'echo ran >> runs; sleep 0.2; exit 1' &
          jobs="${jobs:-} $!"
        done
        for job in $jobs; do wait $job; echo $?; done
        wc -l < runs
        """#)
      #expect(outcome.lines == ["1", "1", "1", "3"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `an entry moved, changed or of another namespace is a miss with one warning`() throws
    {
      let outcome = try run(
        #"""
        serve; team
        on a run -- echo one; on a run -- echo two
        names=($(r -n 1 keys '*entry*'))
        r -n 1 rename ${names[0]} x >/dev/null; r -n 1 rename ${names[1]} ${names[0]} >/dev/null
        r -n 1 rename x ${names[1]} >/dev/null
        for word in one two one; do on b run -- echo $word 2>> warnings; done
        grep -c 'is not what was sealed' warnings
        on b delete -- echo one
        r -n 1 setrange ${names[0]} 40 zzzz >/dev/null; r -n 1 setrange ${names[1]} 40 zzzz >/dev/null
        on c run -- echo one
        team 'namespace: other'
        on c delete -- echo one
        # Names of another namespace differ; put the old content under each new one.
        on c run --no-store -- echo one
        grep -c . warnings
        """#)
      #expect(
        outcome.lines == ["one", "two", "one", "two", "one", "1", "one", "one", "1"],
        "\(outcome.text)\(outcome.errors)")
    }

    @Test func `nothing readable reaches the server`() throws {
      let outcome = try run(
        #"""
        serve; team
        on a run --tag visible-tag -- sh -c 'echo visible-output; true visible-argument' >/dev/null
        on a set --remote visible-key visible-value
        r -n 1 keys '*' > names
        for name in $(cat names); do
          case $(r -n 1 type $name) in set) r -n 1 smembers $name;; *) r -n 1 get $name;; esac
        done > contents
        wc -l < names
        grep -c -a visible names contents
        """#)
      #expect(
        outcome.lines == ["4", "names:0", "contents:0"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `get, set, delete and clear reach it`() throws {
      let outcome = try run(
        #"""
        serve; team
        printf 'a\0b' | on a set --remote --tag red k1
        on a set --remote k2 two; on a set k3 three
        on b get k1; echo "miss $?"
        on b get --remote k1 | od -An -c | tr -s ' '
        on b get k1 | wc -c
        on b get --remote k3; echo "miss $?"
        on b delete --remote k2; echo "there $?"
        on c get --remote k2; echo "gone $?"
        on c clear --remote --tag red
        on c get --remote k1; echo "cleared $?"
        on c clear --remote --all 2>&1; echo "usage $?"
        on c --profile default get --remote k1 2>&1; echo "usage $?"
        team 'mode: read-only'
        on a set --remote k4 four 2>&1; echo "usage $?"
        """#)
      #expect(
        outcome.lines == [
          "miss 1", " a \\0 b", "3", "miss 1", "there 0", "gone 1", "cleared 1",
          "cachetronomy: bad option --remote: it goes with --tag, without --exact", "usage 64",
          "cachetronomy: bad remote: profile 'default' has none (see 'remote:' in profiles)",
          "usage 64",
          "cachetronomy: bad option --remote: the remote of this profile is read-only", "usage 64",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `what is removed while another machine runs it is not stored`() throws {
      let outcome = try run(
        #"""
        serve; team
        slow() { echo 'echo >> '$1'.runs; until [ -e '$1'.go ]; do sleep 0.02; done; echo old'; }
        for name in short long; do
          on a run -- sh -c "$(slow $name)" > /dev/null &
          until [ -s $name.runs ]; do sleep 0.01; done
          on b delete --remote -- sh -c "$(slow $name)"; echo "not there yet $?"
          # For as long as that is on the server, or until its owner must have noticed.
          [ $name = short ] || until [ -z "$(r -n 1 keys '*lease*')" ]; do sleep 0.05; done
          touch $name.go
          wait %%
        done
        r -n 1 keys '*entry*' | grep -c .
        on b run -- sh -c "$(slow long)"
        r -n 1 keys '*entry*' | grep -c .
        """#)
      #expect(
        outcome.lines == ["not there yet 1", "not there yet 1", "0", "old", "1"],
        "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a command that calls itself does not wait for its own lease`() throws {
      let outcome = try run(
        #"""
        serve; team
        cat > self <<'S'
        #!/bin/sh
        echo x >> n
        [ $(wc -l < n) -ge 3 ] || CACHETRONOMY_DB=$HERE/a/cache.db cachetronomy run -- ./self
        echo level
        S
        chmod +x self; timeout 20 cachetronomy --db a/cache.db run -- ./self; echo $?
        """#)
      #expect(outcome.lines == ["level", "level", "level", "0"], "\(outcome.errors)")
    }

    @Test func `an answer that is kept for errors alone does not end single flight`() throws {
      let outcome = try run(
        #"""
        serve; team
        printf 'team: {remote: {url: "redis://127.0.0.1:%s/1", key_file: %s/key, timeout: 5s}}\n' \
          $port "$HERE" > team.yaml
        for m in a b c; do on $m profile apply -q team.yaml; done
        slow='echo x >> runs; until [ -e ${U-go} ]; do sleep 0.02; done; cat ${U-word}'
        echo old > word; touch go
        on a run --ttl 1s --stale-if-error 1d -- sh -c "$slow"
        rm go; echo new > word
        while on a has -- sh -c "$slow"; do sleep 0.05; done
        for m in a b c; do
          on $m run --ttl 1s --stale-if-error 1d -- sh -c "$slow" > $m.out &
        done
        until [ "$(wc -l < runs)" -ge 2 ]; do sleep 0.01; done
        # All three have asked when two of them wait for the lease of the third.
        until [ "$(r client list | grep -c 'name=')" -ge 4 ]; do sleep 0.01; done
        touch go; wait $(jobs -p | grep -v $server); cat [abc].out; wc -l < runs
        """#)
      #expect(outcome.lines == ["old", "new", "new", "new", "2"], "\(outcome.errors)")
    }

    @Test func `who may only read removes nothing, who removes two is told of both`() throws {
      let outcome = try run(
        #"""
        serve; team
        on a set --remote k1 v; on b set k2 v
        on b delete --remote k1 k2; echo "both $?"
        on b delete --remote k1 k2; echo "none $?"
        on a set --remote --tag t k1 v
        team 'mode: read-only'
        on b delete --remote k1 2>&1; echo $?
        on b clear --remote --tag t 2>&1; echo $?
        r -n 1 keys '*entry*' | grep -c .
        """#)
      #expect(
        outcome.lines == [
          "both 0", "none 1",
          "cachetronomy: bad option --remote: the remote of this profile is read-only", "64",
          "cachetronomy: bad option --remote: the remote of this profile is read-only", "64", "1",
        ], "\(outcome.errors)")
    }

    @Test func `the set of a tag does not keep what is gone`() throws {
      let outcome = try run(
        #"""
        serve; team
        printf 'team: {remote: {url: "redis://127.0.0.1:%s/1", key_file: %s/key, timeout: 5s}}\n' \
          $port "$HERE" > team.yaml
        on a profile apply -q team.yaml
        on a set --remote --tag red --ttl never lasting v
        for i in $(seq 30); do on a set --remote --tag red --ttl 1s k$i v; done
        until [ "$(r -n 1 dbsize)" = 2 ]; do sleep 0.05; done
        for i in $(seq 30); do on a set --remote --tag red --ttl never again v; done
        [ "$(r -n 1 scard "$(r -n 1 keys '*tag*')")" -lt 10 ] && echo few
        # Nor takes a name with it that is none of ours.
        r -n 1 set theirs v > /dev/null; r -n 1 sadd "$(r -n 1 keys '*tag*')" theirs > /dev/null
        on a clear --remote --tag red; r -n 1 keys '*'
        """#)
      #expect(outcome.lines == ["few", "theirs"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a server that sends without end is waited for no longer`() throws {
      let sandbox = try Sandbox()
      try Data(
        #"""
        import os, socket, threading, time
        listener = socket.create_server(('127.0.0.1', 0))
        open('port.new', 'w').write(str(listener.getsockname()[1]))
        os.rename('port.new', 'port')
        def drip(one):
            try:
                one.sendall(b'+' + b'x' * (8 << 20))
                while True: one.sendall(b'x'); time.sleep(0.001)
            except OSError: pass
        def nest(one):
            try: one.sendall(b'*1\r\n' * 300000)
            except OSError: pass
        for serve in (drip, nest):
            threading.Thread(target=serve, args=(listener.accept()[0],)).start()
        """#.utf8
      ).write(to: URL(fileURLWithPath: sandbox.directory + "/server.py"))
      let outcome = try run(
        #"""
        python3 server.py & server=$!
        until [ -e port ]; do sleep 0.01; done
        port=$(cat port); team 'timeout: 1s'
        for i in 1 2; do
          rm -f a/*-remote
          timeout 5 cachetronomy --db a/cache.db run --refresh --no-remote -- true
          timeout 5 cachetronomy --db a/cache.db run -v -- echo answer $i 2>&1 | sed 's/.*6379//; s/#.*//' |
            grep -o 'answer .$\|in time\|the Redis protocol'
        done
        """#, sandbox: sandbox)
      #expect(
        Set(outcome.lines) == ["answer 1", "in time", "answer 2", "the Redis protocol"],
        "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a server that breaks off its TLS is a failure, not the end of us`() throws {
      let sandbox = try Sandbox()
      try Data(
        #"""
        import os, socket, ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain('tls.crt', 'tls.key')
        listener = socket.create_server(('127.0.0.1', 0))
        open('port.new', 'w').write(str(listener.getsockname()[1]))
        os.rename('port.new', 'port')
        while True:
            # Its end first, then what is left unread: a write after that is a broken pipe.
            with context.wrap_socket(listener.accept()[0], server_side=True) as one:
                one.shutdown(socket.SHUT_WR)
                one.recv(1000)
        """#.utf8
      ).write(to: URL(fileURLWithPath: sandbox.directory + "/server.py"))
      let outcome = try run(
        #"""
        openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 2 \
          -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1
        python3 server.py & server=$!
        until [ -e port ]; do sleep 0.01; done
        cachetronomy remote keygen "$HERE/key"
        printf 'team:\n  remote: {url: "rediss://localhost:%s", key_file: %s/key, ca_file: %s/tls.crt, timeout: 5s}\n' \
          "$(cat port)" "$HERE" "$HERE" > team.yaml
        on a profile apply -q team.yaml --use team
        head -c 3000000 /dev/urandom > large
        for i in $(seq 20); do
          rm -f a/*-remote
          on a set --remote k --file large > out 2>&1; echo $?
        done | sort | uniq -c
        """#, sandbox: sandbox)
      #expect(outcome.lines.map { $0.split(separator: " ") } == [["20", "74"]], "\(outcome.text)")
    }

    @Test func `entries expire there as they do here`() throws {
      let outcome = try run(
        #"""
        serve; team 'time_to_live: 90s'
        on a run --ttl 1h -- echo long; on a run --ttl 5s -- echo short
        for name in $(r -n 1 keys '*entry*'); do r -n 1 pttl $name; done | sort -n |
          awk '{ print ($1 <= 5000 ? "short" : $1 <= 90000 && $1 > 80000 ? "long" : $1) }'
        # An answer too old for this call is not taken.
        on b run --ttl 1ms -- echo long
        on b run -v --ttl 1h -- echo short 2>&1 | cut -d, -f1
        """#)
      #expect(
        outcome.lines.prefix(5) == ["long", "short", "short", "long", "long"],
        "\(outcome.text)\(outcome.errors)")
    }

    @Test func `modes are kept to`() throws {
      let outcome = try run(
        #"""
        serve; team 'mode: write-only'
        on a run -- echo one; on b run -v -- echo one 2>&1 | cut -d, -f1
        team 'mode: read-only'
        on c run -v -- echo one 2>&1 | cut -d, -f1
        on c run -- echo two; r -n 1 dbsize
        on a run --no-remote -- echo three; team; on a run --no-remote -- echo four; r -n 1 dbsize
        """#)
      #expect(
        outcome.lines == [
          "one", "one", "cachetronomy: MISS (absent)", "one",
          "cachetronomy: HIT (remote)", "two", "2", "three", "four", "2",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a rule keeps a command from it`() throws {
      let outcome = try run(
        #"""
        serve; team
        sed -i '/remote:/i\  rules: [{match: "echo secret", remote: false}]' team.yaml
        on a profile apply -q team.yaml
        on a run -- echo secret; r -n 1 dbsize; on a run -- echo other; r -n 1 dbsize
        """#)
      #expect(outcome.lines == ["secret", "0", "other", "2"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `another user's password is asked for and never shown`() throws {
      let outcome = try run(
        #"""
        serve --requirepass hunter2; team
        on a run -- echo one 2>> said
        export SECRET=hunter2
        team 'password_env: SECRET'
        on a remote ping >/dev/null && echo pong
        on a run -- echo two 2>> said
        on b run -v --env PATH -- echo two > /dev/null 2>> said
        umask 077; echo hunter2 > pass
        team "password_file: $HERE/pass"
        on b remote ping > /dev/null && echo pong
        chmod 644 pass; on b remote ping 2>> said; echo $?
        echo hunter3 > pass; chmod 600 pass; on b remote ping 2>> said; echo $?
        on b remote status >> said
        grep -o 'it requires a password\|other users can read\|wrong user or password' said | sort -u
        grep -c hunter said team.yaml
        """#)
      #expect(
        outcome.lines == [
          "one", "pong", "two", "pong", "74", "74", "it requires a password",
          "other users can read",
          "wrong user or password", "said:0", "team.yaml:0",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a server that is gone, stopped or full stops nobody and is told of once`() throws {
      let outcome = try run(
        #"""
        serve; team 'timeout: 60ms'
        on a run -- echo warm
        kill -STOP $server
        for i in 1 2 3; do on b run -- echo stopped $i; done 2> stopped
        kill -CONT $server
        wc -l < stopped
        grep -o 'no reply in time' stopped
        on b remote status | grep -o 'left alone for\|to be tried again'
        rm -f b/*-remote
        r config set maxmemory 1 > /dev/null
        for i in 1 2; do on b run -- echo full $i; done 2> full
        wc -l < full; grep -o 'it is full' full
        # Reading goes on.
        on b run -v -- echo warm 2>&1 | cut -d, -f1
        r config set maxmemory 0 > /dev/null
        kill -9 $server; wait $server 2>/dev/null
        for i in 1 2; do on c run -- echo gone $i; done 2> gone
        wc -l < gone; grep -o 'Connection refused' gone
        on a run -v -- echo warm 2>&1 | cut -d, -f1
        """#)
      #expect(
        outcome.lines == [
          "warm", "stopped 1", "stopped 2", "stopped 3", "1", "no reply in time",
          "left alone for", "full 1", "full 2", "1", "it is full", "warm",
          "cachetronomy: HIT (remote)", "gone 1", "gone 2", "1", "Connection refused",
          "warm", "cachetronomy: HIT",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a server that restarts empty, or dies while the command runs, loses nothing`()
      throws
    {
      let outcome = try run(
        #"""
        serve; team
        on a run -- echo one; r -n 1 flushall > /dev/null
        on b run -- echo one
        on a run -- sh -c "kill -9 $server; echo two"
        on a run -v -- sh -c "kill -9 $server; echo two" 2>&1 | cut -d, -f1
        """#)
      #expect(
        outcome.lines.prefix(4) == ["one", "one", "two", "two"], "\(outcome.text)\(outcome.errors)")
      #expect(outcome.lines.last == "cachetronomy: HIT", "\(outcome.text)")
    }

    /// A server that answers each connection with some bytes, then does something.
    private static let garbler = #"""
      import os, socket, sys, time
      reply = eval(sys.argv[2]); what = sys.argv[3]
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
      open(sys.argv[1], "w").write(str(s.getsockname()[1])); os.rename(sys.argv[1], sys.argv[1] + ".port")
      kept = []
      while True:
          c, _ = s.accept()
          try:
              c.recv(65536)
              if what == "drip":
                  for b in reply: c.sendall(bytes([b])); time.sleep(0.02)
              elif what == "flood":
                  while True: c.sendall(reply)
              else: c.sendall(reply)
          except OSError: pass
          if what == "close": c.close()
          else: kept.append(c)
      """#

    @Test(arguments: [
      (#"b"""#, "close"), (#"b"HTTP/1.1 400 Bad Request\r\n\r\n""#, "hold"),
      (#"b"+OK\r\n$10\r\nab""#, "close"), (#"b"+OK\r\n$2147483647\r\n""#, "hold"),
      (#"b"*2147483647\r\n""#, "hold"), (#"b"*1000000000000\r\n""#, "hold"),
      (#"b"*1\r\n" * 2000"#, "hold"), (#"b":99999999999999999999999\r\n""#, "hold"),
      (#"b"$-5\r\n" * 9"#, "hold"), (#"b"+OK\r\n$99999999\r\n" + b"x" * 4096"#, "drip"),
      (#"b"+OK\r\n$99999999999\r\n" + b"x" * 65536"#, "flood"), (#"b"x" * 65536"#, "flood"),
      (#"b"+OK\r\n+" + b"x" * 65536"#, "flood"), (#"os.urandom(65536)"#, "flood"),
      (#"b"-MOVED 3999 127.0.0.1:6381\r\n" * 4"#, "hold"),
      (#"b"-\x1b[31mERR \x07bell\r\n" * 4"#, "hold"), (#"b"-\r\n" * 4"#, "hold"),
      (#"b"+OK\r\n*-1\r\n$-1\r\n%3\r\n""#, "hold"), (#"b"+OK\r\n:5\r\n+OK\r\n*0\r\n""#, "hold"),
    ])
    func `nonsense costs its time and one line`(reply: String, what: String) throws {
      let sandbox = try Sandbox()
      let outcome = try sandbox.bash(
        #"""
        cat > garbler.py <<'E'
        \#(Self.garbler)
        E
        python3 garbler.py "$HERE/bound" '\#(reply)' \#(what) & server=$!
        trap 'kill -9 $server' EXIT
        until [ -e bound.port ]; do sleep 0.01; done
        cachetronomy remote keygen key
        printf 'team:\n  remote: {url: "redis://127.0.0.1:%s/1", key_file: %s/key, timeout: 300ms}\n' \
          "$(cat bound.port)" "$HERE" > team.yaml
        cachetronomy profile apply -q team.yaml --use team
        ulimit -v 4000000
        for i in 1 2 3; do cachetronomy run -- echo one $i; done 2> said
        wc -l < said; grep -c "cannot use remote 'redis://127.0.0.1:" said
        LC_ALL=C grep -c '[[:cntrl:]]' said
        """#)
      let lines = outcome.lines
      #expect(lines.prefix(3) == ["one 1", "one 2", "one 3"], "\(outcome.text)\(outcome.errors)")
      #expect(
        lines.suffix(3) == ["1", "1", "0"] || lines.suffix(3) == ["0", "0", "0"], "\(outcome.text)")
      // Three calls, of which one or two wait 300 ms for each of a question and a gift.
      #expect(outcome.seconds < 10)
    }

    /// Stands between a machine and the server; the file `mode` says what it does to the next
    /// connection: pass, cut N (after so many bytes of both), flip N (one bit of a byte), late N (ms).
    private static let proxy = #"""
      import os, select, socket, sys, time
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
      open("bound", "w").write(str(s.getsockname()[1])); os.rename("bound", "proxy.port")
      while True:
          c, _ = s.accept()
          what, n = open("mode").read().split()
          n = int(n); seen = 0; over = False
          u = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
          while not over:
              for r in select.select([c, u], [], [])[0]:
                  data = bytearray(r.recv(65536))
                  if not data: over = True; break
                  if what == "cut" and seen + len(data) > n: data = data[:n - seen]; over = True
                  if what == "flip" and seen <= n < seen + len(data): data[n - seen] ^= 1
                  if what == "late": time.sleep(n / 1000)
                  seen += len(data)
                  try: (u if r is c else c).sendall(bytes(data))
                  except OSError: over = True
                  if over: break
          c.close(); u.close()
      """#

    @Test(arguments: ["cut", "flip"])
    func `a connection that is cut or garbled anywhere changes nothing`(what: String) throws {
      let outcome = try run(
        #"""
        cat > proxy.py <<'E'
        \#(Self.proxy)
        E
        serve; team
        echo pass 0 > mode; python3 proxy.py $port & proxy=$!
        trap 'kill -9 $proxy; over' EXIT
        until [ -e proxy.port ]; do sleep 0.01; done
        sed "s/:$port/:$(cat proxy.port)/; s/timeout: 5s/timeout: 300ms/" team.yaml > proxied.yaml
        on a profile apply -q proxied.yaml
        # Questions and answers of one run are about 1400 bytes.
        for n in $(seq 0 61 1500); do
          echo \#(what) $n > mode; rm -f a/*-remote
          on a run --wait 100ms -- sh -c "echo $n >> runs; echo out $n; echo err $n >&2" > out 2> err
          [ "$? $(cat out) $(grep -v ^cachetronomy err)" = "0 out $n err $n" ] || echo "bad $n: $(cat out err)"
          # What came to the server in spite of that is right, or is not taken.
          [ "$(on b run --wait 100ms -- sh -c "echo $n >> runs; echo out $n; echo err $n >&2" 2>/dev/null)" = "out $n" ] ||
            echo "wrong $n"
        done
        sort -n runs | uniq -c | awk '$1 > 2 { print "ran thrice " $2 }'
        # A last one that meets, so that the test is of what it seems to be.
        echo pass 0 > mode; rm -f a/*-remote
        on a run -- echo met; on b run -v -- echo met 2>&1 | cut -d, -f1
        for store in a b; do echo 'pragma integrity_check' | sqlite3 $store/cache.db; done
        """#)
      #expect(
        outcome.lines == [
          "met", "met", "cachetronomy: HIT (remote)", "ok", "ok",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a slow server costs its timeout and no more`() throws {
      let outcome = try run(
        #"""
        cat > proxy.py <<'E'
        \#(Self.proxy)
        E
        serve; team
        echo late 120 > mode; python3 proxy.py $port & proxy=$!
        trap 'kill -9 $proxy; over' EXIT
        until [ -e proxy.port ]; do sleep 0.01; done
        sed "s/:$port/:$(cat proxy.port)/; s/timeout: 5s/timeout: 50ms/" team.yaml > proxied.yaml
        on a profile apply -q proxied.yaml
        on a run -- echo one 2> said; grep -c 'no reply in time' said
        # Left alone: whoever comes now does not even connect.
        kill -STOP $proxy
        on a run -- echo two 2>> said; wc -l < said
        """#)
      #expect(outcome.lines == ["one", "1", "two", "1"], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `TLS is checked against the name and the authority`() throws {
      let outcome = try run(
        #"""
        openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 2 \
          -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1
        serve
        tls=$((port + 1)); r shutdown nosave >/dev/null; wait $server
        redis-server --port $port --tls-port $tls --tls-cert-file tls.crt --tls-key-file tls.key \
          --tls-ca-cert-file tls.crt --tls-auth-clients no --save '' --dir "$HERE" > redis.log & server=$!
        until r ping 2>/dev/null | grep -q PONG; do sleep 0.02; done
        team
        for place in localhost 127.0.0.1; do for trust in "ca_file: $HERE/tls.crt" "mode: read-write"; do
          printf 'team:\n  remote:\n    url: rediss://%s:%s\n    key_file: %s/key\n    timeout: 5s\n    %s\n' \
            $place $tls "$HERE" "$trust" > team.yaml
          on a profile apply -q team.yaml > /dev/null
          on a remote ping >/dev/null 2> said; echo $?; sed 's/.*refused: //' said
        done; done
        printf 'team:\n  remote: {url: "rediss://localhost:%s", key_file: %s/key, ca_file: %s/tls.crt, timeout: 5s}\n' \
          $tls "$HERE" "$HERE" > team.yaml
        rm a/*-remote
        for machine in a b; do
          on $machine profile apply -q team.yaml; on $machine run -v -- echo one 2>&1 | cut -d, -f1
        done
        """#)
      let lines = outcome.lines
      #expect(lines.first == "0", "\(outcome.text)\(outcome.errors)")
      #expect(lines.filter { $0 == "74" }.count == 3, "\(outcome.text)")
      #expect(lines.last == "cachetronomy: HIT (remote)", "\(outcome.text)")
    }

    @Test func `a run that began earlier does not replace a later one there`() throws {
      let outcome = try run(
        #"""
        serve; team
        echo 'v=$(cat ${U-value}); : > ${U-begun}; [ $v = new ] || until [ -e ${U-go} ]; do sleep .02; done; echo $v' > slow
        echo old > value; on a run --refresh -- sh slow > one &
        until [ -e begun ]; do sleep .02; done
        echo new > value; on b run --refresh -- sh slow; : > go; wait $!; cat one
        on c run -v -- sh slow 2>&1 | cut -d, -f1; on a run --refresh -- sh slow; on b delete -- sh slow; on b run -- sh slow
        """#)
      #expect(
        outcome.lines == [
          "new", "old", "new", "cachetronomy: HIT (remote)", "new", "new",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `a socket file is a server too`() throws {
      let outcome = try run(
        #"""
        serve --unixsocket "$HERE/redis.sock"; team
        sed -i "s|url:.*|url: unix://$HERE/redis.sock?db=3|" team.yaml
        for machine in a b; do
          on $machine profile apply -q team.yaml; on $machine run -v -- echo one 2>&1 | cut -d, -f1
        done
        r -n 3 dbsize
        """#)
      #expect(
        outcome.lines == [
          "one", "cachetronomy: MISS (absent)", "one", "cachetronomy: HIT (remote)",
          "2",
        ], "\(outcome.text)\(outcome.errors)")
    }

    /// Whether this machine lets us make hosts of our own.
    private static let hasNamespaces =
      (try? Sandbox().bash(
        "command -v ip && ip netns add cct-$$ && ip netns del cct-$$"
      ).status) == 0

    @Test(.enabled(if: hasNamespaces))
    func `two hosts meet, and a cable that is pulled costs the timeout`()
      throws
    {
      let outcome = try run(
        #"""
        a=cca$$ b=ccb$$
        trap 'ip netns del $a; ip netns del $b; over' EXIT
        ip netns add $a; ip netns add $b
        ip link add v$$ netns $a type veth peer name v$$ netns $b
        ip -n $a addr add 10.77.0.1/24 dev v$$; ip -n $b addr add 10.77.0.2/24 dev v$$
        ip -n $a link set v$$ up; ip -n $b link set v$$ up; ip -n $a link set lo up
        ip netns exec $a redis-server --port 6399 --bind 10.77.0.1 --protected-mode no --save '' \
          --dir "$HERE" > redis.log & server=$!
        until ip netns exec $a redis-cli -h 10.77.0.1 -p 6399 ping 2>/dev/null | grep -q PONG; do
          sleep 0.02
        done
        port=1; team
        sed -i "s|url:.*|url: redis://10.77.0.1:6399|; s/timeout: 5s/timeout: 400ms/" team.yaml
        for machine in a b; do on $machine profile apply -q team.yaml; done
        host() { CACHETRONOMY_DB=$HERE/$1/cache.db ip netns exec ${!1} cachetronomy "${@:2}"; }
        host a run -- echo one; host b run -v -- echo one 2>&1 | cut -d, -f1
        # No reset and no refusal: what is sent is gone.
        ip -n $a link set v$$ down; ip -n $b neigh flush all
        host b run -- echo two 2> said; grep -c 'cannot use remote' said
        host b run -- echo three 2>> said; wc -l < said
        ip -n $a link set v$$ up; rm b/*-remote
        until ip netns exec $b redis-cli -h 10.77.0.1 -p 6399 ping 2>/dev/null | grep -q PONG; do
          sleep 0.05
        done
        host a run -- echo four; host b run -v -- echo four 2>&1 | cut -d, -f1
        """#)
      #expect(
        outcome.lines == [
          "one", "one", "cachetronomy: HIT (remote)", "two", "1", "three", "1", "four",
          "four", "cachetronomy: HIT (remote)",
        ], "\(outcome.text)\(outcome.errors)")
    }

    @Test func `clones of one repository meet, other places do not`() throws {
      let outcome = try run(
        #"""
        serve; team
        for clone in one two; do
          mkdir -p $clone/sub; git -C $clone init -q
        done
        git -C one remote add origin git@example.com:team/tool.git
        git -C two remote add origin https://ada:token@example.com/team/tool
        mkdir -p three/sub
        try() { (cd $2 && on $1 run -v --cwd repository --env PATH --executable content -- "${@:3}" 2>&1 | tail -1 | cut -d, -f1); }
        try a one/sub echo x; try b two/sub echo x; try b two echo x; try c three/sub echo x
        (cd one/sub && on a explain --cwd repository --executable content -- echo x | tail -1)
        (cd three && on a explain -- echo x | tail -3)
        # A program of the repository's, by its place in there.
        for clone in one two; do printf '#!/bin/sh\necho tool\n' > $clone/tool; chmod +x $clone/tool; done
        try() { (cd $2 && on $1 run -v --cwd repository --env PATH --executable content --arg-files content -- "${@:3}" 2>&1 | tail -1 | cut -d, -f1); }
        try a one ./tool; try b two ./tool
        # Two places of one machine that only seem to be one repository.
        git -C one remote set-url origin ../upstream; git -C two remote set-url origin ../upstream
        try a one ./tool; try a two ./tool
        # A link into another repository: where it leads to counts.
        ln -s "$HERE/three/sub" one/link; git -C three init -q
        echo 1 > one/f; echo 3 > three/f
        (cd one/link && on a run --cwd repository --env PATH -- cat ../f)
        (cd one/sub && on a run --cwd repository --env PATH -- cat ../f)
        """#)
      #expect(
        outcome.lines.prefix(5) == [
          "cachetronomy: MISS (absent)", "cachetronomy: HIT (remote)",
          "cachetronomy: MISS (absent)", "cachetronomy: MISS (absent)", "elsewhere: the same key",
        ], "\(outcome.text)\(outcome.errors)")
      #expect(
        outcome.lines.suffix(6) == [
          "cachetronomy: MISS (absent)", "cachetronomy: HIT (remote)",
          "cachetronomy: MISS (absent)", "cachetronomy: MISS (absent)", "3", "1",
        ], "\(outcome.text)\(outcome.errors)")
      #expect(outcome.lines.contains { $0.hasPrefix("  cwd ") && $0.contains("repository") })
    }
  }
#endif
