import Testing

/// The start of what `make torture` goes on with: many processes on one store, some of them killed.
@Suite struct TortureTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test func `nothing is lost, torn or served after its time`() throws {
    let outcome = try sandbox.bash(
      "\"$PACKAGE/Tests/torture\" \"$(command -v cachetronomy)\" 60 9")
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.contains("nothing wrong"))
  }

  @Test func `a store with damaged bytes is refused or serves what was stored`() throws {
    let outcome = try sandbox.bash(
      "\"$PACKAGE/Tests/damage\" \"$(command -v cachetronomy)\" 60 9")
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.contains("nothing wrong"))
  }
}
