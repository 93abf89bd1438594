import Glibc
import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache
@testable import Archive

/// Damaged and made-up inputs for everything that reads bytes which nobody vouches for.
///
/// Every answer but a value or a typed error is a trap, which ends the tests.
@Suite struct FuzzTests {
  /// Gives a reader one input after the other; none may take over a second.
  private func fuzz(
    _ good: [[UInt8]], words: [String] = [], _ read: ([UInt8]) throws -> Void
  ) throws {
    var mutator = Mutator(seed: Fuzzing.seed, words: words.map { Array($0.utf8) })
    let clock = ContinuousClock()
    for input in good { try read(input) }
    for _ in 0..<Fuzzing.count() {
      let input = mutator.next(good)
      let taken = try clock.measure { try read(input) }
      #expect(taken < .seconds(1), "\(taken) for \(hexText(input))")
    }
  }

  private func hexText(_ bytes: [UInt8]) -> String { Digest.hex(Array(bytes.prefix(2000))) }

  @Test func `MessagePack`() throws {
    let value = Value.map([
      (.string("a"), .array([.int(-1), .uint(.max), .double(1.5), .null, .bool(true)])),
      (.string("é"), .bytes([0, 255])), (.int(3), .extension(-1, [0, 0, 0, 1])),
      (.string("m"), .map([(.string("n"), .array([]))])),
    ])
    var writer = MessagePackWriter(capacity: 64)
    writer.write(value)
    try fuzz([writer.bytes, [0xdd, 0xff, 0xff, 0xff, 0xff], [0xc1]]) { input in
      _ = failure { () throws(Failure) in try MessagePackReader.decode(input) }
    }
  }

  @Test func `JSON`() throws {
    let text = #"{"a":[1,-2.5e10,"é\u00e9\ud83d\ude00\n",null,true],"b":{"":18446744073709551615}}"#
    try fuzz([Array(text.utf8)], words: ["\\u", "\\ud800", "1e999", "NaN", "[[[", "{\"", "-0"]) {
      input in
      guard let value = try? JSONReader.decode(input, lenient: true) else { return }
      // What was read is written, and read again, as the same.
      let written = JSONWriter.encode(value)
      let again = try JSONReader.decode(written, lenient: true)
      #expect(JSONWriter.encode(again) == written, "\(hexText(input))")
    }
  }

  @Test func `profile files`() throws {
    let text = """
      x-base: &base {tags: [a, b]}
      default: {time_to_live: 2h, <<: *base}
      ci:
        extends: default
        max_entry_size: 1 GiB
        free_memory_target: 0.5
        run: {env_ignore: [BUILD_TAG], cache_status: [0, 1], stale_if_error: 1d, ttl_jitter: 10%}
        rules:
          - match: kubectl ** get ** "a b" 'c'
            time_to_live: 30s
            env: [HOME, "KUBE*"]
            file: [~/.kube/config]
            cwd: false
        warm: [[echo, a], {command: [b], cwd: /}]
        remote: {url: "redis://h:1/2", timeout: 200ms}
      """
    let words = [
      "&a ", "*a", "<<: ", "never", "99999999999999999999", "extends: ci", "---\n", "- ", "? ",
      "|\n",
      "time_to_live: ", "1e9", "-1", ": ", "{", "}", "[", "]", "\n  ", "max_memory: 0.5\n",
    ]
    try fuzz([Array(text.utf8)], words: words) { input in
      _ = failure { () throws(Failure) in
        try ProfileFile.flatten([ProfileFile(input, path: "f.yaml")], stored: { _ in nil })
      }
    }
  }

  @Test func `lines of an archive`() throws {
    var writer = ArchiveWriter()
    writer.entry(Self.entry, chunks: 0)
    let lines = [
      Array(writer.take().dropLast()),
      Array(#"{"chunk":0,"of":"00","data_base64":"AQAAAAA="#.utf8),
      Array(#"{"profile":{"name":"p","settings":{"time_to_live":60,"tags":["a"]}}"#.utf8),
      Array(
        #"{"access":{"key":"k","count":1,"last_accessed":"2026-01-01T00:00:00.000000+00:00","#.utf8)
        + Array(#""profile":"p"}"#.utf8), Array(#"{"end":true,"entries":1"#.utf8),
    ]
    try fuzz(lines, words: ["9223372036854775808", "-1", "\"9999-99-99T", "null", ",\"key\":"]) {
      input in
      _ = try? ArchiveLine(input)
      // With a digest that fits the reader goes on to what the line means.
      let tail = Array(#","digest":""#.utf8)
      let at = input.indices.last { input[$0...].starts(with: tail) } ?? input.count
      let body = Array(input[..<at])
      _ = try? ArchiveLine(body + tail + Array("\(Digest.hex(Digest.of(body)))\"}".utf8))
    }
  }

  private static let entry = Entry(
    key: Key(stored: "k"), data: [0xa1, 0x61], format: "msgpack", expiry: .never, tags: ["t"],
    info: Entry.Info(
      created: noon, keepUntil: .never, size: 2, cost: 7, origin: .set, began: noon))

  private func recording(order: [Int64] = [1, 2, 2, 1]) -> [UInt8] {
    var writer = MessagePackWriter(capacity: 64)
    writer.write(
      .map([
        (.string("argv"), .array([.string("a")])), (.string("cwd"), .string("/")),
        (.string("exit_status"), .int(0)), (.string("duration"), .double(0.5)),
        (.string("order"), .array(order.map { .int($0) })), (.string("stdout"), .bytes([1, 2])),
        (.string("stderr"), .bytes([3])),
      ]))
    return writer.bytes
  }

  @Test func `recordings`() throws {
    var writer = MessagePackWriter(capacity: 64)
    writer.write(
      .map([
        (.string("argv"), .array([])), (.string("cwd"), .bytes([255])),
        (.string("exit_status"), .int(1)), (.string("duration"), .double(1e8)),
        (.string("chunks"), .int(3)), (.string("stdout_bytes"), .int(.max)),
        (.string("stderr_bytes"), .int(1)),
      ]))
    try fuzz([recording(), writer.bytes], words: ["order", "chunks", "stdout"]) { input in
      _ = failure { () throws(Failure) in try Recording(input) }
    }
  }

  @Test func `frames`() throws {
    let good = Frames.head(.output, 3) + [1, 2, 3] + Frames.head(.errors, 0)
    try fuzz([good]) { input in
      var sum = ChunkSum()
      _ = sum.add(input)
    }
  }

  @Test func `entries of a remote`() throws {
    var run = Self.entry
    run.data = recording()
    run.info?.origin = .run
    let good = [RemoteEntry(entry: Self.entry).encoded(), RemoteEntry(entry: run).encoded()]
    try fuzz(good) { input in
      _ = failure { () throws(Failure) in
        try RemoteEntry(decoding: input, key: Key(stored: "k"))
      }
    }
  }

  @Test func `the access journal`() throws {
    let record = AccessJournal.Record(
      kind: .hit, time: noon, saved: 9, profile: "p", key: "key")
    let good = AccessJournal.encode(record)
    try fuzz([good + good, good]) { input in _ = AccessJournal.decode(input) }
  }

  @Test func `words of settings`() throws {
    let good = [
      "1h30m", "2 days", "never", "2026-11-22T16:14:10.738373+00:00", "2026-11-22 16:14:10Z",
      "redis://ada:se%40c:ret@[::1]:7000/2", "unix:///run/redis.sock?db=3", "10%",
      "a 'b c' \"d\\\"\" \\e", "run:echo a#0123456789abcdef0123456789abcdef",
      "git@github.com:team/tool.git", "A[!a-z]*\\?", "kubectl ** get ** [a-", "${A:-${B:-~/c}}/d",
      "if a 2>&1 >|b; then x=`c \"$(d ~/e)\"`; fi # f\ncat <(g $A ${HOME}) <<E | tee -i 'h' &",
      "A=b; sh -c 'eval \"a $A\"' *.c {a,b}/[!c]?*/ | case $A in *) c;; esac",
    ].map { Array($0.utf8) }
    let words = [
      "9223372036854775807", "-", "e308", "..", "[", "]", "%", "\"", "'", "é", "#", "\\", "${A:-",
      "}", "*", "/*/*", "{,", "sh -c ", "eval ",
    ]
    let environment = Environment([
      .init("A", "a:b"), .init("HOME", "/h"), .init("B", "sh -c $B;$B"),
    ])
    let scratch = try Scratch()
    for name in ["a", "b.c", "c.c"] { try scratch.write(name, "") }
    try fuzz(good, words: words) { input in
      let text = String(decoding: input, as: UTF8.self)
      _ = failure { () throws(Failure) in try TimeToLive(text).expiry(from: noon) }
      _ = failure { () throws(Failure) in try RunSettings.jitter(text) }
      _ = failure { () throws(Failure) in try RemoteAddress(text).shown }
      _ = failure { () throws(Failure) in try ShellWords.split(text) }
      _ = failure { () throws(Failure) in try Key(text).digest }
      _ = Key(stored: text).command
      _ = Base64.decode(text)
      _ = Pattern(text).matches(good[0] + input)
      _ = FileGlob.alternatives(input).map { NamePattern($0)?.matches(good[0] + input) }
      _ = Repository.plain(text[...])
      _ = ShellScript(input, in: environment, directory: Array(scratch.path.utf8)).names
      #expect(
        WatchedPath.validationError(text) == nil
          || WatchedPath.expand(input[...]) { environment[$0] } == [input])
      if let time = Timestamp(text) {
        #expect(Timestamp(time.description) == time, "\(text)")
      }
    }
  }

  @Test func `words with secrets`() throws {
    let canary = Array("CANARY-0123".utf8)
    let secrets = Redactor(Environment([.init(Array("GH_TOKEN".utf8), canary)]))
    let good = [
      "--token=CANARY-0123",
      "curl -H 'X-Api-Key: CANARY-0123' -uada:x \"https://a:CANARY-0123@h/?key=1&b=2\"",
      "A_KEY='x y' sh -c \"--password CANARY-0123\" \\\n x", "Authorization: Bearer CANARY-0123",
    ].map { Array($0.utf8) }
    let marks = [
      "=", ":", "@", "://", "'", "\"", " ", "&", "-H", "--header=", "-c", "-u", "CANARY-0123",
      "\\\n",
    ]
    try fuzz(good, words: marks) { input in
      for argv in [
        [input], [input, input], [Array("-H".utf8), input], [Array("-c".utf8), input],
      ] {
        let shown = secrets.redacted(argv)
        #expect(shown.count == argv.count)
        #expect(!shown.contains { $0.holds(canary) }, "\(hexText(input))")
      }
    }
  }

  @Test func `profiles in shared memory`() throws {
    var profile = Profile(name: "p")
    profile.rules = try ProfileFile.flatten(
      [ProfileFile(Array("p: {rules: [{match: a ** b, time_to_live: 1s}]}".utf8), path: "f")],
      stored: { _ in nil }
    )[0].rules
    let good = HotProfiles.encode([Profile(name: "default"), profile], active: "p")
    try fuzz([good], words: ["default", "{}", "[]", "null"]) { input in
      _ = failure { () throws(Failure) in
        try HotProfiles(input).profile(.active) { _ in [Array("a".utf8), Array("b".utf8)] }
      }
    }
  }

  @Test func `files of shared memory`() throws {
    let scratch = try Scratch()
    let place = TierDirectory(parent: scratch.path, name: "tier")
    try #require(mkdir(place.directory, 0o700) == 0)
    let hot = try #require(try HotEntry.encode(Self.entry, nil, limit: 1000))
    let zeros = [UInt8](repeating: 0, count: StoreVersion.size)
    let stamp = try #require(
      zeros.withUnsafeBytes { bytes in
        var reader = FieldReader(bytes)
        return StoreVersion(&reader)
      })
    let head = TierIndex(stamp: stamp, path: "/x").encoded()
    try fuzz([hot, head]) { input in
      for sealed in [false, true] {
        var input = input
        if sealed {
          guard input.count >= 24 else { return }
          // With a checksum that fits the reader goes on to what the file means.
          let sum = input.withUnsafeBytes {
            Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[24...]))
          }
          input.put(little: sum, at: 16)
        }
        try scratch.write("tier/head", input)
        _ = TierIndex.read(in: place)
        _ = HotEntry.key(of: place.path("head"))
        guard let entry = HotEntry(place.path("head"), Self.entry.key) else { continue }
        _ = entry.isFresh(at: noon)
        var written = 0
        try entry.write { _, bytes in
          written += bytes.count
          return true
        }
        #expect(written <= input.count)
      }
    }
  }

  @Test func `files of flights`() throws {
    let scratch = try Scratch()
    let frames = Frames.head(.output, 3) + [1, 2, 3] + Frames.head(.errors, 0)
    try fuzz([frames, frames + Frames.head(.errors, 9)]) { input in
      for trailer in [[], SharedResult.trailer(status: 0, size: input.count, ServingTerms())] {
        try scratch.write("flight", input + trailer)
        let descriptor = open(scratch("flight"), O_RDONLY | O_CLOEXEC)
        guard let landing = SharedResult(descriptor: descriptor) else {
          close(descriptor)
          continue
        }
        var written = 0
        _ = failure { () throws(Failure) in
          try landing.write { _, bytes in
            written += bytes.count
            return true
          }
        }
        #expect(written <= input.count)
      }
    }
  }
}
