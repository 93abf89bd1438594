import Testing

/// No value of the environment, no input and no content of a file in anything that we leave or say.
@Suite struct SecretFilesTests {
  @Test func `no secret is in any file or message of ours`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      ulimit -c 0; mkdir out t home; export HOME=$HERE/home TMPDIR=$HERE/t
      export PLAIN=CANARYplain1 GH_TOKEN=CANARYtoken2 DB_PASSWORD=CANARYpass3 API_URL=https://u:CANARYurl4@h/
      echo CANARYfile5 > watched; n=0
      try() { n=$((n+1)); timeout 20 cachetronomy "$@" > out/$n.out 2> out/$n.err; }
      input() { printf 'CANARYinput6\n%s\n' "$(seq 200000)"; }
      for word in -q -v -v; do
        try run $word -- true; try run $word --env PLAIN --env '*_TOKEN' -- true; try run $word --no-env -- true
        input | try run $word --stdin -- wc -c; input | try run $word -- true
        try run $word --file watched -- true; try run $word --mtime watched -- wc -c watched
        try run $word --arg-files content -- wc -c watched
        try run $word -- true "x${GH_TOKEN}y"; try run $word -- true --password CANARYword7 --token=CANARYword7
        try run $word -- true -H 'Authorization: Bearer CANARYword7' -uada:CANARYword7
        try run $word -- true -H 'X-Api-Key: CANARYword7' API_KEY=CANARYword7 'https://h/?token=CANARYword7'
        try run $word -c "API_KEY='CANARYword7 x' true postgres://ada:CANARYword7@h/ --client-secret CANARYword7"
        try run $word -- env A=b true curl -su ada:CANARYword7 -sH 'X-Api-Key: CANARYword7' --cert c.pem:CANARYword7
        try run $word -- true mysql -pCANARYword7; try run $word -- true 'u:CANARYword7@tcp(h)/db' 'https://h/?sig=CANARYword7'
        try run $word -- true git -c http.extraHeader='Authorization: Basic CANARYword7' '{"password": "CANARYword7"}'
        try run $word -c $'H=\'Authorization: Bearer CANARYword7\'; true "$H" <<E\n{"token": "CANARYword7"}\nE\n'
        try run $word -c 'redis-cli -a CANARYword7 ping || sshpass -p CANARYword7 true || docker login -p CANARYword7'
        try run $word -c "true $GH_TOKEN -u ada:CANARYword7"; try run $word --scope s -- true "$DB_PASSWORD"
        try run $word -- "$GH_TOKEN"; try run $word -- "./$GH_TOKEN"; try run $word -- /bin/"$DB_PASSWORD"/x
        try run $word --failure-ttl 1h -- sh -c 'exit 4' "$DB_PASSWORD"
        try run $word --timeout 10ms -- sh -c 'sleep 5' "$DB_PASSWORD"
        try run $word --db /proc/none/x -- true "$DB_PASSWORD"
        try run $word --ttl 1ms --stale-while-revalidate 1h -- true "$DB_PASSWORD" 2
        try run $word --refresh --background -- true "$DB_PASSWORD" 3
      done
      PLAIN=CANARYother8 try run -v -- true; PLAIN=CANARYother8 try explain -- true
      for verb in explain show get has; do
        try $verb -- true "x${GH_TOKEN}y"; try $verb -- true "new$GH_TOKEN"; input | try $verb --stdin -- wc -c
      done
      try explain --json -- true "$DB_PASSWORD"; try run --explain -- true "$DB_PASSWORD"
      printf 'p:\n  rules:\n    - match: wc **\n      file: [watched]\n      env: [PLAIN]\n' > p.yaml
      printf '    - match: true **\n      redact: ["CANARYred*", "PIN="]\n' >> p.yaml
      try profile apply p.yaml --use p; try run -v -- wc -c watched; try profile match -- wc "$GH_TOKEN"
      try run -v -- true x-CANARYred9 --pin CANARYred9; try explain -- true PIN=CANARYred9; try explain -- true CANARYred9
      printf 'wc -c watched\ntrue %s\n' "$GH_TOKEN" > list; try warm list; try warm -v list
      try list; try list --json; try keys; try log access; try log evictions; try stats; try stats --json
      try stats --html page.html; try doctor; try config --json; try gc -v; try export --all
      cp out/$n.out all.jsonl; try import --db two.db all.jsonl; try import -v all.jsonl
      for signal in KILL SEGV; do
        mkfifo go; (input | cachetronomy run --stdin -- sh -c 'echo > go; exec sleep 5' $signal "$GH_TOKEN" \
          > out/crash.$signal 2>&1) & read < go; rm go
        for pid in $(pgrep -f "CANARYtoken2$"); do
          [ "$(readlink /proc/$pid/cwd)" = "$HERE" ] && kill -$signal $pid
        done; wait
      done 2> /dev/null
      echo junk > store/cache.db; try run -v -- true "$GH_TOKEN"; try run -v -- true "$GH_TOKEN"
      rm -f list watched all.jsonl p.yaml
      uid=$(id -u); memory=$(for d in /dev/shm/cachetronomy-$uid/*; do grep -qa "$HERE/store" $d/head && echo $d; done 2> /dev/null)
      find . "$HERE.runtime" $memory -type f ! -name '.in-*' | tee files | wc -l | xargs test 200 -lt && echo many
      [ -n "$memory" ] && echo memory
      python3 - <<'PYTHON'
      import base64, re
      words = [b'plain1', b'token2', b'pass3', b'url4', b'file5', b'input6', b'word7', b'other8', b'red9']
      forms = {}
      for word in words:
          word = b'CANARY' + word
          forms |= {word: 'plain', word.hex().encode(): 'hex', word.hex().upper().encode(): 'HEX'}
          for shift in range(3):
              text = base64.b64encode(bytes(shift) + word + bytes(-(shift + len(word)) % 3))
              forms[text[4 if shift else 0:-4]] = 'base64'
      for name in open('files').read().split('\n'):
          if not name or name.endswith('/files'): continue
          data = open(name, 'rb').read()
          for form, kind in forms.items():
              if form in data: print(name, kind, form.decode())
      PYTHON
      """#)
    #expect(outcome.lines.prefix(1) == ["many"])
    #expect(
      outcome.lines.dropFirst() == (Sandbox.sharesMemory ? ["memory"] : []), "\(outcome.errors)")
  }

  @Test func `a terminal gets nothing that it would obey`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      export E=$(printf '\033]0;CANARY\007\033[31m\302\233')
      cachetronomy set "k$E" v --tag "t$E"; cachetronomy set "l$E" v --tag "t$E"; cachetronomy delete "l$E"
      cachetronomy run --tag "t$E" -- true "a$E"; cachetronomy get "k$E" > /dev/null; cachetronomy gc > /dev/null
      printf 'x:\n  "ti\\e[31mme": 1\n' > bad.yaml; printf 'k\033[31mCANARY no tab\n' > bad
      mkdir "d$E"; cp bad.yaml "d$E"; umask 0; cp bad.yaml "d$E/c.yaml"
      while read -r words; do
        script -qec "cachetronomy $words" -O log < /dev/null > shown
        grep -qP '\x1b\]0|\x07|\x1b\[31m|\xc2\x9b' shown log && echo "raw: $words"
        cat log >> all
      done <<'WORDS'
      keys
      list
      show "k$E"
      stats --top 5
      log access
      log evictions
      doctor
      doctor -v
      profile list
      profile validate bad.yaml
      profile apply "d$E"
      profile use "$E"
      profile match -- true "a$E"
      profile update "$E=1"
      profile update "time_to_live=$E"
      explain -- true "a$E"
      explain -- true "b$E"
      explain "k$E"
      show -- true "a$E"
      run -v -- true "a$E"
      run -v -- true "c$E"
      run --explain -- true "$E"
      run -- "none$E"
      run -- "./none$E"
      run --ttl "$E" -- true
      run "--bad$E" -- true
      run --profile "$E" -- true
      run --db "/proc/$E/x" -- true
      run --cache-status "$E" true
      "bad$E"
      "--$E"
      set "--$E" k
      set k --ttl "$E"
      set --db "/proc/$E/x" k v
      get -v "$E"
      has -v "$E"
      keys --tag "t$E"
      keys --match "[$E"
      import bad
      import "no$E"
      clear --tag "t$E" --dry-run
      evict "k$E"
      evict "$E"
      delete "$E"
      config --db "$E"
      help "$E"
      init "$E"
      warm "$E"
      warm bad
      gc --dry-run
      stats --html "/proc/$E"
      log clear "$E"
      show "#$E"
      remote keygen "/proc/$E"
      WORDS
      grep -c CANARY all | xargs test 20 -lt && echo seen
      """#)
    #expect(outcome.lines == ["seen"])
  }
}
