import Foundation
import Testing

@testable import Cachetronomy

/// The JSON Schema for editors says what the parser says.
@Suite struct SchemaTests {
  private func definition(_ path: String...) throws -> [String: Any] {
    let file = "\(Sandbox.package)/profiles/cachetronomy.schema.json"
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    var node = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    for name in path { node = try #require(node[name] as? [String: Any]) }
    return node
  }

  @Test func `the schema has every setting of the parser and no other`() throws {
    let profile = try definition("definitions", "profile", "properties")
    #expect(
      profile.keys.sorted() == (ProfileSetting.allCases.map(\.rawValue) + ["extends"]).sorted())
    let run = RunSetting.allCases.filter { $0.refusal(in: .run) == nil }.map(\.rawValue)
    #expect(try definition("definitions", "run", "properties").keys.sorted() == run.sorted())
    let rule = RunSetting.allCases.filter { $0.refusal(in: .rule) == nil }.map(\.rawValue)
    #expect(
      try definition("definitions", "rule", "properties").keys.sorted()
        == (rule + ["match", "match_any"]).sorted())
  }

  static let good = [
    "", "a: {}", "a:", "x-y: {anything: [1]}\n.z: 5\na: {}", "a: {time_to_live: 3600}",
    "a: {time_to_live: 1h30m}", "a: {time_to_live: never}", "a: {time_to_live: 1000ms}",
    "a: {ttl_jitter: 0%}", "a: {ttl_jitter: 100%}", "a: {tags: [a, 1, on, null]}",
    "a: {max_memory: 64 MiB, max_entry_size: 0, max_store_size: 5kB}",
    "a: {auto_gc: off, memory_based_eviction: 'Yes'}", "a: {free_memory_target: 0.1}",
    "a: {eviction_policy: cost, log_retention: 0}", "a: {run: {scope: 1, shell: bash -o pipefail}}",
    "a: {run: {cache_status: [0, 255, '7'], timeout: 0s, stdin: no}}",
    "a: {rules: [{match: ls **, cache: false, env: [], ttl_jitter: 5%}]}",
    "a: {rules: [{match: [ls, '']}], warm: [ls -l, [a, b], {command: x, cwd: ~/}]}",
    "a: {remote: off, run: {cwd: repository, user: no}}", "a: {extends: b}\n---\nb: {}",
    "a: &x {tags: [t]}\nb: {<<: *x}",
    "a: {run: {file: [src, '**/*.c', '{a,b}', -x, './-x', '-git:HEAD', 'git:refs/tags', 5]}}",
    "a: {rules: [{match_any: [ls **, [git, log], 5]}, {match: \"git log '%h %s'\"}]}",
    "a: {run: {cache_status: [0-3, 7, 0-0, '254-255']}}",
    "a: {run: {redact: ['acct_*', 'PIN=', 5, '[a-z]?']}, rules: [{match: x, redact: [a]}]}",
    "a: {rules: [{match: x, mtime: ['-~/.x', '-${A:-~/.x*}', 'git:..x', './git:']}]}",
  ]

  static let bad = [
    "[a]", "a: 5", "a: [x]", "a: {time_to_life: 5}", "a: {time_to_live: 0}",
    "a: {time_to_live: 1h 30}", "a: {time_to_live: -5}", "a: {time_to_live: 1.5h}",
    "a: {time_to_live: 30m1h}", "a: {time_to_live: ''}", "a: {time_to_live: [1h]}",
    "a: {ttl_jitter: 10}", "a: {ttl_jitter: 101%}", "a: {ttl_jitter: 05%}", "a: {tags: x}",
    "a: {tags: [[x]]}", "a: {max_memory: 64 MB iB}", "a: {max_memory: -1}", "a: {auto_gc: maybe}",
    "a: {free_memory_target: much}", "a: {eviction_policy: fifo}", "a: {max_store_items: 1.5}",
    "a: {run: {env: [A]}}", "a: {run: {cache: false}}", "a: {run: {time_to_live: 5}}",
    "a: {run: {ttl_jitter: 5%}}", "a: {run: {shell: ' '}}", "a: {run: {cache_status: [256]}}",
    "a: {run: {cache_status: 0}}", "a: {remote: on}", "a: {run: {cwd: maybe}}",
    "a: {rules: {match: x}}", "a: {rules: [{cache: false}]}",
    "a: {rules: [{match: ''}]}", "a: {rules: [{match: []}]}", "a: {rules: [{match: x, shell: sh}]}",
    "a: {rules: [{match: x, executable: none}]}", "a: {rules: [{match: x, source: y}]}",
    "a: {warm: ls}", "a: {warm: [{cwd: /}]}", "a: {warm: [{command: x, cwd: y}]}",
    "a: {warm: [{command: x, dir: /}]}", "a: {extends: [b]}", "'': {}",
    "a: {run: {redact: x}}", "a: {run: {redact: ['*']}}", "a: {run: {redact: ['']}}",
    "a: {rules: [{match: x, redact: ['*=']}]}",
    "a: {run: {file: ['git:']}}", "a: {run: {mtime: ['-git:../x']}}",
    "a: {run: {file: [git:a//b]}}", "a: {run: {cache_status: [0-256]}}",
    "a: {run: {cache_status: [1-]}}", "a: {run: {cache_status: [0-1-2]}}",
    "a: {rules: [{match: [kubectl get **, git log **]}]}",
    "a: {rules: [{match: [git, \"a\\tb\"]}]}",
    "a: {rules: [{match: [[git]]}]}", "a: {rules: [{match_any: []}]}",
    "a: {rules: [{match_any: x}]}",
    "a: {rules: [{match_any: [x], match: y}]}", "a: {rules: [{match_any: [[a, b c]]}]}",
    "a: {rules: [{match_any: ['']}]}",
    "a: {rules: [{match: x, file: ['git:/x']}]}", "a: {rules: [{match: x, file: src}]}",
  ]

  static let hasValidator =
    (try? Sandbox().bash("python3 -c 'import jsonschema, yaml'").status) == 0

  @Test(.enabled(if: hasValidator, "python3-jsonschema or python3-yaml is not installed"))
  func `schema and parser take the same files`() throws {
    let script = """
      import glob, json, os, sys, jsonschema, yaml
      schema = json.load(open(os.environ['PACKAGE'] + '/profiles/cachetronomy.schema.json'))
      jsonschema.Draft7Validator.check_schema(schema)
      check = jsonschema.Draft7Validator(schema)
      for name in sorted(glob.glob('*.yaml')) + sorted(glob.glob(os.environ['PACKAGE'] + '/profiles/*.yaml')):
          good = all(check.is_valid(d) for d in yaml.safe_load_all(open(name)))
          print(os.path.basename(name), 'good' if good else 'bad')
      """
    let sandbox = try Sandbox()
    var wanted: [String] = []
    for (kind, texts) in [("bad", Self.bad), ("good", Self.good)] {
      for (index, text) in texts.enumerated() {
        let name = "\(kind)\(100 + index).yaml"
        try text.write(toFile: "\(sandbox.directory)/\(name)", atomically: true, encoding: .utf8)
        wanted.append("\(name) \(kind)")
        let isGood =
          (try? ProfileFile.flatten([try ProfileFile(Array(text.utf8), path: name)])) != nil
        #expect(isGood == (kind == "good"), "the parser: \(text)")
      }
    }
    try script.write(
      toFile: "\(sandbox.directory)/check.py", atomically: true, encoding: .utf8)
    let outcome = try sandbox.bash("python3 check.py")
    #expect(outcome.errors == "")
    let (own, shipped) = (outcome.lines.prefix(wanted.count), outcome.lines.dropFirst(wanted.count))
    for (found, wanted) in zip(own, wanted) where found != wanted {
      let index = Int(wanted.drop { !$0.isNumber }.prefix(3)) ?? 100
      let texts = wanted.hasSuffix("good") ? Self.good : Self.bad
      Issue.record("the schema: \(found): \(texts[index - 100])")
    }
    #expect(shipped.count == 8 && shipped.allSatisfy { $0.hasSuffix(" good") })
  }

  @Test func `every shipped file names the schema`() throws {
    let outcome = try Sandbox().bash(
      "grep -L '^# yaml-language-server: $schema=cachetronomy.schema.json$' \"$PACKAGE\"/profiles/*.yaml"
    )
    #expect(outcome.text == "")
  }
}
