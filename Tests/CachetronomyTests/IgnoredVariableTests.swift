import Testing

@testable import Cachetronomy
@testable import CommandCache
@testable import System

@Suite struct IgnoredVariableTests {
  static let names = IgnoredVariables.names.map(\.description)
  static let prefixes = IgnoredVariables.prefixes.map(\.description)
  static let partial = IgnoredVariables.partial.map(\.description)

  private func verdict(_ name: String) -> IgnoredVariableFilter.Verdict {
    Array(name.utf8).withUnsafeBufferPointer { IgnoredVariableFilter.verdict(on: $0) }
  }

  @Test(arguments: names) func aListedNameIsIgnored(name: String) {
    #expect(verdict(name) == .ignored)
    // An exact name is no prefix, and names differ by case.
    let longer = name + "_Q"
    if !Self.prefixes.contains(where: { longer.hasPrefix($0) }) {
      #expect(verdict(longer) == .kept)
    }
    if name != "_" { #expect(verdict(name.lowercased()) == .kept) }
  }

  @Test(arguments: prefixes) func aListedPrefixIsIgnored(prefix: String) {
    #expect(verdict(prefix) == .ignored)
    #expect(verdict(prefix + "ANYTHING") == .ignored)
    #expect(
      verdict(String(prefix.dropLast())) != .ignored || Self.names.contains { $0 + "_" == prefix })
  }

  @Test(arguments: partial) func aPartialNameIsNeither(name: String) {
    #expect(verdict(name) == .partial)
  }

  @Test func noNameIsListedTwice() {
    let all = Self.names + Self.prefixes + Self.partial
    #expect(Set(all).count == all.count)
    for name in Self.names { #expect(!Self.prefixes.contains { name.hasPrefix($0) }) }
  }

  @Test func theConstantsOfTheFilterAreThoseOfTheLists() {
    var bits = [UInt64](repeating: 0, count: IgnoredVariableFilter.bits.count)
    for name in Self.names + Self.partial {
      let hash = Array(name.utf8).withUnsafeBufferPointer { IgnoredVariableFilter.hash($0) }
      bits[hash >> 6] |= 1 << UInt64(hash & 63)
    }
    var prefixBits: UInt64 = 0
    for prefix in Self.prefixes {
      let hash = Array(prefix.utf8).withUnsafeBufferPointer { IgnoredVariableFilter.prefixHash($0) }
      prefixBits |= 1 << UInt64(hash)
    }
    func literals(_ numbers: [UInt64]) -> String {
      numbers.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
    }
    #expect(IgnoredVariableFilter.bits == bits, "bits: \(literals(bits))")
    #expect(IgnoredVariableFilter.prefixBits == prefixBits, "prefixBits: \(literals([prefixBits]))")
  }

  @Test(arguments: [
    "SSH_HOST", "TERMINUS_SITE", "COLUMNS", "LINES", "TERM", "COLORTERM", "HOME", "PROMPT",
    "DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "I3SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME",
    "FZF_QUERY", "FZF_PREVIEW_COLUMNS", "FZF_PREVIEW_LINES", "FZF_PROMPT", "FZF_CURRENT_ITEM",
    "FZF_DEFAULT_OPTS", "FZF_CLICK_HEADER_WORD", "PARALLEL", "HOST", "NIX_PATH",
    "NIX_BUILD_CORES", "VIRTUAL_ENV", "PATH", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ",
    "CACHETRONOMY", "ZELLI", "KITTY", "KUBECONFIG", "GITHUB_TOKEN", "GITHUB_RUN_ID", "CI_JOB_ID",
    "BUILD_TAG", "EDITOR", "", "X", "X_", "XDG_CONFIG_HOME", "DIRENV_LOG_FORMAT", "SSH_ASKPASS",
    "CREDENTIALS_DIRECTORY", "WSLENV", "WSL_DISTRO_NAME", "OTEL_SERVICE_NAME", "SUDO_USER",
    "MAKEFILES", "GNUMAKEFLAGS", "REMOTE_ADDR", "TMUX_TMPDIR",
  ]) func aNameThatChangesOutputIsKept(name: String) { #expect(verdict(name) == .kept) }

  /// What is in the key, as `NAME=value`.
  private func keyed(
    _ variables: [(String, String)], _ wanted: [String]? = nil, ignoring ignored: [String] = []
  ) -> [String] {
    let environment = Environment(variables.map { .init($0.0, $0.1) })
    let found = environment.keyed(wanted, ignoring: ignored)
    let texts = found.map { place in
      let variable = environment.keyedVariable(place)
      return String(decoding: variable.name + [0x3d] + variable.value, as: UTF8.self)
    }
    // The digest is made of the same bytes.
    var bytes: [UInt8] = []
    environment.append(found, to: &bytes)
    var expected: [UInt8] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      for part in parts { expected.add(Array(part.utf8)) }
    }
    #expect(bytes == expected)
    return texts
  }

  @Test(arguments: [
    ("", ""), (" ", ""), (" -j4 --jobserver-auth=3,4", ""), (" -j --jobserver-fds=3,4", ""),
    (" -j4 --jobserver-auth=fifo:/tmp/GMfifo123", ""), ("-j4", ""), ("-j 4", ""),
    (" -l2.5 -j", ""), ("--jobs=4", ""), ("--jobs 4 --load-average 2", ""),
    (" -O -j2 --sync-mutex=fnm:/tmp/GMx7 --jobserver-style=fifo --jobserver-auth=5,6", " -O"),
    ("ks -j4 --jobserver-auth=3,4", "ks"), ("w -- V=1", "w -- V=1"),
    (" -j4 --jobserver-auth=3,4 -- W=a\\ -j3 V=1", " -- W=a\\ -j3 V=1"),
    ("k --no-print-directory -j8", "k --no-print-directory"), ("--jobserver=x", "--jobserver=x"),
    ("A=-j\\ -j5 -j4", "A=-j\\ -j5"), ("-jfoo -lx", "-jfoo -lx"), ("\\", "\\"), ("k 4", "k 4"),
  ]) func theJobsAreRemovedFromMakeflags(value: String, kept: String) {
    let found = Array(value.utf8).withUnsafeBufferPointer { MakeFlags.withoutJobs($0) }
    #expect(String(decoding: found, as: UTF8.self) == kept)
    for name in ["MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"] {
      #expect(
        keyed([("A", "1"), (name, value)]) == ["A=1"] + (kept.isEmpty ? [] : ["\(name)=\(kept)"]))
    }
  }

  @Test func makeflagsCountWholeByExactNameAndNotAtAllIfIgnored() {
    let flags = ("MAKEFLAGS", "k -j4")
    #expect(keyed([flags], ["MAKEFLAGS"]) == ["MAKEFLAGS=k -j4"])
    #expect(keyed([flags], ["MAKE*"]) == ["MAKEFLAGS=k"])
    #expect(keyed([flags], ignoring: ["MAKE*"]) == [])
    #expect(keyed([("MAKEFLAGS", " -j4")], ["*"]) == [])
  }

  @Test func aPartialVariableIsSortedAmongTheOthers() {
    let others = ["MAKEFLAG", "MAKEFLAGR", "MAKEFLAGSA", "MAKEFLAGT", "A", "Z"].map { ($0, "1") }
    let expected = [
      "A=1", "MAKEFLAG=1", "MAKEFLAGR=1", "MAKEFLAGS=k", "MAKEFLAGSA=1", "MAKEFLAGT=1", "Z=1",
    ]
    #expect(keyed([("MAKEFLAGS", "k -j")] + others) == expected)
    #expect(keyed(others.reversed() + [("MAKEFLAGS", "k -j")]) == expected)
    // Large environments are sorted another way.
    let many = (0..<300).map { ("SSH_TTY", String($0)) }
    #expect(keyed(many + others + [("MAKEFLAGS", "k -j")]) == expected)
  }

  @Test func theWindowIsIgnoredBesideScreensSocket() {
    #expect(keyed([("WINDOW", "2")]) == ["WINDOW=2"])
    #expect(keyed([("WINDOW", "2"), ("STY", "7.pts-0.host")]) == [])
    #expect(keyed([("STY", "7.pts-0.host"), ("WINDOW", "2")], ["*", "WINDOW"]) == ["WINDOW=2"])
  }

  @Test(arguments: ["TMPDIR", "TEMPDIR", "TMP", "TEMP"])
  func aTemporaryDirectoryIsIgnoredWhereNixMadeIt(name: String) {
    let top = ("NIX_BUILD_TOP", "/tmp/nix-shell.a1")
    #expect(keyed([(name, "/tmp")]) == ["\(name)=/tmp"])
    #expect(keyed([top, (name, "/tmp")]) == ["\(name)=/tmp"])
    #expect(keyed([top, (name, "/tmp/nix-shell.a1")]) == [])
    #expect(keyed([(name, "/tmp/nix-shell.a1/x"), top]) == [])
    #expect(keyed([top, (name, "/tmp/nix-shell.a12")]) == ["\(name)=/tmp/nix-shell.a12"])
    #expect(keyed([("NIX_BUILD_TOP", ""), (name, "/tmp")]) == ["\(name)=/tmp"])
  }
}
