import Testing

/// Keys from standard input.
@Suite struct GivenKeysTests {
  @Test func `many keys are got, looked for and removed`() throws {
    let outcome = try Sandbox().bash(
      #"""
      for key in a b -x '#123456'; do cachetronomy set --db "$CACHETRONOMY_DB" -- "$key" "v$key"; done
      printf 'c d' | cachetronomy set 'two
      lines' 2>/dev/null
      printf 'a\nb\n' | cachetronomy get --stdin; echo " $?"
      printf 'a\nnone\nb' | cachetronomy get --stdin; echo " $?"
      printf -- '-x\n#123456\n' | cachetronomy get --stdin; echo " $?"
      printf 'two\nlines\0a\0' | cachetronomy get --stdin -z; echo " $?"
      printf 'b\na\nb\n' | cachetronomy get --stdin --json | grep -o '"key":"."' | tr '\n' ' '
      printf 'a\nnone\n-x\n' | cachetronomy has --stdin; echo $?
      printf 'a\nb\n' | cachetronomy has --stdin; echo $?
      printf 'a\0-x\0' | cachetronomy has --stdin -z | tr '\0' '|'; echo
      printf '' | cachetronomy has --stdin; echo "none $?"
      printf 'a\na\nnone\n' | cachetronomy delete --stdin; echo $?
      cachetronomy keys -z | cachetronomy delete --stdin -z; echo $?
      cachetronomy keys | wc -l
      """#)
    #expect(
      outcome.lines == [
        "vavb 0", "vavb 1", "v-xv#123456 0", "c dva 0", #""key":"b" "key":"a" "key":"b" a"#, "-x",
        "1", "a", "b", "0", "a|-x|", "none 0", "1", "0", "0",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `what is no key is refused with its number`() throws {
    let outcome = try Sandbox().bash(
      #"""
      cachetronomy set a v
      try() { "${@}" 2>&1 | head -c 300; echo "${PIPESTATUS[0]}"; }
      printf 'a\n\nb\n' | try cachetronomy get --stdin
      printf 'a\n\xff\n' | try cachetronomy has --stdin
      printf 'a\0b\n' | try cachetronomy delete --stdin
      ulimit -v 2000000
      head -c 100000000 /dev/zero | tr '\0' x | try cachetronomy get --stdin
      head -c 100000000 /dev/zero | tr '\0' x | try cachetronomy delete --stdin -z
      printf 'a\n' | try cachetronomy get -z a
      printf 'a\n' | try cachetronomy has -z
      cachetronomy get a
      """#)
    #expect(
      outcome.lines == [
        "vcachetronomy: bad key: standard input, key 2: it is empty", "64",
        "a", "cachetronomy: bad key: standard input, key 2: it is no UTF-8", "64",
        "cachetronomy: bad key: standard input, key 1: it holds a NUL (see -z)", "64",
        "cachetronomy: bad key: standard input, key 1: it is over 64 KiB", "64",
        "cachetronomy: bad key: standard input, key 1: it is over 64 KiB", "64",
        "cachetronomy: bad option -z: it goes with --stdin, without a key", "64",
        "cachetronomy: bad option -z: it goes with --stdin, without a key", "64", "v",
      ], "\(outcome.text)\(outcome.errors)")
  }

  @Test func `ten thousand keys take one reading and few transactions`() throws {
    let outcome = try Sandbox().bash(
      #"""
      seq 10000 | awk '{ print "k" $1 "\t" $1 }' | cachetronomy import -q -
      seq 10000 | sed s/^/k/ | cachetronomy get --stdin | wc -c
      seq 10000 | sed s/^/k/ | cachetronomy delete --stdin && cachetronomy keys | wc -l
      """#)
    #expect(outcome.lines == ["38894", "0"], "\(outcome.text)\(outcome.errors)")
  }
}
