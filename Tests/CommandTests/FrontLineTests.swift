import CachetronomyFront
import Glibc
import Testing

@testable import CachetronomyCLI
@testable import CachetronomyFront

/// What the front takes from a line is what the whole program takes from it.
@Suite struct FrontLineTests {
  @Test func `store, input and key`() {
    var random = SystemRandomNumberGenerator()
    let words = [
      "--db", "--db=/a", "/b", "--no-stdin", "-q", "--ttl", "1h", "--ttl=1h", "--", "cmd", "-c",
      "--no-env", "--env", "A", "--file=x", "--profile", "p", "--tag", "--cwd", "none", "--shell",
      "key", "-", "", "#1", "--cached-only", "--wait=1s", "--scope", "--mtime", "-x", "--no-store",
    ]
    var accepted = 0
    for _ in 0..<50_000 {
      let verb = ["run", "get", "has"].randomElement(using: &random) ?? "run"
      let line = [verb] + (0..<Int.random(in: 0..<6)).map { _ in words.randomElement() ?? "" }
      let strings = (["cachetronomy"] + line).map { strdup($0) }
      defer { for string in strings { free(string) } }
      let pointers = strings + [nil]
      pointers.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        let call = Call(arguments: start, count: strings.count, environment: start)
        guard let found = Line(call) else { return }
        accepted += 1
        let bytes = line.dropFirst().map { Array($0.utf8) }
        let cut = verb == "run" ? nil : bytes.firstIndex { $0 == Array("--".utf8) }
        guard let whole = RunArguments(cut.map { Array(bytes[..<$0]) } ?? Array(bytes)) else {
          Issue.record("not read by the whole program: \(line)")
          return
        }
        #expect(text(found.store) == whole.common.store ?? "", "\(line)")
        #expect(found.hasNoInput == whole.noStdin, "\(line)")
        #expect(!whole.refresh && !whole.explain && !whole.common.verbose && !whole.key.stdin)
        if found.key.count > 0 {
          #expect(whole.words.map { String(decoding: $0, as: UTF8.self) } == [text(found.key)])
          #expect(cut == nil && whole.key.pipeline == nil)
        }
      }
    }
    #expect(accepted > 1000)
  }

  private func text(_ bytes: Bytes) -> String {
    String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
  }
}
