import Testing

/// What scripts of `-c` read, in ways that are easily mistaken for others.
@Suite struct ScriptFileTests {
  @Test(arguments: [
    ##"""
    cat <<E
    don't
    E
    cat f
    """##,
    ##"""
    cat <<E
    run: cmd > f
    E
    cat f
    """##,
    ##"""
    cat <<E
    # $(cat f)
    E
    """##,
    ##"while read -r l; do echo ${l%% #*}; done < f"##,
    ##"[ -n "$REFRESH" ] && echo > f; cat f"##,
    ##"if false; then echo > f; fi; cat f"##,
    ##"case $- in *i*) echo > f;; esac; cat f"##,
    ##"g() { echo > f; }; cat f"##,
    ##"mkdir -p d; (cd d && echo hi > f); cat f"##,
    ##"(( 1 > f )); cat f"##,
    ##"echo $((1>f)); cat f"##,
    ##"echo `echo 1`#x; cat f"##,
    ##"echo "$(case x in x) cat f;; esac)""##,
    ##"x=a; echo "$(echo ${x//)/}; cat f)""##,
    ##"tr -d $'\'' < f"##,
    ##"""
    a=(
    f
    ); cat "${a[@]}"
    """##,
    ##"cat ${UNSETX}f"##,
    ##"cat &>o f; cat o"##,
    ##"[[ x > f || 1 ]]; cat "$PWD/f""##,
    ##"A=$(echo 1) tool"##, "false &&\ntrue > f\ncat f", ##"true | tee -ia f; cat f"##,
    ##"cat $FILES"##, ##"if false; then time { :; }; date > f; fi; cat f"##,
    ##"echo x >> f; cat f"##,
    ##"if false; then echo $(:) done; date > f; fi; cat f"##,
    ##"X="$(echo $(date) case closed)"; cat f"##,
    ##"g() { tool; }; g"##,
    ##"case x in (x) tool;; esac"##,
    ##"exec nice tool"##,
    ##"echo `echo \`tool\``"##,
    ##"PATH=$PWD/alt:$PATH; special"##, ##"PATH=$PWD/alt special"##,
    ##"HOME=$PWD; x=~/alt; $x/special"##,
    ##"if true; then export PATH=$PWD/alt:$PATH; fi; (special)"##,
    ##"cat [e-g]"##, ##"cat ./? | cat"##, ##"cat b*/t{o,i}ol"##, ##"true | tee f -a; cat f"##,
    ##"x=. y=f; cat "$x/$y""##, ##"timeout 9 bash -c 'sort <f'"##, ##"eval "cat f | sort""##,
    ##"for i in ?; do cat $i; done"##, ##"x=g cat $x f"##, ##"true | xargs -n1 sh -c 'cat $0' ?"##,
    ##"cat {e..g}"##, ##"bash -c 'cat ./$1' _ f"##, ##"env D=. sh -c 'cat $D/f'"##,
    ##"D=. sh -c 'cat $D/f'"##, ##"x=./; x+=f; cat $x"##, ##"a=(f); a+=(x); cat ./${a[0]}"##,
    ##"set -- f; cat ./$1"##, ##"for x in f.c; do cat ${x%.c}; done"##,
    ##"x=/x/f; cat ./${x##*/}"##, ##"tee copy < f"##, ##"true | tee -i copy 0<f; cat copy"##,
    ##"sort < missing > f; cat f"##,
    ##"sort 2> /no/where > f; cat f"##, ##"cat < f > f.copy; cat f.copy"##,
    ##"export x=f; sh -c "cat ./$x"; trap 'tool' EXIT"##,
  ]) func `what a script reads is seen, however it is written`(script: String) throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash(
      #"""
      mkdir bin; export PATH="$HERE/bin:$PATH"
      mkdir alt; to() { echo $1 > f; for t in bin/tool alt/special; do printf '#!/bin/sh\necho %s\n' $1 > $t; chmod +x $t; done; }
      run() { (export PWD=/; exec cachetronomy run --shell bash -c "$text"); }
      to old; run > /dev/null; to newer; run
      """#, environment: ["text": script, "FILES": "bin/tool f"])
    #expect(outcome.text.contains("newer") && !outcome.text.contains("old"), "\(outcome)")
  }
}
