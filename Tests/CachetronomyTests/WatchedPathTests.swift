import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct WatchedPathTests {
  private let environment = Environment([
    .init("HOME", "/h"), .init("ONE", "/a"), .init("TWO", "/a:b::/c"), .init("EMPTY", ""),
    .init("TILDE", "~/x"),
  ])

  private func expand(_ path: String) -> [String] {
    WatchedPath.expand(Array(path.utf8)[...]) { environment[$0] }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test(arguments: [
    ("a/b", ["a/b"]), ("~/f", ["/h/f"]), ("~", ["/h"]), ("~ada/f", ["~ada/f"]), ("", [""]),
    ("a$ONE", ["a$ONE"]), ("./$ONE", ["./$ONE"]), ("$ONE", ["/a"]), ("${ONE}", ["/a"]),
    ("$ONE/f", ["/a/f"]), ("${ONE}/f g", ["/a/f g"]), ("$TWO", ["/a", "b", "/c"]),
    ("$TWO/f", ["/a:b::/c/f"]), ("$NONE", []), ("$EMPTY/f", []), ("${EMPTY:-/d}/f", ["/d/f"]),
    ("${NONE:-~/.kube/config}", ["/h/.kube/config"]), ("${ONE:-~/x}", ["/a"]), ("${NONE:-}", [""]),
    ("${NONE:-${EMPTY:-$ONE/b}/c}/d", ["/a/b/c/d"]), ("${NONE:-$TWO}", ["/a", "b", "/c"]),
    ("${NONE:-~}/f", ["/h/f"]), ("${NONE:-a:b}", ["a:b"]), ("$TILDE", ["~/x"]),
  ]) func `a path may begin as in a shell`(path: String, paths: [String]) {
    #expect(WatchedPath.validationError(path) == nil)
    #expect(expand(path) == paths)
  }

  @Test(arguments: [
    "$", "$$", "$1", "$ONE-x", "${", "${}", "${ONE", "${ONE}x", "${ONE:+x}", "${ONE-x}", "${1}",
    "$(x)",
    "${ONE:-$}", "${ONE:-${TWO:-${}}}", "${é}",
  ]) func `what is no variable is refused, and else means itself`(path: String) {
    #expect(WatchedPath.validationError(path) != nil)
    #expect(expand(path) == [path])
    #expect(WatchedPath.validationError(RunSettings.literal(path)) == nil)
    #expect(expand(RunSettings.literal(path)) == ["./" + path])
  }

  @Test func `fallbacks have an end`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "${NONE:-", count: depth) + "x" + String(repeating: "}", count: depth)
    }
    #expect(expand(nested(8)) == ["x"])
    #expect(WatchedPath.validationError(nested(9)) != nil)
    #expect(expand(nested(100_000)) == [nested(100_000)])
  }
}
