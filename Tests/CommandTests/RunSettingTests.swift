import ArgumentParser
import Testing

@testable import Cachetronomy
@testable import CachetronomyCLI

/// What shapes key, freshness or storage is an option of `run` and a setting of profiles, under one
/// name.
@Suite struct RunSettingTests {
  /// Options that are about this call alone.
  static let ofTheCall: Set<String> = [
    "db", "profile", "quiet", "verbose", "help", "version", "refresh", "force", "cached-only",
    "no-store", "no-stdin", "wait", "c", "background", "warm",
    "explain", "rules-only",
  ]

  /// Those whose names differ for a reason.
  static let renamed = [
    "tag": "tags", "ttl": "time_to_live", "no-env": "env",
    "no-user": "user", "no-remote": "remote",
  ]

  @Test func `the options of run and the settings are the same`() {
    let page = Tool.helpMessage(for: Tool.Run.self, columns: 500)
    let options = page.matches(of: /(?m)^ +(?:-\w, )*--([a-z-]+)/).map { String($0.1) }
    #expect(options.count > 20)
    let settings = options.filter { !Self.ofTheCall.contains($0) }.map {
      Self.renamed[$0] ?? $0.replacing("-", with: "_")
    }
    // 'cache: false' has no option: whoever types that can leave out 'cachetronomy run'. Nor has
    // 'redact': its patterns are for commands that others type too, and shape no result. What
    // tracing leaves out belongs where it is reviewed.
    let withoutOption = [
      "cache", "redact", "trace_ignore", "trace_times", "trace_trust", "trace_variants",
    ]
    #expect(
      Set(settings + withoutOption).sorted() == RunSetting.allCases.map(\.rawValue).sorted())
  }
}
