import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache

@Suite struct CallDigestTests {
  private let user = CallDigest.Credentials(
    user: 1, effectiveUser: 2, group: 3, effectiveGroup: 4, groups: [5, 6])

  private func digest(
    _ arguments: [String] = ["run", "true"], _ variables: [(String, String)] = [("A", "1")],
    in directory: String = "/d", _ credentials: CallDigest.Credentials? = nil
  ) -> [UInt8]? {
    CallDigest.of(
      arguments.map { Array($0.utf8) },
      environment: Environment(variables.map { Environment.Variable($0.0, $0.1) }),
      directory: Array(directory.utf8), credentials: credentials ?? user)
  }

  @Test func `what is digested, byte for byte`() {
    func item(_ text: String) -> [UInt8] {
      number(text.utf8.count) + Array(text.utf8)
    }
    func number(_ number: Int) -> [UInt8] {
      withUnsafeBytes(of: Int64(number).littleEndian) { Array($0) }
    }
    var bytes = item("cachetronomy call 1") + number(2) + item("run") + item("true") + item("/d")
    for id in 1...4 { bytes += number(id) }
    bytes += number(2) + number(5) + number(6) + item("A=1") + number(-1)
    #expect(digest() == Digest.of(bytes))
  }

  @Test func `each part counts`() {
    var others = [digest(), digest(["run", "tru", "e"]), digest(["run", "true", ""])]
    others += [
      digest(in: "/e"), digest(["run", "true"], [("A", "2")]), digest(["run", "true"], []),
    ]
    others.append(digest(["run", "true"], [("A", "1"), ("B", "")]))
    others.append(digest(["run", "true"], [("B", ""), ("A", "1")]))
    for change in 0..<6 {
      var other = user
      switch change {
      case 0: other.user = 9
      case 1: other.effectiveUser = 9
      case 2: other.group = 9
      case 3: other.effectiveGroup = 9
      case 4: other.groups = [6, 5]
      default: other.groups = [5]
      }
      others.append(digest(["run", "true"], [("A", "1")], in: "/d", other))
    }
    #expect(!others.contains(nil))
    #expect(Set(others).count == others.count)
  }

  @Test func `ignored variables do not count, and our own choose`() {
    let plain = digest()
    #expect(digest(["run", "true"], [("TMUX", "x"), ("A", "1"), ("KITTY_PID", "4")]) == plain)
    #expect(digest(["run", "true"], [("A", "1"), ("CACHETRONOMY_FLIGHT", "x")]) == plain)
    for name in ["DB", "PROFILE"] {
      let other = digest(["run", "true"], [("A", "1"), ("CACHETRONOMY_\(name)", "x")])
      #expect(other != nil && other != plain)
    }
    for name in ["DISABLE", "REFRESH", "FAULT", ""] {
      #expect(digest(["run", "true"], [("CACHETRONOMY_\(name)", "0")]) == nil)
    }
  }

  @Test func `what the front does not read has no digest`() {
    #expect(digest([String(repeating: "x", count: 1 << 20)]) == nil)
    #expect(digest([String(repeating: "x", count: (1 << 20) - 1)]) != nil)
    #expect(digest(["x"], (0..<4096).map { ("V\($0)", "") }) != nil)
    #expect(digest(["x"], (0..<4097).map { ("V\($0)", "") }) == nil)
  }
}
