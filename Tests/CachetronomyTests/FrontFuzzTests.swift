import Glibc
import Testing

@testable import Cachetronomy
@testable import CachetronomyFront

/// Damaged and made-up files in memory, arguments and environments for the front.
///
/// It serves what it was given to serve, or gives way; a trap ends the tests.
@Suite struct FrontFuzzTests {
  @Test func `files in memory`() throws {
    let fixture = try FrontFixture()
    var status = stat()
    stat("/", &status)
    fixture.arguments += ["/part/of/argument"]
    fixture.manifest.observations = [
      Observation(.directory, .literal(Array("/".utf8)), status),
      Observation(.absent, .argument(index: 6, offset: 5, count: 3), error: ENOENT),
      Observation(variable: Array("NONE".utf8), value: nil),
    ]
    try fixture.write()
    let served = FrontFixture.Served(status: 3, output: "out", errors: "err")
    try #require(try fixture.serve() == served)
    let names = [
      TierIndex.name, HotEntry.name(of: FrontFixture.key),
      ManifestFile.name(of: fixture.manifest.call),
    ]
    let good = try names.map { try Shell.contents(fixture.place.path($0)) }
    var mutator = Mutator(seed: Fuzzing.seed, words: [])
    var whole = 0
    for number in 0..<Fuzzing.count() {
      let at = number % 3
      let input = mutator.next([good[at]])
      // Half of them with a checksum that fits, so that the reader goes on to what the file means.
      try fixture.write(names[at], number & 1 == 0 ? input : FrontFixture.sealed(input))
      let found = try fixture.serveToNull()
      #expect((-2...255).contains(found))
      if found >= 0 { whole += 1 }
      try fixture.write(names[at], good[at])
    }
    #expect(try fixture.serve() == served)
    #expect(whole < Fuzzing.count())
  }

  @Test func `arguments and environments`() throws {
    let fixture = try FrontFixture()
    let served = FrontFixture.Served(status: 3, output: "out", errors: "err")
    let line = fixture.arguments.map { Array($0.utf8) }
    let words = [
      "--", "-c", "--db=", "--db", "--no-env", "get", "has", "run", "", "-", "#1", "=", "x",
    ]
    let entries =
      ["PWD=/", "HOME=", "CACHETRONOMY_DB=", "CACHETRONOMY_PROFILE=", "=", "A=1"]
      + ["XDG_CACHE_HOME=/", "CACHETRONOMY_DB=\(fixture.store.path)"]
    var mutator = Mutator(seed: Fuzzing.seed, words: (words + entries).map { Array($0.utf8) })
    for _ in 0..<Fuzzing.count() {
      var arguments = mutator.below(3) == 0 ? [] : line
      for _ in 0..<mutator.below(4) {
        let word = mutator.next((words + ["--ttl", "--wait"]).map { Array($0.utf8) } + line)
        arguments.insert(word, at: mutator.below(arguments.count + 1))
      }
      let environment = (0..<mutator.below(6)).map { _ in
        mutator.next(entries.map { Array($0.utf8) })
      }
      fixture.raw = RawCall(
        arguments.map { $0.map { $0 == 0 ? 1 : $0 } },
        environment.map { $0.map { $0 == 0 ? 1 : $0 } })
      let status = try fixture.serveToNull()
      // Only the call that has a manifest is served.
      if status >= 0 { #expect(arguments == line && status == 3) }
    }
    fixture.raw = nil
    #expect(try fixture.serve() == served)
  }
}
