import Testing

@testable import Cachetronomy

@Suite struct ShellScriptTests {
  private let environment = Environment([
    .init("HOME", "/h"), .init("DIR", "/d"), .init("EMPTY", ""), .init("A_B", "x y"),
  ])

  /// Programs with a `*`, what only a shell can tell as `?`.
  private func names(_ script: String) -> String {
    ShellScript(Array(script.utf8), in: environment).names
      .map { name in
        (name.isProgram ? "*" : "")
          + (name.value.map { String(decoding: $0, as: UTF8.self) } ?? "?")
      }.joined(separator: " ")
  }

  @Test(arguments: [
    ("sort data.csv | head -n 1", "*sort data.csv *head -n 1"), ("", ""), ("  ", ""),
    ("a&&b||c;d&e\nf", "*a *b *c *d *e *f"), ("./x a;../y", "./x a ../y"),
    ("cat 'a b' \"c d\" e\\ f", "*cat a b c d e f"), ("a\\\nb c", "*ab c"), ("\"a\\\"b\"", "*a\"b"),
    ("A=1 B=f/x cmd y", "A=1 B=f/x *cmd y"), ("if a; then b; else c; fi", "*a *b *c"),
    ("while ! a; do { b; }; done", "*a *b"),
    ("for f in x y; do cat z; done", "*for f in x y *cat z"),
    ("(a b) | c", "*a b *c"), ("x=$(cat f); y", "? *cat f *y"),
    ("echo \"$(cat f) g\" h", "*echo ? *cat f  g h"),
    ("echo `cat f` g", "*echo *cat f g"), ("echo \"`cat f`\" g", "*echo  *cat f  g"),
    ("cat <f >g 2>&1 2>>h <<<i", "*cat f i"), ("a 2>&1 | b", "*a *b"),
    ("a &>x; cat x y", "*a *cat ? y"),
    ("a >|x b", "*a b"), ("diff <(a f) <(b g)", "*diff *a f *b g"),
    ("a > f; b f ./f", "*a *b ? ./f"), ("cat <>f", "*cat f"),
    ("[[ a && b > f ]] && b f >g; c g", "*[[ a *b f ]] *b f *c ?"), ("cat $'f' $\"g\"", "*cat f g"),
    ("a=(f g); b", "a= f g *b"),
    ("a ${x:-$(cat f)} g", "*a ? *cat f } g"), ("a f > f; b f", "*a f *b ?"),
    ("a | tee -i f g; b f h", "*a *tee ? ? ? *b ? h"),
    ("cat $DIR/f ${DIR}/g \"$DIR/h i\"", "*cat /d/f /d/g /d/h i"),
    ("cat ~/f ~ ~a/g x~", "*cat /h/f /h ? x~"),
    ("cat $NONE/f $1 $? ${DIR:-x} ${DIR#x} $$ $", "*cat ? ? ? ? ? ? $"),
    ("cat '$DIR'", "*cat $DIR"),
    ("$EDITOR f", "*? f"), ("cat $EMPTY", "*cat "), ("a # b\nc #d", "*a *c"), ("a b#c", "*a b#c"),
    ("cat <<E\nf it's\nE\nb", "*cat E *f its\nE\nb"), ("a 'b", "*a b"), ("a \"b c", "*a b c"),
    ("a $(b", "*a ? *b"),
    ("case x in a) b f;; esac", "*case x in a *b f *esac"), (")", ""), ("${", "*?"),
    ("a \\", "*a \\"),
  ]) func `the names of a script`(script: String, expected: String) {
    let found = names(script)
    #expect(found == expected, "\(script)")
  }

  @Test(arguments: [
    (["sh", "-c", "x"], 2), (["/bin/bash", "-o", "pipefail", "-c", "x", "y"], 4),
    (["zsh", "-lic", "x"], 2),
    (["bash", "--norc", "-ec", "x"], 3), (["sh", "-c"], nil), (["sh", "x"], nil),
    (["python3", "-c", "x"], nil),
    (["sh"], nil), ([], nil), (["sh", "--exec", "x"], nil), (["sh", "-", "c"], nil),
    (["bash", "-ceu", "x"], 2), (["timeout", "9", "env", "A=1", "/bin/dash", "-c", "x"], 6),
  ]) func `where a script stands`(argv: [String], place: Int?) {
    #expect(ShellScript.place(in: argv.map { Array($0.utf8) }) == place)
  }
}
