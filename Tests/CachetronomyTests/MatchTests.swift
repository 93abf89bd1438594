import Testing

@testable import Cachetronomy

/// `match`, `match_any`, and texts that a comment cuts.
@Suite struct MatchTests {
  private func profile(_ text: String) throws -> Profile {
    let file = try ProfileFile(Array(text.utf8), path: "p.yaml")
    return try #require(try ProfileFile.flatten([file]).first)
  }

  @Test func alternativesAreARuleEach() throws {
    let found = try profile(
      """
      p:
        rules:
          - match_any: [kubectl get **, [helm, list], "git log '--format=%h %s'"]
            time_to_live: 5m
          - match: ls
      """)
    #expect(
      found.rules.map(\.match) == [
        ["kubectl", "get", "**"], ["helm", "list"], ["git", "log", "--format=%h %s"], ["ls"],
      ])
    #expect(found.rules.map(\.source) == ["p.yaml:3", "p.yaml:3", "p.yaml:3", "p.yaml:5"])
    #expect(found.rules.map(\.settings.timeToLive?.description) == ["5m", "5m", "5m", nil])
  }

  @Test(arguments: [
    "git log '--format=%h %s'", #"echo "it's" a"#, "a 'b\tc' '\\'", "x '' ' '",
    "ls ** [a-b]* \"'\"", "a 'b\nc'",
  ]) func whatIsShownIsReadTheSame(match: String) throws {
    var shown = Profile(name: "p")
    shown.rules = [Profile.Rule(match: try ShellWords.split(match), settings: RunSettings())]
    #expect(try profile(shown.yaml).rules.map(\.match) == shown.rules.map(\.match))
    let line = ShellWords.line(shown.rules[0].match)
    #expect(try ShellWords.split(line) == shown.rules[0].match)
  }

  @Test func settingsOfTheCommandLineTakeAlternatives() throws {
    let changed = try Profile(name: "p").updated(["rules=[{match_any: [ls **, date], cwd: no}]"])
    #expect(changed.rules.map(\.match) == [["ls", "**"], ["date"]])
    #expect(throws: Failure.self) {
      try Profile(name: "p").updated(["rules=[{match: [ls -l, date]}]"])
    }
  }

  private func hints(_ text: String) throws -> [String] {
    try ProfileFile(Array(text.utf8), path: "p.yaml").hints.map(\.description)
  }

  @Test(arguments: [
    ("p: {}\nq:\n  rules:\n    - match: gh issue view #12\n", 4, 28, "'#12'", "'gh issue view'"),
    ("p:\r\n  rules:\r\n    - match: gh\t#{n} \r\n", 3, 17, "'#{n}'", "'gh'"),
    ("\u{feff}p:\n  rules:\n    - match: é ∀ #12", 3, 18, "'#12'", "'é ∀'"),
    ("p:\n  run:\n    scope: #1\n", 3, 12, "'#1'", "empty"),
    ("p:\n  run:\n    file:\n      - a\n      - b #c # d\n", 5, 11, "'#c # d'", "'b'"),
    ("p:\n  warm:\n    - command: make #x\n", 3, 21, "'#x'", "'make'"),
    ("p:\n  rules:\n    - match_any:\n        - ls\n        - gh #1\n", 5, 14, "'#1'", "'gh'"),
  ]) func aTextThatACommentCutsIsHintedAt(
    text: String, line: Int, column: Int, comment: String, left: String
  ) throws {
    #expect(
      try hints(text) == [
        "p.yaml:\(line):\(column): \(comment) is a comment, so the text is \(left) "
          + "(quote the whole text to include it; put a blank after the '#' of a comment)"
      ])
  }

  @Test(arguments: [
    "p:\n  rules:\n    - match: gh # a comment\n", "p:\n  rules:\n    - match: gh#12 view\n",
    "p:\n  rules:\n    - match: 'gh #12'\n", "p:\n  time_to_live: 1h #short\n",
    "p:\n  rules:\n    - match: gh\n      #12\n      cache: false #no\n", "p: #x\n  tags: [a]\n",
    "p:\n  rules:\n    - match: 'gh' #12\n", "p:\n  rules:\n    - match: gh #\n",
    "p:\n  rules:\n    - match: gh ## x\n", "x-a: &a b #c\np:\n  tags: [*a]\n",
  ]) func otherCommentsAreNot(text: String) throws {
    #expect(try hints(text) == [])
  }

  @Test func anAliasIsHintedAtOnce() throws {
    #expect(try hints("p:\n  rules: &r\n    - match: gh #1\nq:\n  rules: *r\n").count == 1)
  }

  @Test(arguments: [
    ("0", [0]), ("0,1", [0, 1]), ("0-3", [0, 1, 2, 3]), ("0,2-4,3-5", [0, 2, 3, 4, 5]),
    ("7-7", [7]), ("254-255,0", [254, 255, 0]), ("1,1", [1]),
  ]) func exitStatusesAreReadWithRanges(text: String, wanted: [Int32]) throws {
    #expect(try RunSettings.statuses(text) == wanted)
  }

  @Test(arguments: [
    ("", "want"), ("0,", "want"), ("-", "want"), ("-1", "want"), ("1-", "want"), ("0-1-2", "want"),
    ("a", "want"), ("0..3", "want"), ("0 - 3", "want"), ("0-256", "an exit status is 0 to 255"),
    ("256", "an exit status"), ("99999999999999999999", "an exit status"), ("١", "want"),
    ("3-1", "the range 3-1 is empty (write 1-3)"),
  ]) func otherTextsAreRefusedWithTheReason(text: String, reason: String) {
    #expect {
      try RunSettings.statuses(text)
    } throws: { error in
      "\(error)".contains("bad --cache-status '\(text)': \(reason)")
    }
  }
}
