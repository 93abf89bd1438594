import Glibc
import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct EnvironmentTests {
  private let environment = Environment([
    .init("TMUX_PANE", "%1"), .init("PATH", "/bin"), .init("AWS_REGION", "eu"), .init("HOME", "/h"),
    .init("AWS_VAULT", "v"), .init("HTTP_PROXY", "p"), .init("EMPTY", ""), .init("é", "é"),
  ])

  private func names(_ wanted: [String]?, _ ignored: [String] = []) -> [String] {
    Self.names(environment, wanted, ignored)
  }

  private static func names(
    _ environment: Environment, _ wanted: [String]? = nil, _ ignored: [String] = []
  ) -> [String] {
    environment.keyed(wanted, ignoring: ignored).map {
      String(decoding: environment.name($0), as: UTF8.self)
    }
  }

  @Test func withoutAListAllThatIsNotIgnoredCountsSortedByName() {
    #expect(names(nil) == ["AWS_REGION", "AWS_VAULT", "EMPTY", "HOME", "HTTP_PROXY", "PATH", "é"])
  }

  @Test func anEmptyListDropsTheEnvironment() { #expect(names([]) == []) }

  @Test func globsNarrowIt() {
    #expect(names(["AWS_*"]) == ["AWS_REGION", "AWS_VAULT"])
    #expect(names(["*_PROXY", "HOM?", "NONE"]) == ["HOME", "HTTP_PROXY"])
    #expect(names(["[AH]*"]) == ["AWS_REGION", "AWS_VAULT", "HOME", "HTTP_PROXY"])
    #expect(names(["aws_*"]) == [])
  }

  @Test func aGlobDoesNotBringBackWhatIsIgnoredButAnExactNameDoes() {
    #expect(names(["TMUX*"]) == [])
    #expect(names(["*"]) == names(nil))
    #expect(names(["*", "TMUX_PANE"]) == (names(nil) + ["TMUX_PANE"]).sorted())
  }

  @Test func moreCanBeIgnoredAndAnExactNameBeatsItToo() {
    #expect(names(nil, ["AWS_*", "PATH", "é"]) == ["EMPTY", "HOME", "HTTP_PROXY"])
    #expect(names(["AWS_*"], ["AWS_VAULT"]) == ["AWS_REGION"])
    #expect(names(["AWS_*", "AWS_VAULT"], ["AWS_*"]) == ["AWS_VAULT"])
  }

  @Test func theOrderOfTheBlockMakesNoDifference() {
    let reversed = Environment(environment.variables.reversed())
    #expect(Self.names(reversed) == names(nil))
  }

  @Test func valuesAreReadByNameInFull() {
    #expect(environment["HOME"] == Array("/h".utf8))
    #expect(environment["HOM"] == nil)
    #expect(environment["EMPTY"] == [])
    #expect(environment.text("EMPTY") == nil)
    #expect(environment.text("HOME") == "/h")
    #expect(Environment([.init([0x41], [0xff])]).text("A") == nil)
  }

  @Test func aCBlockIsSplitAtTheFirstEqualsSignAndWhatHasNoneIsNoVariable() {
    let bytes: [[UInt8]] =
      ["A=1", "B=x=y", "C=", "junk", "=D"].map { Array($0.utf8) } + [
        [0x45, 0x3d, 0xff]
      ]
    var items = bytes.map { word -> UnsafeMutablePointer<CChar>? in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: word.count + 1)
      for (index, byte) in word.enumerated() { copy[index] = CChar(bitPattern: byte) }
      copy[word.count] = 0
      return copy
    }
    items.append(nil)
    defer { for item in items { item?.deallocate() } }
    let read = items.withUnsafeMutableBufferPointer { Environment($0.baseAddress) }
    #expect(
      read.variables == [
        .init("A", "1"), .init("B", "x=y"), .init("C", ""), .init("", "D"), .init([0x45], [0xff]),
      ])
    #expect(Environment(nil).variables.isEmpty)
  }

  @Test func `entries without = are kept in their place and count for the key`() throws {
    let texts = ["A=1", "LOOSE", "B=", "TMUX", "other", "C=x=y", "=D"]
    var block: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { for text in block { free(text) } }
    let environment = block.withUnsafeMutableBufferPointer { Environment($0.baseAddress) }
    #expect(environment.entries.map { String(decoding: $0, as: UTF8.self) } == texts)
    #expect(environment.count == 4)
    func keyed(_ wanted: [String]?, _ ignored: [String] = []) -> [String] {
      environment.keyedNameless(wanted, ignoring: ignored).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(keyed(nil) == ["LOOSE", "other"])
    #expect(keyed([]) == [])
    #expect(keyed(["LO*"]) == ["LOOSE"])
    #expect(keyed(nil, ["oth*"]) == ["LOOSE"])
  }
}
