import Testing

@testable import Cachetronomy

@Suite struct ShellScriptTests {
  private let environment = Environment([
    .init("HOME", "/h"), .init("DIR", "/d"), .init("EMPTY", ""), .init("A_B", "x y"),
  ])

  /// Programs with a `*`, what only a shell can tell as `?`.
  private func names(_ script: String) -> String {
    ShellScript(Array(script.utf8), in: environment, directory: Array("/pwd".utf8)).names
      .map { name in
        (name.mayBeProgram ? "*" : "")
          + (name.value.map { String(decoding: $0, as: UTF8.self) } ?? "?")
      }.joined(separator: " ")
  }

  @Test(arguments: [
    ("sort data.csv | head -n 1", "*sort data.csv *head -n 1"), ("", ""), ("  ", ""),
    ("a&&b||c;d&e\nf", "*a *b *c *d *e *f"), ("./x a;../y", "*./x a *../y"),
    ("cat 'a b' \"c d\" e\\ f", "*cat a b c d e f"), ("a\\\nb c", "*ab c"), ("\"a\\\"b\"", "*a\"b"),
    ("A=1 B=f/x cmd y", "A=1 B=f/x *cmd y"), ("if a; then b; else c; fi", "*a *b *c"),
    ("while ! a; do { b; }; done", "*a *b"),
    ("for f in x y; do cat z; done", "*for f in x y *cat z"),
    ("(a b) | c", "*a b *c"), ("x=$(cat f); y", "? *cat f *y"),
    ("echo \"$(cat f) g\" h", "*echo ? *cat f * g h"),
    ("echo `cat f` g", "*echo *cat f *g"), ("echo \"`cat f`\" g", "*echo  *cat f * *g"),
    ("cat <f >g 2>&1 2>>h <<<i", "*cat f i"), ("a 2>&1 | b", "*a *b"),
    ("a &>x; cat x y", "*a *cat ? y"),
    ("a >|x b", "*a b"), ("diff <(a f) <(b g)", "*diff *a f *b g"),
    ("a > f; b f ./f", "*a *b ? ?"), ("cat <>f", "*cat f"),
    ("[[ a && b > f ]] && b f >g; c g", "*[[ a *b f ]] *b f *c g"), ("cat $'f' $\"g\"", "*cat f g"),
    ("a=(f g); b", "a= *f g *b"),
    ("a ${x:-$(cat f)} g", "*a ? *cat f *g"), ("a f > f; b f", "*a f *b ?"),
    ("a | tee -i f g; b f h", "*a *tee ? ? ? *b ? h"),
    ("cat $DIR/f ${DIR}/g \"$DIR/h i\"", "*cat /d/f /d/g /d/h i"),
    ("cat ~/f ~ ~a/g x~", "*cat /h/f /h ? x~"),
    ("cat $NONE/f $1 $? ${DIR:-x} ${DIR# x} $$ $", "*cat /f  ? ? ? ? ?"),
    ("cat '$DIR'", "*cat $DIR"),
    ("$EDITOR f", "* *f"), ("cat $EMPTY", "*cat "), ("a # b\nc #d", "*a *c"), ("a b#c", "*a b#c"),
    ("cat <<E\nf it's\nE\nb", "*cat *f it's\n *b"), ("a 'b", "*a b"), ("a \"b c", "*a b c"),
    ("a $(b", "*a ? *b"),
    ("case x in a) b f;; esac", "*case x in a *b f"), (")", ""), ("${", "*?"),
    ("a \\", "*a \\"),
    ("cat <<-'A B' <<\"C\"\n\t# $(x f)\n\tA B\ny\nC\nb", "*cat *? *x f *\n *y\n *b"),
    ("a && b > f && c f; d >g; e g", "*a *b *c f *d *e g"),
    ("if a; then b >f; fi; c f", "*a *b *c f"),
    ("a >> f; b f; c | tee -a g; d g", "*a *b f *c *tee -a g *d g"),
    ("cd d; a > f; b f", "*cd d *a *b f"),
    ("echo $((1>f)) $((2 << 3))#x; b f", "*echo ? *1 f *? *2 3 *#x *b f"), ("a $'\\'' f", "*a ? f"),
    ("echo \"${x%% #*}\" ${y%%'}'} f", "*echo ? ? f"),
    ("\"$(case x in x) cat f;; esac)\" g", "*? *case x in x *cat f * *g"),
    ("A+=1 a; env B=1 c d", "A+=1 *a *env *B=1 *c *d"), ("a > ./f; b $PWD/f", "*a *b ?"),
    ("a &>f g", "*a g"), ("a && b\nc; cat 'd'$A_B", "*a *b *c *cat dx y"), ("(# it's\na)", "*a"),
    ("cat <<$'A'\nit's\nA\nb", "*cat *it's\n *b"), ("a[0]=1 b; $NONE c", "a[0]=1 *b * *c"),
    ("x=\"$(a $(b) case c)\"; d", "? *a ? *b *case c * *d"),
    ("command cd d; a >f; b f", "*command *cd *d *a *b f"),
  ]) func `the names of a script`(script: String, expected: String) {
    let found = names(script)
    #expect(found == expected, "\(script)")
  }

  @Test(arguments: [
    (["sh", "-c", "x"], 2), (["/bin/bash", "-o", "pipefail", "-c", "x", "y"], 4),
    (["zsh", "-lic", "x"], 2),
    (["bash", "--norc", "-ec", "x"], 3), (["sh", "-c"], nil), (["sh", "x"], nil),
    (["python3", "-c", "x"], nil),
    (["sh"], nil), ([], nil), (["env", "A=josh", "sh", "-c", "-e", "x"], 4),
    (["sh", "--exec", "x"], nil), (["sh", "-", "c"], nil),
    (["bash", "-ceu", "x"], 2), (["timeout", "9", "env", "A=1", "/bin/dash", "-c", "x"], 6),
  ]) func `where a script stands`(argv: [String], place: Int?) {
    #expect(ShellScript.places(in: argv.map { Array($0.utf8) }).first == place)
  }
}
