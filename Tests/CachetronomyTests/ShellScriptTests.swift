import Glibc
import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct ShellScriptTests {
  private let environment = Environment([
    .init("HOME", "/h"), .init("DIR", "/d"), .init("EMPTY", ""), .init("A_B", "x y"),
    .init("PATTERN", "*.c"), .init("BOTH", " f g"),
  ])

  /// Programs with a `*`, what only a shell can tell as `?`.
  private func names(
    _ script: String, at directory: String = "/pwd", arguments: [String] = []
  ) -> String {
    ShellScript(
      Array(script.utf8), in: environment, directory: Array(directory.utf8),
      arguments: arguments.map { Array($0.utf8) }
    ).names
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
    ("a=(f g); b", "a= f g *b"),
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
    ("a | tee f -a; b f", "*a *tee f -a *b f"), ("x=f; a $x/g ${x}h", "x=f *a f/g fh"),
    ("x=f a; b $x/g", "x=f *a *b /g"), ("x=$(a); b $x", "? *a *b ?"), ("x+=f; a $x", "x+=f *a f"),
    ("DIR=f\na $DIR", "DIR=f *a f"), ("a && DIR=f; b $DIR", "*a DIR=f *b /d f"),
    ("a || x=f; b $x", "*a x=f *b f"), ("export x=f y; a $x", "*export x=f y *a f"),
    ("x='f g'; a $x \"$x\"", "x=f g *a f g f g"), ("o=f; a > $o; b $o f", "? *a *b ? ?"),
    ("bash -c 'a f; b' x | c", "*bash -c a f; b x *a f *b *x *c"),
    ("for x in f g; do a d/$x \"${x}h\"; done", "*for x in f g *a d/f d/g fh gh"),
    ("if a; then x=f; else x=\"g h\"; fi; $x i$x", "*a x=f x=g h *f *g *h if ig ih"),
    (
      "for x in f g; do for y in h i; do a $x/$y; done; done; b $y",
      "*for x in f g *for y in h i *a f/h f/i g/h g/i *b h i"
    ),
    ("a && x=$(b); c $x/f", "*a ? *b *c ?"), ("x=f; a && x=$(b); c $x", "x=f *a ? *b *c f"),
    (
      "for x in f g; do y=$x/h; a $y; done; for x; do b $x; done",
      "*for x in f g y=f/h y=g/h *a f/h g/h *for x *b f g"
    ),
    ("a || o=f; b > $o; c $o", "*a o=f *b *c f"), ("x=f; a && x=g; b $x", "x=f *a x=g *b f g"),
    ("a() { for x in f; do b $x/g; done; }; a", "*a *for x in f *b f/g *a"),
    ("function a { for x in f; do b $x/g; done; }; a", "*for x in f *b f/g *a"),
    ("x=~/f:~ y=a~; b $x/g $y", "x=/h/f:/h y=a~ *b /h/f:/h/g a~"),
    ("HOME=/i; a ~/f", "HOME=/i *a /i/f"),
    ("a x=~/f; export y=~; b $y", "*a x=~/f *export y=/h *b /h"),
    ("eval a '$DIR' | b", "*eval *a *$DIR *a */d *b"),
    ("x sh -ec \"a \\$DIR\"; b", "*x sh -ec a $DIR *a /d *b"),
    ("$(bash -c \"a 'f g'\") h\nb", "*? *bash -c a 'f g' *a f g *h *b"),
    ("sh -c 'sh -c \"cat f\"' <<E\ng\nE\nb", "*sh -c sh -c \"cat f\" *sh -c cat f *cat f *g\n *b"),
    ("bash -s <<E | c; d\na f\nb\nE\ng", "*bash -s *c *d *a f *b *g"),
    ("tee copy <f; b f copy", "*tee ? f *b f copy"),
    ("a >f; tee copy <f; b copy", "*a *tee ? ? *b ?"),
    ("a | tee -i g </dev/null; b g", "*a *tee ? ? /dev/null *b ?"),
    ("a <missing >f; b f", "*a missing *b f"), ("a 2>/no/where >f; b f", "*a *b f"),
    ("a </dev/null >f; b f", "*a /dev/null *b ?"), ("a <<<x >f; b f", "*a x *b ?"),
    ("a >g; a <g 2>h >>i >f; b f", "*a *a ? *b f"), ("a >&f; b f 3>&-", "*a *b ?"),
    ("a 2>&1 >f; b f", "*a *b ?"), ("tee --output-error=warn f; b f", "*tee ? ? *b ?"),
    ("tee --append f; b f", "*tee --append f *b f"), ("sudo tee f; b f", "*sudo *tee *f *b f"),
    ("a {f,g}/{h,'i,j'} {k} {}", "*a f/h f/i,j g/h g/i,j {k} {}"),
    ("{ a b,{c,\\,}; }", "*a b,, b,c"),
  ]) func `the names of a script`(script: String, expected: String) {
    let found = names(script)
    #expect(found == expected, "\(script)")
  }

  @Test(arguments: [
    ("a *.c", "*a x.c y.c"), ("a ?.[ch] [!x].h", "*a x.c x.h y.c [!x].h"),
    ("a \"*\".c '?'.c", "*a *.c ?.c"),
    ("a *.d", "*a *.d"), ("a .h*", "*a .hidden"), ("a *idden", "*a *idden"), ("a \\*.c", "*a *.c"),
    ("a d*/*.c", "*a d/z.c"), ("a {x,q}.[c] d/{z,*}.c", "*a x.c d/z.c d/z.c"),
    ("a $PATTERN \"$PATTERN\"", "*a x.c y.c *.c"), ("x=*.h; a $x", "x=*.h *a x.h"),
    ("DIR=f; a > $DIR", "DIR=f *a"), ("export o=f; a > f", "*export o=f *a"),
    ("o=f; b $o; a > f", "? *b f *a"),
    ("a $((2 * 3)) $(( *.c ))", "*a ? *2 * 3 *? x.c y.c"), ("o=f c; a > f", "o=f *c *a"),
    ("[[ a == *.c ]]; b *.h", "*[[ a == *.c ]] *b x.h"),
    ("case a in *.c) b *.h;; *) c;; esac", "*case a in *.c *b x.h ** *c"),
    ("./d/*.c; *.c", "*./d/z.c x.c y.c"), ("a > x.c; b *.c", "*a *b ? y.c"),
    ("a > *.c; b *.c", "*a *b x.c y.c"), ("for f in *.h; do a; done", "*for f in x.h *a"),
    ("a $BOTH/x ${BOTH}y", "*a f g/x f gy"), ("a <*.h <<E\n*.c\nE", "*a x.h **.c\n"),
    ("a [[:alpha:]].h ['.'x].h", "*a d x.c x.h y.c x.h"),
    ("a d/*/ d/.", "*a d/z.c/ d/."), ("a d*/", "*a d/"),
  ]) func `the files that a pattern means`(script: String, expected: String) throws {
    let scratch = try Scratch()
    mkdir(scratch("d"), 0o700)
    for name in ["x.c", "y.c", "x.h", ".hidden", "d/z.c"] { try scratch.write(name, "") }
    let found = names(script, at: scratch.path)
    #expect(found == expected, "\(script)")
  }

  @Test(arguments: [
    ("a f{1..3} {c..a}", "*a f1 f2 f3 a b c"), ("a {01..10..4}{x,y}", "*a 01x 01y 05x 05y 09x 09y"),
    ("a {1..1000000000} {1..} {..2} {1.2} {-1..1}", "*a {1..1000000000} {1..} {..2} {1.2} -1 0 1"),
    ("for i in {1..2}; do a f$i; done", "*for i in 1 2 *a f1 f2"), ("a {{1..2},x}", "*a 1 2 x x"),
    ("a $1 d/$2 \"$@\" ${1}x $11 $3.", "*a p d/q p q px p1 ."), ("$0 $*", "*sh p q"),
    ("while a; do b d/$1; shift; done", "*a *b d/p d/q *shift"),
    ("set -e -- f g; a d/$1 d/\"$2\"", "*set -e -- f g *a d/p d/q d/f d/g d/p d/q d/f d/g"),
    ("set f; a $1", "*set f *a p q f"), ("set -o pipefail; a $1/x", "*set -o pipefail *a p/x"),
    ("sh -c 'a $1/x' _ f; b $1/x", "*sh -c a $1/x _ f *a f/x *_ *f *b p/x"),
    ("env D=d sh -c 'a $D/f'; a $D/f", "*env *D=d *sh *-c *a $D/f *a d/f *a /f"),
    ("D=d bash -c 'a $D/f'; a $D/f", "D=d *bash -c a $D/f *a d/f *a /f"),
    ("x=a; x+=b; x+=$DIR; c $x", "x=a x+=b x+=/d *c ab/d"),
    ("x=$(a); x+=b; c $x", "? *a x+=b *c ?"),
    ("DIR+=/f; a $DIR", "DIR+=/f *a /d/f"),
    ("a=(f 'g h'); b \"${a[@]}\" ${a[0]} d/${a[1]}", "a= f g h *b f g h f g h d/f d/g d/h"),
    ("a=(f\n# x\ng) c; a+=(h); b ${a[*]}", "a= f g *c a+= h *b f g h"),
    ("declare -A m=([k]=f [l]=g); a ${m[$k]}", "*declare -A m= [k]=f [l]=g *a f g"),
    ("a=(); b ${a[@]} c", "a= *b  c"), ("a=(f); a[1]=g; b ${a[1]}", "a= f a[1]=g *b f g"),
    ("a=(f $(g h) i) j; k ${a[@]}", "a= f ? *g h i *j *k f i"),
    ("x=f.tar.gz; a ${x%.gz} ${x%%.*} ${x#*.} ${x##*.}h", "x=f.tar.gz *a f.tar f tar.gz gzh"),
    (
      "for x in d/f.c e/g.c; do a ${x%.c}.h ${x##*/}; done",
      "*for x in d/f.c e/g.c *a d/f.h e/g.h f.c g.c"
    ),
    ("unset DIR; a $DIR/f", "*unset DIR *a /f"), ("read DIR; a $DIR/f", "*read DIR *a ?"),
    (". f; .", "f"), ("env -S 'a f' b", "*env *-S *a f *b *a f"),
    ("sudo sh -c 'a f'", "*sudo *sh *-c *a f *a f"),
  ]) func `ranges, parameters, arrays and what a command passes on`(
    script: String, expected: String
  ) {
    #expect(names(script, arguments: ["sh", "p", "q"]) == expected, "\(script)")
  }

  @Test(
    arguments: [
      ("a $(b)", "$(...)"), ("a x`b`", "`...`"), ("a f$((i+1))", "$((...))"),
      ("a $((1))f", "$((...))"),
      ("a ${x:-f}", "${...}"), ("a ${x/f/g}", "${...}"), ("x=$(b); a $x", "$x"),
      ("read x; a d/$x", "$x"),
      ("IFS=:; a f", "IFS"), ("while read -r l; do a \"$l\"; done < f", "$l"),
      ("mapfile -t m; a ${m[@]}", "$m"),
      ("set -- $(b); a $1", "$1"), ("shopt -s globstar; a **/f", "shopt"), ("a **/f", "**"),
      ("f() { a $1/x; }; f d", "$1"), ("function f { a \"$@\"; }; f d", "$@"),
      ("eval \"$(a)\"", "eval"),
      (". ./f", "source"), ("source $x", "source"), ("cd d; a f", "cd"), ("cd d && a < f", "cd"),
      ("for x in $(a); do b $x; done", "$x"), ("a | xargs b", "xargs"), ("a ~b/f", "~"),
      ("a $'f\\n'", "$'...'"),
      ("sh -c 'a $(b)'", "$(...)"), ("[ -f $(b) ]", "$(...)"), ("a > $(b)", "$(...)"),
      ("$(a) b", "$(...)"),
      ("bash -s f <<E\na $1\nE", "$1"), ("a=(f $(b)); c ${a[@]}", "$a"),
      ("a f 'g' \"$DIR/h\" {1..3} *.c $1 ${DIR%d} $((1 + 2))", nil),
      ("echo $(a) `b` $((1)) ${x:-y}", nil),
      ("x=$(a); echo $x; [ \"$x\" = 1 ] && b f", nil), ("unset x; a $x", nil),
      ("IFS= read -r x; echo $x", nil),
      ("[[ $(a) == b ]]; case $(c) in *) d;; esac; exit $(e)", nil), ("cd d; a -x; a /f", nil),
      ("f() { a x; }; f", nil), ("a=(f g); b ${a[@]} ${#a[@]} $#", nil), ("x=a; x+=b; c $x", nil),
      ("set -euo pipefail; a $1 | b 2>&1", nil), ("(cd d; a /f); b f", nil),
    ] as [(String, String?)]) func `what cannot be followed is named`(
      script: String, expected: String?
    )
  {
    let script = ShellScript(Array(script.utf8), in: environment, directory: Array("/pwd".utf8))
    #expect(script.blindSpot == expected)
  }

  /// Files that are certainly replaced have a `!`.
  @Test(arguments: [
    ("a >f; b 2>h >>g; c &>i | tee j k >/dev/null", "f! h! i! j! k!"), ("a >|f 2>/dev/null", "f!"),
    ("if a; then b >f; fi; for x in g h; do c >$x; done", "f g h"), ("(a >f; tee g)", "f g"),
    ("cd d; a >f >/g; (cd e; a >/h)", "/g /h"), ("(cd d; a >f); b >g", "g"), ("a >$(b) >c*", ""),
    ("sh -c 'a >f; tee g'", "f g"), ("a | tee -a f; tee g -a; b >&2 2>&-", ""),
    ("a && b >f; c >f", "f f"), ("x=f; a >./$x/g >$PWD/h", "f/g! h"), ("a | sudo tee -i f", "f"),
    ("a <missing >f", "f"), ("bash <<E\na >f\nE\nb >g", "f g!"), ("echo $(a >f)", "f"),
    ("a >&f", "f!"), ("exec >f", "f"), ("set -C; a >f", "f"), ("set -o noclobber; a >f", "f"),
  ]) func `the files that a script replaces`(script: String, expected: String) {
    let script = ShellScript(
      Array(script.utf8), in: environment, directory: Array("/pwd".utf8))
    let found = script.outputs.map {
      String(decoding: $0.path, as: UTF8.self) + ($0.isCertain ? "!" : "")
    }
    #expect(found.joined(separator: " ") == expected)
  }

  @Test(.enabled(if: Shell.has("bash")), arguments: [20, 21, 22])
  func `bash names no file that we do not`(seed: UInt64) throws {
    let scratch = try Scratch()
    mkdir(scratch("d"), 0o700)
    for name in ["a", "b", "ab", ".a", "a,b", "a-", "d/a", "d/b", "d/.b", "a b"] {
      try scratch.write(name, "")
    }
    let parts = [
      "a", "b", "d", "/", "*", "?", "[", "]", "!", "-", "{", "}", ",", "'", "\"", "\\", ".", " ",
      "$X",
      "${P}", "./", "a", "b", "d/",
    ]
    var random = FixedGenerator(seed: seed)
    let words = (0..<3000).map { _ in
      (0..<random.next() % 9).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
    }
    let outcome = try Shell.run(
      [
        "bash", "-c",
        #"""
        cd "$1"; X=d P='a *'
        while IFS= read -r line; do
          set --; eval "set -- $line" 2> /dev/null && for f; do [ -f "$f" ] && printf '%s\n' "$f"; done
          echo =
        done
        """#, "bash", scratch.path,
      ], input: Array(words.map { $0 + "\n" }.joined().utf8))
    let environment = Environment([.init("X", "d"), .init("P", "a *")])
    let answers = outcome.text.split(separator: "=\n", omittingEmptySubsequences: false).dropLast()
    #expect(answers.count == words.count)
    var count = 0
    for (word, answer) in zip(words, answers) {
      let script = ShellScript(
        Array("set -- \(word)".utf8), in: environment, directory: Array(scratch.path.utf8))
      let found = Set(script.names.compactMap { $0.value })
      for path in answer.split(separator: "\n") {
        count += 1
        #expect(found.contains(Array(path.utf8)), "\(word): \(path)")
      }
    }
    #expect(count > 1000)
  }

  @Test func `scripts that multiply are not read for ever`() throws {
    let scratch = try Scratch()
    for name in ["x.c", "y.c"] { try scratch.write(name, "") }
    let values = (0..<64).map { "v\($0)" }.joined(separator: " ")
    func repeated(_ text: String, to size: Int = 100_000) -> String {
      String(repeating: text, count: size / text.utf8.count)
    }
    let loop = "for a in \(values); do "
    let scripts = [
      loop + repeated("$a"), loop + repeated("$a$a$a$a "), loop + repeated("$a* "),
      loop + repeated("b$a;"),
      repeated("{a,b}"), repeated("{a,b}{c,d}{e,f}{g,h}{i,j}{k,l} "), repeated("{"), repeated("{,"),
      repeated("* "), repeated("[[:a:] "), repeated("/*/*/*/* "), repeated("[a-"),
      "a " + repeated("*/"),
      "x='eval $x; eval $x'; eval $x", repeated("eval '"), repeated("sh -c \"eval \\\""),
      repeated("x=$x$x "),
      repeated("x=$x$x;"), "x=a;" + repeated("a && x=$x$x;"), repeated("bash <<E\n"),
      repeated("function "), repeated("{1..9}"), repeated("{1..1000}{1..1000} "), "{1..999999999}",
      "x=" + repeated("a", to: 120) + ";" + repeated("b ${x%%*a*b} "),
      "a=(" + repeated("f ") + "); b ${a[@]}",
      loop + repeated("x+=$a;"), repeated("a+=($a "), repeated("set -- $@ a;"), repeated("x=(x "),
      repeated("x=1 sh -c 'env y=2 sh -c \"z\"';"),
    ]
    for script in scripts {
      let found = names(script, at: scratch.path)
      #expect(found.utf8.count < 4_000_000, "\(script.prefix(200))")
    }
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
