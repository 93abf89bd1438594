import Glibc
import Testing

@testable import Cachetronomy
@testable import CommandCache
@testable import System

/// Lists of outputs, some of them made to write elsewhere.
@Suite struct OutputListTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static func file(_ path: String, _ bytes: [UInt8] = []) -> OutputList.Item {
    var sum = OutputSum()
    if !bytes.isEmpty { bytes.withUnsafeBytes { sum.add($0) } }
    let content = OutputList.Content(
      digest: Digest.of(bytes, size: 32), size: Int64(bytes.count), sum: sum.value)
    return OutputList.Item(path: Array(path.utf8), mode: 0o644, kind: .file(content))
  }

  private static func item(_ path: String, _ kind: OutputList.Kind) -> OutputList.Item {
    OutputList.Item(path: Array(path.utf8), mode: 0o755, kind: kind)
  }

  @Test func `a list is read as it was written`() {
    let list = OutputList([
      Self.item("b", .directory), Self.file("b/one", [1]), Self.file("b/two", [1, 2]),
      Self.item("b/link", .link(Array("../elsewhere".utf8))), Self.file("/absolute/x"),
    ])
    #expect(OutputList(decoding: list.encoded()) == list)
    #expect(OutputList(decoding: [])?.items.isEmpty == true)
    #expect(list.contents.count == 2)
  }

  @Test(arguments: ["..", "a/../b", "./a", "a//b", "", "/", "/..", "a/", "a/.", "//a"])
  func `a path that is not plain makes a list unreadable`(path: String) {
    #expect(OutputList(decoding: OutputList([Self.file(path)]).encoded()) == nil)
  }

  @Test func `bytes that were changed make no list that is written otherwise`() {
    let bytes = OutputList([
      Self.item("b", .directory), Self.file("b/one", [1]), Self.file("b/two", [1, 2]),
      Self.item("b/zlink", .link(Array("x".utf8))),
    ]).encoded()
    var fuzz = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &fuzz) {
        changed[Int.random(in: 0..<changed.count, using: &fuzz)] = UInt8.random(
          in: 0...255, using: &fuzz)
      }
      if Bool.random(using: &fuzz) { changed.removeLast(Int.random(in: 1...20, using: &fuzz)) }
      guard let list = OutputList(decoding: changed) else { continue }
      #expect(OutputList(decoding: list.encoded()) == list)
      for item in list.items {
        let names = item.path.split(separator: 0x2f)
        #expect(!names.contains { $0.elementsEqual("..".utf8) })
      }
    }
  }

  /// Restores a list in `work`; nil if it was, else why not.
  private func restore(_ items: [OutputList.Item], named: [String]) throws -> String? {
    let store = try scratch.store()
    var settings = RunSettings()
    settings.output = named
    _ = mkdir(scratch("work"), 0o755)
    let paths = OutputPaths(settings, directory: Array(scratch("work").utf8))
    var restorer = OutputRestorer(paths, from: store, Probe())
    do {
      try restorer.restore(OutputList(items))
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `what this call does not name is not written`() throws {
    for path in ["other", "out2", "ou", "/etc/cachetronomy-test", "out.d/x"] {
      let why = try restore([Self.file("out"), Self.file(path)], named: ["out"])
      #expect(why?.hasSuffix("--output does not name it") == true, "\(path) \(why ?? "")")
    }
    #expect(try scratch.inventory().contains("work"))
    #expect(try Shell.run(["ls", "-A", scratch("work")]).text.isEmpty)
    #expect(try restore([Self.file("out")], named: ["out"]) == nil)
    #expect(try restore([Self.file("out/x")], named: ["out/*"]) != nil)
  }

  @Test func `no link is followed, whoever made it`() throws {
    _ = mkdir(scratch("away"), 0o755)
    let away = Array(scratch("away").utf8)
    // One that the list itself makes first.
    let why = try restore(
      [Self.item("d", .directory), Self.item("d/l", .link(away)), Self.file("d/l/x")], named: ["d"])
    #expect(why?.contains("a link or a file") == true, "\(why ?? "")")
    // One that was there.
    symlink(scratch("away"), scratch("work/e"))
    #expect(try restore([Self.file("e/x")], named: ["e"]) != nil)
    #expect(try restore([Self.item("e", .directory)], named: ["e"]) != nil)
    // A link in place of a file is replaced itself.
    symlink(scratch("away") + "/target", scratch("work/f"))
    #expect(try restore([Self.file("f")], named: ["f"]) == nil)
    #expect(try Shell.run(["ls", "-A", scratch("away")]).text.isEmpty)
  }

  @Test func `contents that are not what their digest says are not stored`() throws {
    let store = try scratch.store()
    guard case .file(let content) = Self.file("x", [1, 2, 3]).kind else { return }
    for (bytes, isForeign) in [([1, 2, 4] as [UInt8], true), ([1, 2], true), ([1, 2, 4], false)] {
      #expect(throws: Failure.self) {
        try store.putOutputs([content], isForeign: isForeign) { _, _ in bytes }
      }
      #expect(try store.missing([content]) == [content])
    }
    try store.putOutputs([content], isForeign: true) { _, _ in [1, 2, 3] }
    #expect(try store.missing([content]).isEmpty)
  }
}
