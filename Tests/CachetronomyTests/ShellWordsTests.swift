import Testing

@testable import Cachetronomy

@Suite struct ShellWordsTests {
  @Test(
    arguments: [
      ("", []), ("  \t\n ", []), ("a", ["a"]), (" a  b\tc\nd ", ["a", "b", "c", "d"]),
      ("'a b' c", ["a b", "c"]), ("\"a b\" c", ["a b", "c"]), ("a\\ b", ["a b"]),
      ("a'b'\"c\"d", ["abcd"]), ("''", [""]), ("\"\"", [""]), ("a '' b", ["a", "", "b"]),
      ("'\\n'", ["\\n"]), ("\"\\n\\\"\\\\\\$\\`\"", ["\\n\"\\$`"]), ("\\'", ["'"]),
      ("'\"'", ["\""]), ("\"'\"", ["'"]), ("\\\\", ["\\"]),
      ("bash -o pipefail", ["bash", "-o", "pipefail"]),
      ("a\\\nb", ["ab"]), ("a \\\n b", ["a", "b"]), ("\"a\\\nb\"", ["ab"]),
      ("'a\\\nb'", ["a\\\nb"]),
      ("é 'ü'", ["é", "ü"]), ("a\"\"", ["a"]), ("\\a", ["a"]),
    ] as [(String, [String])]) func splitsAsAShellDoes(line: String, words: [String]) throws
  {
    #expect(try ShellWords.split(line) == words)
    // Inside the parentheses of a list a newline is a blank.
    let script = "words=(\(line)\n); printf '%s\\0' \"${words[@]}\""
    let bash = try Shell.run(["bash", "-c", script])
    let theirs = bash.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
    // Without arguments printf prints its format once.
    #expect(theirs == (words.isEmpty ? [""] : words))
  }

  @Test(arguments: ["'", "\"", "a 'b", "a \"b", "a\\", "\"a\\\"", "'a\\''"])
  func anOpenQuoteIsRefused(line: String) {
    #expect(failure { () throws(Failure) in try ShellWords.split(line) } != nil)
  }

  @Test(arguments: [
    ("", "''"), ("abc", "abc"), ("a/b.c-d_e:f=g@h,i%j+k", "a/b.c-d_e:f=g@h,i%j+k"),
    ("a b", "'a b'"),
    ("it's", "'it'\\''s'"), ("*", "'*'"), ("~", "'~'"), ("$x", "'$x'"), ("é", "'é'"),
    ("a\nb", "$'a\\nb'"), ("a\tb\r", "$'a\\tb\\r'"), ("\u{1b}[0m", "$'\\x1b[0m'"),
    ("\u{202e}x", "$'\\xe2\\x80\\xaex'"), ("\n'\\", "$'\\n\\'\\\\'"), ("#a", "'#a'"),
    ("!a", "'!a'"),
  ]) func quotesAsAShellNeedsIt(word: String, quoted: String) {
    #expect(ShellWords.quote(Array(word.utf8)) == quoted)
  }

  @Test func bytesThatAreNotUTF8AreWrittenAsHexadecimal() {
    #expect(ShellWords.quote([0x61, 0xff, 0x62]) == "$'a\\xffb'")
  }

  /// Words of random bytes, of quotes and of characters that combine with them.
  private static let words: [[UInt8]] = {
    var random = FixedGenerator(seed: 11)
    var words: [[UInt8]] = [[], [0xff], [0x27], Array("'\u{301}".utf8), Array("a'\u{301}b'c".utf8)]
    let parts = ["'", "\"", "\\", "\n", "$", "`", "!", " ", "\u{301}", "\u{200d}", "é", "😀", "a"]
    for _ in 0..<400 {
      words.append(random.bytes(Int(random.next() % 12)).filter { $0 != 0 })
      words.append(
        (0..<(random.next() % 6)).flatMap { _ in
          Array(parts[Int(random.next() % UInt64(parts.count))].utf8)
        })
    }
    return words
  }()

  @Test func bashReadsQuotedWordsBackByteForByte() throws {
    let line = Self.words.map { ShellWords.quote($0) }.joined(separator: " ")
    let bash = try Shell.run(["bash", "-c", "printf '%s\\0' \(line)"])
    #expect(bash.errors.isEmpty)
    #expect(bash.output == Self.words.flatMap { $0 + [0] })
  }

  @Test func quotedWordsAreOneLineOfPrintableUTF8() {
    for word in Self.words + [[0], [0xc2, 0x85], Array("\u{2028}\u{feff}".utf8)] {
      let quoted = ShellWords.quote(word)
      #expect(!quoted.unicodeScalars.contains(where: ShellWords.isUnprintable) && !quoted.isEmpty)
    }
  }

  @Test func splittingUndoesQuotingOfPrintableText() throws {
    for word in Self.words {
      let quoted = ShellWords.quote(word)
      if quoted.hasPrefix("$'") { continue }
      #expect(try ShellWords.split(quoted).map { Array($0.utf8) } == [word])
    }
  }
}
