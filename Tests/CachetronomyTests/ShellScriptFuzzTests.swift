import Testing

@testable import Cachetronomy
@testable import CommandCache

/// Scripts that are made up, run by bash, and read by us: no file may be read that we do not name.
@Suite struct ShellScriptFuzzTests {
  /// A script of the kinds of commands that are looked into.
  private struct Writer {
    var random: FixedGenerator

    private mutating func one(of choices: [String]) -> String {
      choices[Int(random.next() % UInt64(choices.count))]
    }

    private mutating func file() -> String {
      let name = one(of: ["a", "b", "c", "d/a", "d/b", "o"])
      return one(of: [
        name, "'\(name)'", "\"\(name)\"", "./\(name)", "\\\(name)", "$PWD/\(name)", "$X/b",
        "${X}/\(one(of: ["a", "b"]))",
        "\"$X\"/a", "d/*", "?", "{a,b}", "[a-c]", "$F", "$\(one(of: ["V", "W"]))", "$'\(name)'",
      ])
    }

    private mutating func command(_ depth: Int) -> String {
      let simple = [
        "r \(file())", "r x \(file()) \(file())", "r < \(file())", "r 2>&1 <\(file())",
        "cat \(file()) | r",
        "r -f\(one(of: ["a", "b"]))", "r --file=\(one(of: ["a", "b"])) y", "echo new > o",
        "echo new | tee o > /dev/null",
        "echo new >> o", "V=\(one(of: ["a", "d/b", "c"]))", "export W=\(one(of: ["a", "d/a"]))",
        "Z=1 r \(file())",
        "# it's \(one(of: ["a", "(", "\""]))", "[[ a > b ]] || r \(file())",
        "echo $((1>2)) | r \(file())", ":",
      ]
      if depth == 0 { return one(of: simple) }
      let body = script(depth - 1)
      let other = script(depth - 1)
      let name = one(of: ["a", "b"])
      return one(
        of: simple + [
          "(\(body)\n)", "{ \(body)\n}", "if false; then \(body)\nelse \(other)\nfi",
          "if [ -e a ]; then \(body)\nfi", "for i in a b; do\nr ./$i d/$i \(file())\n\(body)\ndone",
          "if [ -e a ]; then U=a; else U=b; fi\nr d/$U $U",
          "[ -e a ] && V=b\nr ./$V", "for i in d/*; do r ./$i; done",
          "for i in \(file()) x; do \(body)\nr $i\ndone",
          "for i in 1 2; do \(body)\ndone", "case x in y|*.c) \(body)\n;; (x) \(other)\n;; esac",
          "x=$(\(body)\n)", "r \"$(\(body)\n)\" \(file())", "x=`r \(file())`", "true && \(body)",
          "false || \(body)",
          "while true; do \(body)\nbreak; done", "f() { \(body)\n}; f",
          "function f { \(body)\n}; f", "f() for i in a b; do\nr d/$i\ndone; f",
          "f() { for i in a b; do r ./$i; done; }; f", "\(body)\n\(other)",
          "\(body)\n\(other)",
          "r <<E\n$(\(body)\n)\nE\n", "cat <<'E' | r \(file())\nit's $(\nE\n",
          "r <(\(body)\n) < \(file())",
          "eval 'r \(name)'", "bash <<'E'\nr d/\(name)\nE\n", "sh -s x <<E | r c\nr \(name)\nE\n",
          "bash -c \"r \(name)\"", "sh -c 'r d/\(name)' && r \(file())",
          "a=(a \(file()))\nr \"${a[@]}\"",
          "! \(body)", "r \(file()) &\nwait", "echo \(name) | xargs r", "trap 'r \(name)' EXIT",
        ])
    }

    mutating func script(_ depth: Int) -> String {
      let count = 1 + Int(random.next() % 3)
      return (0..<count).map { _ in command(depth) }.joined(separator: "\n")
    }
  }

  @Test(.enabled(if: Shell.has("bash")), arguments: [1, 2])
  func `bash reads no file that we do not name`(seed: UInt64) throws {
    let scratch = try Scratch()
    var writer = Writer(random: FixedGenerator(seed: seed))
    let scripts = (0..<150).map { _ in writer.script(2) }
    for (index, script) in scripts.enumerated() { try scratch.write("script.\(index)", script) }
    // Names the files that it is given which the script has not made itself.
    try scratch.write(
      "r",
      #"""
      #!/bin/bash
      for f in "$@" "$(readlink /proc/self/fd/0)"; do
        for g in "$f" "${f#-f}" "${f#*=}"; do
          [ -f "$g" ] && [ "$(cat "$g" 2> /dev/null)" = orig ] && realpath "$g" >> "$LOG"
        done
      done
      exit 0
      """#)
    let outcome = try Shell.run(
      [
        "bash", "-c",
        #"""
        cd "$1"; mkdir bin; mv r bin; chmod +x bin/r; export PATH=$PWD/bin:$PATH X=d F='a b'
        for i in $(seq 0 149); do
          mkdir -p $i/d; cd $i; for f in a b c o d/a d/b; do echo orig > $f; done
          export LOG=$1/log.$i; bash -c "$(cat ../script.$i)" > /dev/null 2>&1 < /dev/null; cd ..
        done
        # What runs in the background may end later, and in its own directory.
        while pgrep -f "$1/bin/r" > /dev/null; do :; done
        for i in $(seq 0 149); do touch log.$i; sort -u log.$i | sed "s|^$PWD/$i/||"; echo =; done
        """#, "bash", scratch.path,
      ])
    let environment = Environment([.init("X", "d"), .init("F", "a b")])
    let answers = outcome.text.split(separator: "=\n", omittingEmptySubsequences: false).dropLast()
    #expect(answers.count == scripts.count)
    var count = 0
    for (index, (script, answer)) in zip(scripts, answers).enumerated() {
      let files = Array(scratch("\(index)").utf8)
      let names = ShellScript(Array(script.utf8), in: environment, directory: files).names
      let found = Set(
        names.compactMap { $0.value }.flatMap { value in
          [value, Array(value.dropFirst(2)), Array(value.drop { $0 != 0x3d }.dropFirst())]
            .map { ShellScript.plain($0, in: files) }
        })
      for path in answer.split(separator: "\n") {
        count += 1
        #expect(found.contains(Array(path.utf8)), "\(path) is read by:\n\(script)\nEND")
      }
    }
    #expect(count > 200)
  }
}
