import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct RuleTests {
  private func matches(_ match: String, _ command: String) throws -> Bool {
    Profile.Rule(match: try ShellWords.split(match), settings: RunSettings())
      .matches(try ShellWords.split(command).map { Array($0.utf8) })
  }

  @Test(arguments: [
    ("kubectl get", "kubectl get", true), ("kubectl get", "kubectl get pods", false),
    ("kubectl get", "kubectl", false), ("kubectl get *", "kubectl get pods", true),
    ("kubectl get *", "kubectl get", false), ("kubectl get *", "kubectl get a b", false),
    ("kubectl ** get **", "kubectl get", true),
    ("kubectl ** get **", "kubectl -n x get pods", true),
    ("kubectl ** get **", "kubectl delete x", false),
    ("kubectl ** get ** secret* **", "kubectl get secrets", true),
    ("kubectl ** get ** secret* **", "kubectl -n a get -o yaml secret/x -w", true),
    ("kubectl ** get ** secret* **", "kubectl get pods", false),
    ("a ** b ** c", "a b b c c", true), ("a ** b ** c", "a b c b", false),
    ("**", "anything at all", true), ("** x", "x", true), ("** x", "a b x", true),
    ("** x", "x a", false), ("a **", "a", true), ("a ** **", "a", true),
    ("git log*", "git log", true),
    ("git lo?", "git log", true), ("git [a-k]*", "git log", false),
    ("make 'a b'", "make 'a b'", true),
    ("a ''", "a ''", true), ("a ''", "a", false), ("a***", "a x", false), ("*", "ls", true),
  ]) func starsStandWithinAWordAndTwoForWords(match: String, command: String, fits: Bool) throws {
    #expect(try matches(match, command) == fits)
  }

  @Test(arguments: [
    ("ls **", "/bin/ls -l", true), ("/bin/ls **", "/bin/ls -l", true),
    ("/bin/ls **", "ls -l", false), ("bin/ls", "/bin/ls", false),
    ("/usr/*/ls", "/usr/bin/ls", true),
    ("ls", "./ls", true), ("*", "/bin/ls", true), ("ls", "/bin/lsx", false),
    ("ls x", "ls /a/x", false),
  ]) func theFirstWordMatchesAsTypedOrByItsLastPart(
    match: String, command: String, fits: Bool
  ) throws {
    #expect(try matches(match, command) == fits)
  }

  @Test func noCommandMatchesNothing() {
    let rule = Profile.Rule(match: ["**"], settings: RunSettings())
    #expect(!rule.matches([]))
    #expect(rule.matches([[0xff, 0xfe]]))
  }

  @Test func theFirstRuleThatMatchesIsTaken() {
    var profile = Profile(name: "p")
    profile.rules = ["a b", "a *", "a **"].map {
      Profile.Rule(match: $0.split(separator: " ").map(String.init), settings: RunSettings())
    }
    func rule(_ words: String...) -> [String]? {
      profile.rule(for: words.map { Array($0.utf8) })?.match
    }
    #expect(rule("a", "b") == ["a", "b"])
    #expect(rule("a", "c") == ["a", "*"])
    #expect(rule("a") == ["a", "**"])
    #expect(rule("b") == nil)
  }

  @Test func settingsAreLaidOverEachOther() throws {
    var (below, above) = (RunSettings(), RunSettings())
    below.tags = ["a", "b"]
    below.env = ["A"]
    below.envIgnore = ["X"]
    below.cwd = RunSettings.Directory.none
    below.scope = "s"
    above.tags = ["b", "c"]
    above.env = []
    above.envIgnore = ["Y"]
    above.cwd = .path
    (below.file, above.file, above.mtime) = (["f"], ["g", "f"], ["m"])
    (below.stdin, above.timeout) = (true, TimeToLive(seconds: 1))
    (below.staleIfError, above.staleIfError) = (.never, TimeToLive(seconds: 2))
    let result = below.overlaid(by: above)
    #expect((result.file, result.mtime, result.stdin) == (["f", "g"], ["m"], true))
    #expect(result.timeout == TimeToLive(seconds: 1))
    #expect(result.staleIfError == TimeToLive(seconds: 2))
    #expect(result.tags == ["a", "b", "c"])
    #expect(result.env == [])
    #expect(result.envIgnore == ["X", "Y"])
    #expect((result.cwd, result.scope) == (.path, "s"))
    #expect(below.overlaid(by: RunSettings()) == below)
    #expect(RunSettings().overlaid(by: above) == above)
  }

  @Test func flagsBeatTheRuleAndTheRuleBeatsTheProfile() throws {
    var profile = Profile(name: "p")
    profile.run.scope = "profile"
    profile.run.shell = "bash -e"
    profile.run.envIgnore = ["A"]
    var rule = Profile.Rule(match: ["bash", "**"], settings: RunSettings())
    rule.settings.scope = "rule"
    rule.settings.cwd = RunSettings.Directory.none
    rule.settings.envIgnore = ["B"]
    profile.rules = [rule]
    var flags = RunSettings()
    flags.cwd = .path
    flags.envIgnore = ["C"]
    let plan = try ResolvedCommand(
      .pipeline(Array("a | b".utf8), .bash), profile: profile, flags: flags)
    #expect(plan.isPipeline)
    #expect(plan.argv == ["bash", "-e", "-c", "a | b"].map { Array($0.utf8) })
    #expect(plan.rule == rule)
    #expect((plan.settings.scope, plan.settings.cwd) == ("rule", .path))
    #expect(plan.settings.envIgnore == ["A", "B", "C"])
    let other = try ResolvedCommand(
      .words([Array("ls".utf8)]), profile: profile, flags: RunSettings())
    #expect(other.rule == nil)
    #expect(other.settings.scope == "profile")
  }
}
