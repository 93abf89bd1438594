import Testing

@testable import Cachetronomy
@testable import System

@Suite struct ProfileFileTests {
  private func profiles(
    _ text: String, stored: (String) -> Profile? = { _ in nil }
  ) throws(Failure) -> [Profile] {
    try ProfileFile.flatten([ProfileFile(Array(text.utf8), path: "ci.yaml")], stored: stored)
  }

  private func complaint(_ text: String) -> String? {
    failure { () throws(Failure) in try profiles(text) }?.description
  }

  @Test func theExampleOfTheDesignIsRead() throws {
    let text = """
      default: {time_to_live: 2h, tags: [base]}
      ci:
        time_to_live: 1h
        ttl_cleanup_interval: 60
        memory_based_eviction: false
        free_memory_target: 500
        memory_cleanup_interval: 5
        max_items_in_memory: 10000
        tags: [ci]
        extends: default
        max_entry_size: 1 GiB
        run: {env_ignore: [BUILD_TAG], cache_status: [0, 1]}
        rules:
          - match: kubectl ** get ** secret* **
            cache: false
          - match: [kubectl, "**", get, "**"]
            time_to_live: 30s
            env: [HOME, KUBECONFIG, "KUBE*", "AWS_*", "*_PROXY"]
            cwd: false
            tags: [k8s]
      """
    let read = try profiles(text)
    #expect(read.map(\.name) == ["default", "ci"])
    let ci = try #require(read.last)
    #expect(ci.timeToLive == TimeToLive(seconds: 3600))
    #expect(ci.ttlCleanupInterval == 60)
    #expect(!ci.memoryBasedEviction)
    #expect(ci.freeMemoryTarget == 500)
    #expect(ci.memoryCleanupInterval == 5)
    #expect(ci.maxItemsInMemory == 10_000)
    #expect(ci.tags == ["base", "ci"])
    #expect(ci.maxEntrySize == 1 << 30)
    #expect(ci.run.envIgnore == ["BUILD_TAG"])
    #expect(ci.run.cacheStatus == [0, 1])
    try #require(ci.rules.count == 2)
    #expect(ci.rules[0].match == ["kubectl", "**", "get", "**", "secret*", "**"])
    #expect(ci.rules[0].settings.cache == false)
    #expect(ci.rules[0].source == "ci.yaml:14")
    #expect(ci.rules[1].match == ["kubectl", "**", "get", "**"])
    #expect(ci.rules[1].settings.timeToLive == TimeToLive(seconds: 30))
    #expect(ci.rules[1].settings.env == ["HOME", "KUBECONFIG", "KUBE*", "AWS_*", "*_PROXY"])
    #expect(ci.rules[1].settings.cwd == RunSettings.Directory.none)
    #expect(ci.rules[1].settings.tags == ["k8s"])
  }

  @Test func everySettingOfARuleIsRead() throws {
    let text = """
      a:
        run: {shell: bash -o pipefail, scope: s, executable: path, arg_files: none, cwd: off}
        rules: [{match: x, scope: 1, executable: content, arg_files: stat, env: [], env_ignore: [A]}]
      """
    let a = try #require(try profiles(text).first)
    #expect(a.run.shell == "bash -o pipefail")
    #expect((a.run.scope, a.run.cwd) == ("s", RunSettings.Directory.none))
    #expect((a.run.executable, a.run.argFiles) == (.path, RunSettings.Identity.none))
    let rule = try #require(a.rules.first).settings
    #expect((rule.scope, rule.executable, rule.argFiles) == ("1", .content, .stat))
    #expect((rule.env, rule.envIgnore) == ([], ["A"]))
  }

  @Test func whatShapesARunIsReadAndWrittenBackTheSame() throws {
    let text = """
      a:
        run: {stdin: yes, file: [~/f], mtime: [g, h], timeout: 30s, failure_ttl: 10s,
          stale_while_revalidate: 1m, stale_if_error: 1d}
      """
    let run = try #require(try profiles(text).first).run
    #expect((run.stdin, run.file, run.mtime) == (true, ["~/f"], ["g", "h"]))
    #expect(run.timeout == TimeToLive(seconds: 30))
    #expect(run.failureTimeToLive == TimeToLive(seconds: 10))
    #expect(run.staleWhileRevalidate == TimeToLive(seconds: 60))
    #expect(run.staleIfError == TimeToLive(seconds: 86_400))
    let written = RunSetting.allCases.compactMap { $0.node(of: run) }
    #expect(written.count == 7)
    #expect(failure { () throws(Failure) in try profiles("a: {run: {file: f}}") } != nil)
  }

  @Test func aProfileWithNothingSaidHasTheBuiltInSettings() throws {
    #expect(try profiles("a:\nb: {}\nc: ~\n") == ["a", "b", "c"].map { Profile(name: $0) })
    #expect(try profiles("") == [])
  }

  // MARK: strictness

  @Test(arguments: [
    (
      "ci:\n  time_to_life: 5\n",
      "ci.yaml:2:3: unknown setting 'time_to_life' (did you mean 'time_to_live'?)"
    ),
    ("ci:\n  xyz: 5\n", "ci.yaml:2:3: unknown setting 'xyz'"),
    (
      "ci:\n  rules:\n    - match: a\n      time_to_life: 5\n",
      "ci.yaml:4:7: unknown setting 'time_to_life' (did you mean 'time_to_live'?)"
    ),
    (
      "ci:\n  run: {env_ignor: [A]}\n",
      "ci.yaml:2:9: unknown setting 'env_ignor' (did you mean 'env_ignore'?)"
    ),
    ("ci:\n  tags: [a]\n  tags: [b]\n", "ci.yaml:3:3: 'tags' is given twice"),
    ("ci: {}\nci: {}\n", "ci.yaml:2:1: 'ci' is given twice"),
    ("ci: {}\n---\nci: {}\n", "ci.yaml:3:1: profile 'ci' is given twice"),
    ("ci: 5\n", "ci.yaml:1:5: want a mapping of settings"),
    ("- ci\n", "ci.yaml:1:1: want a mapping of profile names to settings"),
    ("ci:\n  tags: a\n", "ci.yaml:2:9: want a list, as [a]"),
    ("ci:\n  tags: [[a]]\n", "ci.yaml:2:10: want text in the list"),
    ("ci:\n  tags: {a: b}\n", "ci.yaml:2:9: want a list, as [a, b]"),
    ("ci:\n  time_to_live: [1]\n", "ci.yaml:2:17: want a duration"),
    ("ci:\n  memory_based_eviction: 1\n", "ci.yaml:2:26: want true or false"),
    ("ci:\n  memory_based_eviction: maybe\n", "ci.yaml:2:26: want true or false"),
    ("ci:\n  time_to_live: 0\n", "ci.yaml:2:17: want whole seconds, at least 1"),
    ("ci:\n  time_to_live: 1500ms\n", "ci.yaml:2:17: want whole seconds, at least 1"),
    (
      "ci:\n  rules: {match: a}\n",
      "ci.yaml:2:10: want a list of rules, each beginning with '- match:'"
    ),
    ("ci:\n  rules: [a]\n", "ci.yaml:2:11: want a rule, beginning with 'match:'"),
    ("ci:\n  rules:\n    - cwd: no\n", "ci.yaml:3:7: a rule without 'match' or 'match_any'"),
    (
      "ci:\n  rules:\n    - matches: x\n",
      "ci.yaml:3:7: unknown setting 'matches' (did you mean 'match'?)"
    ),
    (
      "ci:\n  rules:\n    - match: [kubectl get **, git log **]\n",
      "ci.yaml:3:15: the word 'kubectl get **' of this list holds a blank: write alternatives as "
        + "match_any: [\"kubectl get **\", \"git log **\"], and one command with such a word "
        + "in one text, quoted"
    ),
    (
      "ci:\n  rules:\n    - match:\n      - kubectl get **\n",
      "ci.yaml:4:9: the word 'kubectl get **' of this list holds a blank: write alternatives as "
        + "match_any: [\"kubectl get **\"], and one command with such a word in one text, quoted"
    ),
    (
      "ci:\n  rules:\n    - match: [git, log, \"--format=%h\\t%s\"]\n",
      "ci.yaml:3:25: the word '--format=%h\t%s' of this list holds a blank: write alternatives as "
        + "match_any: [...], and one command with such a word as \"git log '--format=%h\\t%s'\""
    ),
    (
      "ci:\n  rules:\n    - match: [[git, log], [ls]]\n",
      "ci.yaml:3:15: 'match' lists the words of one command; 'match_any' lists several"
    ),
    (
      "ci:\n  rules:\n    - match_any: git log\n",
      "ci.yaml:3:18: 'match_any' must be a list, as [kubectl get **, helm list **]"
    ),
    (
      "ci:\n  rules:\n    - match_any: []\n",
      "ci.yaml:3:18: 'match_any' must be a list, as [kubectl get **, helm list **]"
    ),
    (
      "ci:\n  rules:\n    - match_any: [kubectl, \"**\"]\n",
      "ci.yaml:3:28: this alternative matches every command ('match' lists the words of one)"
    ),
    (
      "ci:\n  rules:\n    - match_any: [x]\n      match: y\n",
      "ci.yaml:4:7: give either 'match' or 'match_any', not both"
    ),
    (
      "ci:\n  rules:\n    - match_any: [gh view #12, gh view #13]\n",
      "ci.yaml:4:1: did not find expected ',' or ']' "
        + "(a '#' after a blank begins a comment in line 3: quote a text with one)"
    ),
    (
      "ci:\n  rules:\n    - match: [gh, #12]\n",
      "ci.yaml:4:1: did not find expected node content "
        + "(a '#' after a blank begins a comment in line 3: quote a text with one)"
    ),
    (
      "ci:\n  rules:\n    - match: ''\n",
      "ci.yaml:3:14: 'match' must be the words of a command, as kubectl get **"
    ),
    (
      "ci:\n  rules:\n    - match: []\n",
      "ci.yaml:3:14: 'match' must be the words of a command, as kubectl get **"
    ),
    (
      "ci:\n  rules:\n    - match: \"a 'b\"\n",
      "ci.yaml:3:14: bad words 'a 'b': a quote is not closed"
    ),
    ("ci:\n  run: {cache_status: [256]}\n", "ci.yaml:2:24: an exit status is 0 to 255"),
    ("ci:\n  run: {cache_status: [0-256]}\n", "ci.yaml:2:24: an exit status is 0 to 255"),
    ("ci:\n  run: {cache_status: [3-1]}\n", "ci.yaml:2:24: the range 3-1 is empty (write 1-3)"),
    ("ci:\n  run: {cache_status: [-1]}\n", "ci.yaml:2:24: want exit statuses, as 0, 0,1 or 0,2-4"),
    ("ci:\n  run: {cache_status: [0-03]}\n", "ci.yaml:2:24: '03' begins with 0: write 3"),
    (
      "ci:\n  run: {cache_status: 0}\n",
      "ci.yaml:2:23: want a list of exit statuses, as [0, 1] or [0, 2-4]"
    ),
    ("ci:\n  run: {executable: none}\n", "ci.yaml:2:21: want stat, content, path"),
    ("ci:\n  run: {arg_files: path}\n", "ci.yaml:2:20: want stat, content, none"),
    ("ci:\n  run: {shell: ''}\n", "ci.yaml:2:16: want a shell, as bash -o pipefail"),
    ("ci:\n  run: {shell: \"a'\"}\n", "ci.yaml:2:16: want a shell, as bash -o pipefail"),
    (
      "ci:\n  max_entry_size: 5 gigs\n",
      "ci.yaml:2:19: '5 gigs' is not a size: want a number and B, KiB, MiB, GiB or TiB"
    ),
    (
      "ci:\n  max_entry_size: 99999999 TiB\n",
      "ci.yaml:2:19: '99999999 TiB' is not a size: want a number and B, KiB, MiB, GiB or TiB"
    ),
    ("'':\n  tags: [a]\n", "ci.yaml:1:1: bad profile name"),
    ("\"a\\nb\": {}\n", "ci.yaml:1:1: bad profile name"),
  ]) func aMistakeIsRefusedAtItsLineAndColumn(text: String, words: String) {
    #expect(complaint(text) == words)
  }

  @Test func aBadDurationIsRefusedAtItsPlace() throws {
    for text in ["1 x", "1.5h", "-5", "1h30", "x", "''", "30m1h"] {
      let words = try #require(complaint("ci:\n  time_to_live: \(text)\n"))
      #expect(words.hasPrefix("ci.yaml:2:17: bad duration '"), "\(words)")
      let rule = try #require(complaint("ci:\n  rules: [{match: a, time_to_live: \(text)}]\n"))
      #expect(rule.hasPrefix("ci.yaml:2:36: bad duration '"), "\(rule)")
    }
  }

  @Test(arguments: [
    ("010", "10"), ("00", "0"), ("1_000", "1000"), ("0x10", "16"), ("0X1f", "31"), ("1e3", "1000"),
    ("1:30", "90"), ("1:00:00", "3600"), ("5.0", "5"), ("1,000", "1000"), ("+5", "5"),
  ]) func numbersThatYAMLWouldGuessAreRefusedWithTheRightSpelling(
    text: String, right: String
  ) throws {
    let count = try #require(complaint("ci:\n  max_items_in_memory: \(text)\n"))
    #expect(count.hasPrefix("ci.yaml:2:24: '\(text)' "), "\(count)")
    #expect(count.contains("write \(right)"), "\(count)")
    if text != "5.0" {
      let number = try #require(complaint("ci:\n  free_memory_target: \(text)\n"))
      #expect(number.hasPrefix("ci.yaml:2:23: '\(text)' "), "\(number)")
      #expect(number.contains("write \(right)"), "\(number)")
    }
    if right != "0" {
      let duration = try #require(complaint("ci:\n  time_to_live: \(text)\n"))
      #expect(duration.hasPrefix("ci.yaml:2:17: "), "\(duration)")
      #expect(duration.contains("write \(right)"), "\(duration)")
    }
  }

  @Test(arguments: ["", "~", "-1", "x", "1 000", "９", "9999999999999999999", "inf", "nan", "[1]"])
  func whatIsNoNumberIsRefused(text: String) {
    #expect(complaint("ci:\n  max_items_in_memory: \(text)\n")?.hasPrefix("ci.yaml:2:2") == true)
  }

  @Test(arguments: ["", "-1", "1.", ".5", "1.5.5", "00.5", "inf", "nan", "1e2"])
  func whatIsNoFractionIsRefused(text: String) {
    #expect(complaint("ci:\n  free_memory_target: \(text)\n") != nil)
  }

  @Test func aNumberBeyondAllMeasureIsRefused() {
    let digits = String(repeating: "9", count: 400)
    #expect(complaint("ci:\n  free_memory_target: \(digits)\n") != nil)
    #expect(complaint("ci:\n  max_items_in_memory: \(digits)\n") != nil)
  }

  @Test(arguments: [
    ("true", true), ("yes", true), ("on", true), ("'on'", true), ("True", true),
    ("false", false), ("no", false), ("off", false), ("OFF", false),
  ])
  func booleansAreTheSixWords(text: String, flag: Bool) throws {
    #expect(try profiles("a: {memory_based_eviction: \(text)}").first?.memoryBasedEviction == flag)
    #expect(try profiles("a: {run: {stdin: \(text)}}").first?.run.stdin == flag)
  }

  @Test func whereTextIsWantedEverythingIsText() throws {
    let a = try #require(try profiles("a: {tags: [on, no, 1, ~, 1.0], run: {scope: 010}}").first)
    #expect(a.tags == ["on", "no", "1", "~", "1.0"])
    #expect(a.run.scope == "010")
    #expect(try profiles("on: {}\n1: {}\nnull: {}\n").map(\.name) == ["on", "1", "null"])
  }

  @Test func sizesAreReadWithTheirUnits() throws {
    for (text, bytes) in [
      ("0", 0), ("512", 512), ("1 B", 1), ("100 kB", 100_000), ("5KiB", 5120), ("1 MiB", 1 << 20),
      ("2 GB", 2_000_000_000), ("1 TiB", 1 << 40),
    ] as [(String, Int64)] {
      #expect(try profiles("a: {max_entry_size: \(text)}").first?.maxEntrySize == bytes)
    }
    for text in ["010", "1_000", "0x10", "1e3", "-1", "1.5 GiB", "GiB", ""] {
      #expect(complaint("a: {max_entry_size: \(text)}") != nil, "\(text)")
    }
  }

  @Test func freeMemoryMayBeAFraction() throws {
    #expect(try profiles("a: {free_memory_target: 0.1}").first?.freeMemoryTarget == 0.1)
    #expect(try profiles("a: {free_memory_target: 0}").first?.freeMemoryTarget == 0)
  }

  @Test func neverIsAHundredYears() throws {
    let a = try #require(try profiles("a: {time_to_live: never}").first)
    #expect(a.timeToLive == .never)
    #expect(
      try profiles("a: {time_to_live: 5000w}").first?.timeToLive.wholeSeconds == 3_024_000_000)
    #expect(try profiles("a: {time_to_live: 9000w}").first?.timeToLive == .never)
  }

  // MARK: places

  @Test(arguments: [
    (
      "a:\n  run: {env: [A]}\n",
      "ci.yaml:2:9: 'env' may stand only in a rule or a flag; here 'env_ignore' may"
    ),
    ("a:\n  run: {cache: no}\n", "ci.yaml:2:9: 'cache' may stand only in a rule"),
    ("a:\n  run: {tags: [b]}\n", "ci.yaml:2:9: 'tags' is a setting of the profile itself"),
    (
      "a:\n  run: {time_to_live: 5}\n",
      "ci.yaml:2:9: 'time_to_live' is a setting of the profile itself"
    ),
    ("a:\n  rules: [{match: b, shell: sh}]\n", "ci.yaml:2:22: 'shell' may stand only under 'run'"),
    ("a:\n  env: [A]\n", "ci.yaml:2:3: unknown setting 'env'"),
    ("a:\n  rules: [{match: b, source: x}]\n", "ci.yaml:2:22: unknown setting 'source'"),
    ("a:\n  rules: [{match: b, match: c}]\n", "ci.yaml:2:22: 'match' is given twice"),
  ]) func aSettingMayStandOnlyInItsPlace(text: String, words: String) {
    #expect(complaint(text)?.hasPrefix(words) == true, "\(complaint(text) ?? "accepted")")
  }

  @Test func namesOfAnchorsAreNoProfiles() throws {
    let text = """
      x-common: &common {tags: [a], nonsense: 1}
      .hidden: 5
      ci: {tags: [b]}
      """
    #expect(try profiles(text).map(\.name) == ["ci"])
  }

  @Test func anchorsMergeKeysAndDocumentsWork() throws {
    let text = """
      x-base: &base {time_to_live: 5m, tags: [a]}
      one: {<<: *base, time_to_live: 10m}
      two: *base
      ---
      three: {max_items_in_memory: 3}
      """
    let read = try profiles(text)
    #expect(read.map(\.name) == ["one", "two", "three"])
    #expect(read.map(\.timeToLive.description) == ["10m", "5m", "1h"])
    #expect(read.map(\.tags) == [["a"], ["a"], []])
  }

  // MARK: extends

  @Test func extendsTakesOverWhatIsNotSaidInAnyOrderOfTheFile() throws {
    let text = """
      child: {extends: parent, tags: [c, p], run: {env_ignore: [B], cwd: no}, rules: [{match: x}]}
      parent:
        extends: grandparent
        time_to_live: 5m
        tags: [p]
        run: {env_ignore: [A], cwd: yes, scope: s}
        rules: [{match: y}]
      grandparent: {max_items_in_memory: 7, time_to_live: 1d}
      heir: {extends: child}
      """
    let read = try profiles(text)
    let child = read[0]
    #expect(child.timeToLive.description == "5m")
    #expect(child.maxItemsInMemory == 7)
    #expect(child.tags == ["p", "c"])
    #expect(child.run.envIgnore == ["A", "B"])
    #expect((child.run.cwd, child.run.scope) == (RunSettings.Directory.none, "s"))
    #expect(child.rules.map(\.match) == [["x"], ["y"]])
    var heir = read[3]
    heir.name = "child"
    #expect(heir == child)
  }

  @Test func aProfileOfTheStoreOrOfAnotherFileCanBeExtended() throws {
    var stored = Profile(name: "stored")
    stored.tags = ["s"]
    let read = try profiles("a: {extends: stored}") { $0 == "stored" ? stored : nil }
    #expect(read.first?.tags == ["s"])
    #expect(read.first?.name == "a")
    let files = [
      try ProfileFile(Array("a: {extends: b}".utf8), path: "1.yaml"),
      try ProfileFile(Array("b: {time_to_live: 7s}".utf8), path: "2.yaml"),
    ]
    #expect(try ProfileFile.flatten(files).map(\.timeToLive.description) == ["7s", "7s"])
  }

  @Test(arguments: [
    ("a: {extends: a}", "ci.yaml:1:14: 'extends' goes in a circle: a -> a"),
    (
      "a: {extends: b}\nb: {extends: c}\nc: {extends: a}",
      "ci.yaml:3:14: 'extends' goes in a circle: a -> b -> c -> a"
    ),
    ("x: {extends: a}\na: {extends: a}", "ci.yaml:2:14: 'extends' goes in a circle: x -> a -> a"),
    ("abcd: {}\nx: {extends: abce}", "ci.yaml:2:14: no profile 'abce' (did you mean 'abcd'?)"),
    ("a: {extends: zzzzz}", "ci.yaml:1:14: no profile 'zzzzz'"),
    ("a: {extends: [b]}", "ci.yaml:1:14: want the name of a profile"),
  ]) func whatCannotBeExtendedIsRefused(text: String, words: String) {
    #expect(complaint(text) == words)
  }

  @Test func aChainOfExtendsIsFollowedOver64ProfilesAndNoFurther() throws {
    func chain(_ count: Int) -> String {
      (0..<count).map { "p\($0): {extends: p\($0 + 1)}\n" }.joined() + "p\(count): {tags: [z]}"
    }
    #expect(try profiles(chain(64)).first?.tags == ["z"])
    #expect(
      complaint(chain(65)) == "ci.yaml:65:16: 'extends' goes over more than 64 profiles")
    // Each link is a call within the last: this one ended the process.
    #expect(complaint(chain(20_000)) != nil)
  }

  @Test func aProfileInTwoFilesIsRefused() throws {
    let files = [
      try ProfileFile(Array("\na: {}".utf8), path: "1.yaml"),
      try ProfileFile(Array("a: {}".utf8), path: "2.yaml"),
    ]
    #expect(
      failure { () throws(Failure) in try ProfileFile.flatten(files) }?.description
        == "2.yaml:1:1: profile 'a' is also in 1.yaml:2")
  }

  @Test func whatTheYAMLReaderRefusesIsAComplaintAboutTheFile() {
    #expect(complaint("a: *b\n")?.hasPrefix("ci.yaml:1:4: unknown alias '*b'") == true)
    #expect(
      complaint(String(repeating: "#", count: 1 << 21))?.hasPrefix("ci.yaml: the file") == true)
  }

  @Test func theDigestIsThatOfTheBytes() throws {
    let file = try ProfileFile(Array("a: {}".utf8), path: "x")
    #expect(file.digest == Digest.hex(Digest.of(Array("a: {}".utf8))))
    #expect(file.names == ["a"])
  }

  // MARK: writing

  @Test func theTextOfAProfileReadsBackAsTheSame() throws {
    let text = """
      "odd: name":
        time_to_live: 1h30m
        free_memory_target: 0.25
        memory_based_eviction: no
        tags: ["a b", "é: #x", "-", "on", "1", "", "it's", "[x]", "~", "a, b", "&x", "*"]
        max_entry_size: 1 MiB
        run: {env_ignore: ["A*"], shell: "bash -o pipefail", cache_status: [0, 3], scope: "1"}
        rules:
          - match: kubectl ** 'a b'
            env: []
            cwd: false
            time_to_live: never
          - match: "make '*'"
            cache: false
      """
    var first = try #require(try profiles(text).first)
    var again = try #require(try profiles(first.yaml).first)
    for index in first.rules.indices { first.rules[index].source = nil }
    for index in again.rules.indices { again.rules[index].source = nil }
    #expect(again == first)
  }

  @Test func differencesNameEachSettingThatDiffers() throws {
    let read = try profiles("a: {tags: [x]}\nb: {tags: [y], time_to_live: 5s}")
    let differences = read[1].differences(from: read[0])
    #expect(differences.map(\.setting) == ["time_to_live", "tags"])
    #expect(differences.map(\.old) == ["1h", "[x]"])
    #expect(differences.map(\.new) == ["5s", "[y]"])
    #expect(read[0].differences(from: read[0]).isEmpty)
  }

  @Test func textStaysTextInJSON() throws {
    let text = """
      a:
        tags: ["1", "true", "nan"]
        run: {scope: "5", env_ignore: ["7"], cache_status: [0]}
        rules: [{match: [sleep, "1"]}]
      """
    let value = try #require(try profiles(text).first).asValue
    #expect(value["tags"] == .array([.string("1"), .string("true"), .string("nan")]))
    #expect(value["run"]?["scope"] == .string("5"))
    #expect(value["run"]?["env_ignore"] == .array([.string("7")]))
    #expect(value["run"]?["cache_status"] == .array([.int(0)]))
    guard case .array(let rules)? = value["rules"] else {
      Issue.record("no rules")
      return
    }
    #expect(rules.first?["match"] == .array([.string("sleep"), .string("1")]))
    #expect(value["max_items_in_memory"] == .int(100))
    #expect(value["memory_based_eviction"] == .bool(true))
  }
}
