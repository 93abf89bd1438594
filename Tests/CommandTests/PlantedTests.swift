import Glibc
import Testing

/// What others laid where we come by, and what they find that we left.
@Suite struct PlantedTests {
  /// Two users without a name, told apart by their numbers; needs root.
  ///
  /// A user's memory tier has one place on the machine, so that tests side by side must not share a user.
  private static func users(_ number: Int) -> String {
    """
    victim=\(number); tier=/dev/shm/cachetronomy-$victim
    victim() { setpriv --reuid $victim --regid $victim --clear-groups "$@"; }
    neighbour() { setpriv --reuid 61002 --regid 61002 --clear-groups "$@"; }
    chmod 755 . "$HERE.runtime"; rm -rf $tier /tmp/cachetronomy-$victim-warned
    mkdir -m 755 v; chown $victim v; chown $victim "$HERE.runtime"
    export HOME=$HERE/v CACHETRONOMY_DB=$HERE/v/s/c.db

    """
  }

  @Test func `no other file is changed through a name of ours`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      export CACHETRONOMY_DB=$HERE/s/c.db; unset XDG_RUNTIME_DIR
      cachetronomy run -- echo hi > /dev/null; cachetronomy set k v; cp -a s template
      flight=$(cachetronomy show --json -- echo hi | grep -o '#[0-9a-f]\\{32\\}' | head -1)
      for name in c.db c.db-wal c.db-shm c.db-journal c.db.lock c.db-gc c.db-watch c.db-access \
        c.db-access.0123456789abcdef c.db-remote c.db-warned c.db-reserve c.db-digests c.db-flight.${flight#?}; do
        for kind in dangling link hard pipe directory; do
          rm -rf s mine; mkdir mine; echo precious > mine/precious
          touch -d @1000000000 mine/precious; chmod 640 mine/precious
          cp -a template s; rm -rf s/$name
          case $kind in
            dangling) ln -s $HERE/mine/new s/$name;;
            link) ln -s $HERE/mine/precious s/$name;;
            hard) ln mine/precious s/$name;;
            pipe) mkfifo s/$name;;
            directory) mkdir s/$name;;
          esac
          for command in 'run -- echo hi' 'run -- echo hi' 'set k w' gc 'gc --watch' keys; do
            # A watcher has to be told to stop; nothing else may need it.
            limit=20; [ "$command" = 'gc --watch' ] && limit=0.3
            timeout -s INT -k 5 $limit cachetronomy $command > out 2> err < /dev/null; status=$?
            [ "$command" != 'gc --watch' ] && [ $status -ge 124 ] && echo "hangs: $name $kind $command"
            [ "$command" = 'run -- echo hi' ] && [ "$(cat out)" != hi ] && echo "no run: $name $kind"
            grep -q '^precious' out err && echo "read: $name $kind $command"
          done
          [ "$(cat mine/precious; stat -c %a,%Y mine/precious)" = "$(echo precious; echo 640,1000000000)" ] \
            || echo "changed: $name $kind"
          [ "$(ls mine)" = precious ] || echo "made: $name $kind"
        done
      done
      echo over
      """)
    #expect(outcome.lines == ["over"])
  }

  @Test(.enabled(if: geteuid() == 0 && Sandbox.sharesMemory))
  func `a link in the place of our memory is not followed`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.users(61010) + """
        victim mkdir v/mine
        for plant in "ln -s $HERE/v/mine" "ln -s $HERE/v/none" "mkdir -m 777" "mkfifo"; do
          neighbour $plant $tier
          victim cachetronomy run -- echo hi; victim cachetronomy run -- echo hi
          ls v/mine; ls $tier/ 2> /dev/null; rm -rf $tier
        done
        """)
    #expect(outcome.lines == [String](repeating: "hi", count: 8))
  }

  @Test(.enabled(if: geteuid() == 0), arguments: [("000", 61011), ("077", 61012)])
  func `what we leave is ours alone`(mask: String, user: Int) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.users(user) + """
        victim mkdir v/s; chmod 777 v/s; umask \(mask); echo data > in; chmod 644 in
        printf 'p:\\n  time_to_live: 1h\\n' > p.yaml; chmod 644 p.yaml
        for command in 'run -- echo hi' 'run -- echo hi' 'set k v' 'run -- seq 100000' gc \
          'profile apply p.yaml' 'stats --html v/page.html' 'get k' 'remote keygen v/team.key' \
          'run --db /proc/none/x -- true'; do
          victim cachetronomy $command > /dev/null 2>> err < in
        done
        victim cachetronomy export > /dev/null
        mkfifo input; exec 9<> input
        victim cachetronomy run -- sh -c 'echo $$ > v/pid; exec sleep 100' <&9 &
        until [ -s v/pid ]; do :; done
        found=$(find v/s v/page.html v/team.key "$HERE.runtime" $tier -mindepth 0 \
          ! -path v/s ! -path "$HERE.runtime")
        [ $(wc -w <<< "$found") -gt 8 ] || echo "too few: $found"
        for file in $found; do
          case $(stat -c %F,%a "$file") in
            'directory,700' | 'regular file,600' | 'regular empty file,600') ;;
            *) stat -c '%n %F %a' "$file";;
          esac
          neighbour cat "$file" 2> /dev/null | head -c 20
        done
        kill $(cat v/pid); wait; rm -rf $tier
        """)
    #expect(outcome.lines == [])
  }

  @Test(.enabled(if: geteuid() == 0))
  func `root makes nothing in another user's home`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.users(61013) + """
        unset CACHETRONOMY_DB
        cachetronomy run -- echo hi; cachetronomy set k v; echo $?; cachetronomy gc; echo $?
        timeout 5 cachetronomy gc --watch; echo $?; ls -A v
        victim cachetronomy run -- echo hi; victim cachetronomy set k v
        cachetronomy run -- echo hi; cachetronomy run --no-user -- echo hi; cachetronomy doctor > /dev/null
        cachetronomy set k w; echo $?; find v ! -uid $victim
        victim cachetronomy run --cached-only -- echo hi; victim cachetronomy get k
        rm -rf $tier
        """)
    #expect(outcome.lines == ["hi", "74", "0", "74", "hi", "hi", "hi", "74", "hi", "v"])
    #expect(outcome.errors.contains("belongs to another user (sudo -H uses root's own)"))
  }

  @Test(.enabled(if: geteuid() == 0))
  func `root does not believe another user's store`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.users(61014) + """
        echo 'echo theirs' > v/tool; chmod 755 v/tool; sed -i '1i #!/bin/sh' v/tool
        victim cachetronomy run --no-user --no-env --executable path -- v/tool
        printf '#!/bin/sh\\necho true\\n' > v/tool
        cachetronomy run --no-user --no-env --executable path -- v/tool
        rm -rf $tier
        """)
    #expect(outcome.lines == ["theirs", "true"])
  }

  @Test func `a pipe, a device, a directory or a socket is refused at once`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      mkfifo pipe; mkdir directory
      python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"
      for thing in pipe directory socket /dev/zero /dev/full /dev/tty /dev/null; do
        for command in "get --db $thing k" "set --db $thing k v" "keys --db $thing" \
          "profile apply $thing" "profile validate $thing" "import --db ok.db $thing"; do
          [ "$command" = 'import --db ok.db pipe' ] && continue
          timeout 20 cachetronomy $command < /dev/null > out 2> err; status=$?
          case $status in 65|66|74) ;; *) echo "$command: $status";; esac
        done
        for command in "run --db $thing -- echo hi" "run --file $thing -- echo hi" \
          "run --mtime $thing -- echo hi" "run -- echo $thing"; do
          timeout 20 cachetronomy $command < /dev/null 2> err | grep -qE "^(hi|$thing)$" || echo "$command"
        done
      done
      timeout 20 cachetronomy import - < /dev/zero; echo "endless: $?"
      """)
    #expect(outcome.lines == ["endless: 65"])
  }

  @Test func `a pipe of the shell is read`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      cachetronomy profile apply <(sleep 0.1; printf 'p:\\n  time_to_live: 1h\\n') > /dev/null
      cachetronomy profile show p > /dev/null && echo shown
      cachetronomy import <(printf 'k\\tv\\n') 2> /dev/null; cachetronomy get k; echo
      cachetronomy set j --file <(printf w); cachetronomy get j; echo
      cachetronomy profile list > /dev/null; echo $?
      """)
    #expect(outcome.lines == ["shown", "v", "w", "0"])
  }

  @Test func `a profile that everybody may write is warned of`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      umask 022; mkdir open shut sticky
      for d in open shut sticky; do printf 'p:\\n  time_to_live: 1h\\n' > $d/p.yaml; done
      chmod 777 open; chmod 1777 sticky
      cachetronomy profile validate shut; cachetronomy profile validate sticky
      cachetronomy profile validate open; chmod 666 shut/p.yaml; cachetronomy profile validate shut
      """)
    #expect(
      outcome.errors == """
        cachetronomy: warning: directory 'open' of profile file 'open/p.yaml' can be changed by every user
        cachetronomy: warning: profile file 'shut/p.yaml' can be changed by every user

        """)
  }

  @Test(.enabled(if: geteuid() == 0))
  func `a page is not written through another user's link`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      Self.users(61015) + """
        mkdir -m 1777 all; victim cachetronomy set k v; victim touch v/precious; victim ln -s $HERE/v/precious v/mine
        neighbour ln -s $HERE/v/precious all/page
        victim cachetronomy stats --html all/page; echo $?; wc -c < v/precious
        victim cachetronomy stats --html v/mine; echo $?; readlink v/mine | wc -l
        [ -s v/precious ] && echo written
        """)
    #expect(outcome.lines == ["74", "0", "0", "1", "written"])
  }

  @Test func `the program in the key is the one that runs`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      """
      make() { mkdir -p $1; printf '#!/bin/sh\\necho %s\\n' "$1" > $1/tool; chmod 755 $1/tool; }
      make a; make b; make c/bin; ours=$(command -v cachetronomy)
      for path in '' ':/bin' '/bin:' '/bin::/usr/bin' '.' 'bin:/bin' '../a:/bin' "$HERE/b:"; do
        for place in a b c; do
          theirs=$(cd $place; PATH=$path /bin/bash -c tool 2> /dev/null || echo none)
          for twice in 1 2; do
            mine=$(cd $place; PATH=$path "$ours" run -- tool 2> /dev/null || echo none)
            [ "$mine" = "$theirs" ] || echo "'$path' in $place: $mine, not $theirs"
          done
        done
      done
      """)
    #expect(outcome.lines == [])
  }
}
