import Foundation
import Testing

/// What the README shows is what is built and run.
@Suite struct ReadmeTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: Sandbox.package + "/" + path, encoding: .utf8)
  }

  @Test(arguments: ["Sync", "Async"])
  func `the library's example stands in the README as it is built`(name: String) throws {
    let example = try text("Examples/\(name)/main.swift")
    #expect(try text("README.md").contains("```swift\n\(example)```"))
  }

  @Test func `the examples do what they say`() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.bash("ExampleSync; echo; ExampleAsync")
    #expect(
      outcome.text == """
        (looking it up)
        From the film Action Jackson
        From the film Action Jackson
        dark
        ["pullQuote(actor=\\'Samuel L. Cacheson\\', film=\\'Action Jackson\\')", "settings"]
        ["tag_eviction", "user_eviction", "manual_eviction"]

        (asking the professor)
        ["Picacheu"]
        Picacheu

        """)
  }

  @Test func `every command and every public method has its place in the table`() throws {
    let readme = try text("README.md")
    let sources =
      try text("Sources/Cachetronomy/Cachetronaut.swift")
      + text("Sources/Cachetronomy/CachetronautKeys.swift")
    for line in sources.split(separator: "\n") where line.hasPrefix("  public func ") {
      let name = line.dropFirst("  public func ".count).prefix { $0.isLetter }
      #expect(readme.contains("`\(name)("), "\(name) is not in the README")
    }
  }

  @Test func `both front doors have one shape`() throws {
    func methods(_ path: String) throws -> Set<String> {
      Set(
        try text(path).split(separator: "\n").compactMap { line in
          let line = line.replacingOccurrences(of: "nonisolated ", with: "")
          guard line.hasPrefix("  public func ") else { return nil }
          return String(line.dropFirst("  public func ".count).prefix { $0.isLetter })
        })
    }
    let sync = try methods("Sources/Cachetronomy/Cachetronaut.swift")
      .union(methods("Sources/Cachetronomy/CachetronautKeys.swift"))
      .union(methods("Sources/Cachetronomy/Memoize.swift"))
    #expect(sync.count > 25)
    #expect(try methods("Sources/Cachetronomy/AsyncCachetronaut.swift") == sync)
  }
}
