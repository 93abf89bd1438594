import Glibc
import Testing

@testable import Cachetronomy

@Suite struct PatternTests {
  @Test(arguments: [
    ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "", true), ("", "a", false),
    ("*", "", true), ("*", "abc", true), ("a*", "a", true), ("a*", "abc", true),
    ("a*", "ba", false), ("*a", "ba", true), ("*a", "ab", false), ("*a*", "xay", true),
    ("a*c*e", "abcde", true), ("a*c*e", "abcd", false), ("**", "x", true), ("?", "x", true),
    ("?", "", false), ("?", "xy", false), ("a?c", "abc", true), ("*?", "", false),
    ("[abc]", "b", true), ("[abc]", "d", false), ("[a-c]x", "bx", true), ("[a-c]", "d", false),
    ("[!a]", "b", true), ("[!a]", "a", false), ("[^a]", "b", true), ("[^a]", "a", false),
    ("[]]", "]", true), ("[]a]", "a", true), ("[!]a]", "b", true), ("[!]a]", "]", false),
    ("[!]a]", "a", false), ("[a-]", "-", true), ("[-a]", "-", true), ("[z-a]", "m", false),
    ("[a", "[a", true), ("[", "[", true), ("[]", "[]", true), ("a[b", "a[b", true),
    ("\\*", "*", true), ("\\*", "a", false), ("\\?", "?", true), ("\\[a]", "[a]", true),
    ("\\\\", "\\", true), ("a\\", "a\\", true), ("*_PROXY", "HTTP_PROXY", true),
    ("*_PROXY", "http_proxy", false), ("A*B*C*", "AxxBxxC", true), ("é*", "éa", true),
    ("*.[ch]", "x.c", true), ("*.[ch]", "x.o", false), ("[a-c][0-9]", "b7", true),
  ]) func globsAreTheShells(glob: String, name: String, fits: Bool) {
    #expect(Pattern(glob).matches(Array(name.utf8)) == fits)
  }

  @Test func randomGlobsAgreeWithTheSystemsFnmatch() {
    var random = FixedGenerator(seed: 10)
    let letters = Array("aab*?".utf8)
    for _ in 0..<20_000 {
      let glob = random.bytes(Int(random.next() % 8)).map { letters[Int($0) % letters.count] }
      let name = random.bytes(Int(random.next() % 8)).map { $0 & 1 == 0 ? UInt8(0x61) : 0x62 }
      let text = String(decoding: glob, as: UTF8.self)
      let system = fnmatch(text, String(decoding: name, as: UTF8.self), 0) == 0
      #expect(Pattern(text).matches(name) == system, "\(text)")
    }
  }

  @Test func manyStarsTakeNoExponentialTime() {
    let glob = Pattern(String(repeating: "a*", count: 200) + "b")
    #expect(!glob.matches([UInt8](repeating: 0x61, count: 5000)))
    #expect(
      !Pattern(String(repeating: "*", count: 5000) + "b").matches(
        [UInt8](repeating: 0x61, count: 5000)))
    let rule = Profile.Rule(
      match: [String](repeating: "**", count: 200) + ["b"], settings: RunSettings())
    #expect(!rule.matches([[UInt8]](repeating: [0x61], count: 2000)))
  }

  @Test func onlyNamesInFullAreLiteral() {
    #expect(Pattern("TMUX_PANE").isLiteral)
    for glob in ["*", "A*", "A?", "[A]", "A\\*"] { #expect(!Pattern(glob).isLiteral) }
  }
}
