import Testing

@testable import Cachetronomy
@testable import CommandCache

/// However many variables and whatever arguments there are, the work is bounded.
@Suite(.timeLimit(.minutes(10))) struct RedactionBoundsTests {
  private func values(_ values: [String]) -> Environment {
    Environment(values.enumerated().map { .init("TOKEN_\($0.offset)", $0.element) })
  }

  @Test func `many values are found in one pass`() {
    let all = (0..<3000).map { "value-of-a-secret-\($0)-end" }
    let redactor = Redactor(values(all))
    let word = Array(all.joined(separator: "/").utf8)
    let names = (0..<3000).map { "$TOKEN_\($0)" }.joined(separator: "/")
    #expect(word.count > 79_000)
    #expect(redactor.redacted(word) == Array(names.utf8))
    let other = [UInt8](repeating: UInt8(ascii: "v"), count: 100_000)
    #expect(redactor.redacted(other) == other)
  }

  @Test func `values that take too much work hide the whole argument`() {
    let size = 100_000
    let nested = (0..<3000).map { String(repeating: "a", count: 8 + $0) + "b" }
    let word = [UInt8](repeating: UInt8(ascii: "a"), count: size) + Array("b".utf8)
    #expect(
      Redactor(values(nested)).redacted([word, word]) == [Array("***".utf8), Array("***".utf8)])
    // The short ones are found before that.
    #expect(
      Redactor(values(nested)).redacted(Array("xaaaaaaaabx".utf8)) == Array("x$TOKEN_0x".utf8))
  }

  @Test func `values within each other and across each other are hidden whole`() {
    let redactor = Redactor(values(["abcdefgh", "abcdefghijkl", "ghijklmnop", "defghijk"]))
    func shown(_ text: String) -> String {
      String(decoding: redactor.redacted(Array(text.utf8)), as: UTF8.self)
    }
    #expect(shown("abcdefgh") == "$TOKEN_0")
    #expect(shown("abcdefghijkl") == "$TOKEN_1")
    #expect(shown("abcdefghijklmnop.") == "$TOKEN_1***.")
    #expect(shown("abcdefghijabcdefgh") == "$TOKEN_0ij$TOKEN_0")
    #expect(shown("abcdefghi'j'kl") == "$TOKEN_1")
  }

  @Test(arguments: [
    "'", "\"", "\\", "''", "'\"", "=", ":", "@", "://", "a:b@", "@tcp(", "token=", "\"token\":",
    "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "Bearer ", "a ", "' ", "\" ", "-u ", "#\n", "(",
    "`",
    "Authorization: ", "password: ", "<key>", "%3D", "token%3D", "a", "-", ".", "PASSWORD '", "\n",
    "\\\" ",
    "x://u:", "x://a@", "mysql -p", "-u a:b ", "\"'\"'", "key => ", "{\"key\": [", "eyJ0.", "$'",
  ]) func `no argument takes more than its size`(text: String) {
    let environment = Environment([.init("GH_TOKEN", "0123456789")])
    let word = Array(String(repeating: text, count: 32_000 / text.utf8.count).utf8)
    let redactor = Redactor(environment, patterns: ["a*b*c", "*x", "y*", "[ab]?z", "p?n="])
    for argv in [[word], [Array("-c".utf8), word + Array(" 0123456789".utf8)]] {
      #expect(redactor.redacted(argv).count == argv.count)
    }
  }

  @Test func `no number of arguments takes more than their size`() {
    let word = Array("curl".utf8)
    let argv = [[UInt8]](repeating: word, count: 30_000)
    #expect(Redactor(Environment([])).redacted(argv) == argv)
    let options = [[UInt8]](repeating: Array("-u".utf8), count: 30_000)
    #expect(Redactor(Environment([])).redacted([word] + options).count == options.count + 1)
  }

  @Test func `a script that sets many paths is searched for a bounded number of files`() throws {
    func notes(_ script: String, scope: String? = nil) throws -> KeyNotes {
      var settings = RunSettings()
      settings.scope = scope
      return try Invocation(
        argv: ["/bin/sh", "-c", script].map { Array($0.utf8) }, directory: Array("/".utf8),
        environment: Environment([.init("PATH", "/usr/bin:/bin")]), settings: settings
      ).resolve().notes
    }
    let path = (0..<400).map { "/n\($0)" }.joined(separator: ":")
    let script = (0..<64).map { "PATH=/m\($0):\(path) none\($0) other\($0)" }.joined(
      separator: "\n")
    #expect(try notes(script).obstacle == "too many directories to search for its programs")
    #expect(try notes(script, scope: "mine").obstacle == nil)
    #expect(try notes("PATH=\(path) none; PATH=/x:/y other").obstacle == nil)
    let words = (0..<500).map { "word\($0) a | b\($0)" }.joined(separator: "\n")
    #expect(try notes("PATH=/a:/b:/c:/d:$PATH\n\(words)").obstacle == nil)
  }
}
