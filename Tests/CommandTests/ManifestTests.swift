import Testing

/// The manifests in the memory tier: all that a key was made from.
@Suite struct ManifestTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    _ = try sandbox.bash(
      #"""
      mkdir d e bin; echo 1 > d/a; echo 2 > d/b; echo 3 > e/c; ln -s d/a link; git init -q repo
      printf '#!/usr/bin/env -S sh -e\necho tool; cat d/a\n' > bin/tool; chmod +x bin/tool
      echo 'export X=1' > start.sh
      cat > manifest.py <<'END'
      import glob, os, struct, sys
      kinds = ['absent', 'absentLink', 'file', 'link', 'directory', 'listing', 'access', 'type', 'variable',
          'directoryItself']
      def observations(path, argv):
          data = open(path, 'rb').read()
          # Behind its entry, or alone.
          data = data[data.rindex(b'ctnymani'):]
          key, profile, count = struct.unpack_from('<III', data, 92)
          at = 112 + key + profile
          for _ in range(count):
              kind, form = struct.unpack_from('<II', data, at)
              at += 8
              if form == 0:
                  size, = struct.unpack_from('<I', data, at)
                  name = data[at + 4:at + 4 + size].decode()
                  at += 5 + size
              else:
                  index, offset, size = struct.unpack_from('<III', data, at)
                  name = argv[index].encode()[offset:offset + size].decode()
                  at += 12
              yield kinds[kind], name
              at += 56
      def place():
          s = os.stat(os.environ['CACHETRONOMY_DB'])
          found = [p for p in glob.glob(f'/dev/shm/cachetronomy-{os.geteuid()}/*') if os.path.exists(p + '/head')
              and os.environ['CACHETRONOMY_DB'].encode() in open(p + '/head', 'rb').read()]
          return found[0] if found else '/none'
      def all(argv):
          return [o for p in glob.glob(place() + '/m*') for o in observations(p, argv)]
      END
      cat > check.py <<'END'
      # Compares the paths that system calls name with those of the manifest.
      import os, re, subprocess, sys, time
      from manifest import *
      argv = ['cachetronomy'] + sys.argv[1:]
      for _ in range(200):
          subprocess.run(argv, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
          # What was changed a moment ago is not settled.
          if all(argv): break
          time.sleep(0.01)
      subprocess.run(['strace', '-o', 'trace', '-s', '5000', '-e', 'trace=%file,readlink'] + argv, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
      here = os.getcwd()
      def plain(path): return os.path.normpath(os.path.join(here, path)) if path else ''
      known = {plain(name) for kind, name in all(argv) if kind != 'variable'}
      if not known: print('no manifest')
      own = ('/dev/shm/cachetronomy-', os.environ['CACHETRONOMY_DB'], '/proc/self/', '/sys/')
      lines = list(open('trace'))
      # The dynamic loader and the runtime come first.
      start = max(i for i, line in enumerate(lines) if '.so' in line or 'swift' in line) + 1
      for line in lines[start:]:
          if 'execve(' in line or 'statfs(' in line or '"/", {' in line: continue
          for path in re.findall(r'"((?:[^"\\]|\\.)*)"', line)[:1]:
              if path in ('', '.', here) or path.startswith(own) or os.path.dirname(os.environ['CACHETRONOMY_DB']) == path: continue
              if os.environ['CACHETRONOMY_DB'].startswith(path + '/') and ('readlink' in line or 'NOFOLLOW' in line): continue
              if plain(path) not in known: print('not in the manifest:', line.strip())
      END
      sleep 0.1
      """#)
  }

  @Test(arguments: [
    "-- cat d/a", "-- echo link none -f e/c --file=d/b @d/a", "-- ls d", "-- sort -k1 d/a",
    "-c 'cat d/* | sort'", "-c 'for f in [de]/?; do cat $f; done > out'",
    "-c '. ./start.sh; tool < d/a'", "-- tool x", "-- env -C d cat a", "-- timeout 5 nice tool",
    "--file d --mtime e/c --file -gone --file 'd/**' -- echo 1", "--cwd repository -- echo 2",
    "--file git:HEAD -- git -C repo status", "--executable content --arg-files content -- ls d/a d",
    "--env HOME -- cat d/a", "-- sh -c 'test -r d/a && [ -w out ]; cat $OLDPWD/x $TMUX; true'",
    "--no-cwd --no-user -- cat d/a", "-- xargs cat d/a", "-c 'PATH=bin:$PATH tool; cat nope; true'",
  ])
  func `every path that is asked for is in it`(call: String) throws {
    let outcome = try sandbox.bash(
      "PATH=$HERE/bin:$PATH; BASH_ENV=$HERE/start.sh OLDPWD=$HERE/e TMUX=$HERE/d/b python3 check.py run \(call)"
    )
    #expect(outcome.text == "", "\(outcome.errors)")
  }

  @Test func `no secret of an argument is in it`() throws {
    let outcome = try sandbox.bash(
      #"""
      for name in sshpass mysql curl; do printf '#!/bin/sh\nexit 0\n' > bin/$name; chmod +x bin/$name; done; sleep 0.05
      export PATH=$HERE/bin:$PATH TOKEN=planted-token-1
      for i in 1 2; do
        cachetronomy run -- sshpass -p planted1 ssh host; cachetronomy run -- mysql -pplanted2 --password=planted3
        cachetronomy run -c 'mysql -p"plan"ted4; curl -u "ada:planted5" x'; cachetronomy run -- env sshpass -p planted6
        cachetronomy run -c 'cat /tmp/$TOKEN/x; true'; cachetronomy run -- cat d/a
      done > /dev/null 2>&1
      cat > planted.py <<'END'
      from manifest import *
      files = glob.glob(place() + '/m*')
      print(len(files) > 0, [p for p in files if b'planted' in open(p, 'rb').read()])
      END
      python3 planted.py
      """#)
    #expect(outcome.lines == ["True []"], "\(outcome.errors)")
  }

  @Test(arguments: [
    "--env TMUX -- echo", "--env 'A*' --env TMUX -- echo", "-c 'echo $TMUX'",
    "-c 'echo $CACHETRONOMY_FLIGHT'",
  ])
  func `an ignored variable that the key has is in it, set or not`(call: String) throws {
    let outcome = try sandbox.bash(
      #"""
      cat > variables.py <<'END'
      from manifest import *
      print(sorted({name for kind, name in all(['cachetronomy'] * 9) if kind == 'variable'} & {'TMUX', 'CACHETRONOMY_FLIGHT'}))
      END
      for state in set unset; do
        export CACHETRONOMY_DB=$HERE/$state/c.db TMUX=d/a
        [ $state = set ] || unset TMUX
        for i in 1 2; do cachetronomy run \#(call) > /dev/null; done
        python3 variables.py
      done
      """#)
    let name = call.contains("FLIGHT") ? "CACHETRONOMY_FLIGHT" : "TMUX"
    #expect(outcome.lines == ["['\(name)']", "['\(name)']"], "\(outcome.errors)")
  }
}
