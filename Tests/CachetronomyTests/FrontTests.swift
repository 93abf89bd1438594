import Glibc
import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache
@testable import CachetronomyFront

/// The front computes what the library computes.
@Suite struct FrontAgreementTests {
  private func bytes<T>(_ bytes: [UInt8], _ body: (Bytes) -> T) -> T {
    // One more, since an empty buffer has no address.
    (bytes + [0]).withUnsafeBytes { buffer in
      buffer.baseAddress.map { body(Bytes($0, bytes.count)) }
    } ?? body(Bytes(""))
  }

  @Test func `checksums and digests`() {
    var random = FixedGenerator(seed: Fuzzing.seed)
    for count in 0..<700 {
      let input = random.bytes(count)
      #expect(
        bytes(input) { CachetronomyFront.Checksum.ofLanes($0) }
          == input.withUnsafeBytes { System.Checksum.ofLanes($0) })
      var sum = CachetronomyFront.Checksum()
      bytes(input) { sum.update($0) }
      #expect(Int64(bitPattern: sum.value) == System.Checksum.of(input))
      let cut = count == 0 ? 0 : Int(random.next() % UInt64(count))
      #expect(digest([Array(input[..<cut]), Array(input[cut...])]) == Digest.of(input))
    }
  }

  private func digest(_ parts: [[UInt8]]) -> [UInt8] {
    withUnsafeTemporaryAllocation(byteCount: 144, alignment: 16) { memory in
      guard let block = memory.baseAddress else { return [] }
      var digest = Blake2b(block: block)
      for part in parts { bytes(part) { digest.update($0) } }
      digest.finish(block + 128)
      return Array(memory[128..<144])
    }
  }

  @Test func `ignored variables`() {
    func isIgnored(_ name: String) -> Bool { bytes(Array(name.utf8)) { IgnoredNames.contains($0) } }
    let names = IgnoredVariableTests.names
    for name in names + IgnoredVariableTests.prefixes {
      #expect(isIgnored(name), "\(name): run make front-names")
      for other in [
        name + "_Q", "Q" + name, String(name.dropLast()), name.lowercased(), name + "|",
      ] {
        let verdict = Array(other.utf8).withUnsafeBufferPointer {
          IgnoredVariableFilter.verdict(on: $0)
        }
        #expect(isIgnored(other) == (verdict == .ignored), "\(other)")
      }
    }
    // None is left in the front that the library does not have any more.
    var count = 0
    for length in 0..<100 {
      let all = IgnoredNames.names(length)
      count += length == 0 ? 0 : all.count / (length + 1)
    }
    #expect(count == names.count)
    for name in IgnoredVariableTests.partial + ["", "|", "PATH"] { #expect(!isIgnored(name)) }
  }

  @Test func `digests of calls`() throws {
    var random = FixedGenerator(seed: Fuzzing.seed)
    func pick<T>(_ all: [T]) -> T { all[Int(random.next() % UInt64(all.count))] }
    let scratch = try Scratch()
    let here = try #require(getcwd(nil, 0).map { String(cString: $0) })
    try #require(symlink(here, scratch("link")) == 0)
    let entries =
      [
        "A=1", "A=2", "B=", "=x", "nameless", "", "PWD=\(here)", "PWD=/", "PWD=.", "PWD=\(here)/.",
        "PWD=\(scratch("link"))", "PWD=\(scratch("none"))", "PWD=\(here)/", "PWD=", "TMUX=1",
        "KITTY_PID=3", "HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET=xx", "_=/bin/x",
        "CACHETRONOMY_DB=/x", "CACHETRONOMY_PROFILE=", "CACHETRONOMY_FLIGHT=1",
        "CACHETRONOMY_DBX=1", "MAKEFLAGS=-j", "\u{e9}=\u{e9}", String(repeating: "L=", count: 3000),
      ].map { Array($0.utf8) } + [[0xff, 0x3d, 0xfe]]
    let words = ["run", "-c", "a b", "", "--db", "/x", String(repeating: "w", count: 200)]
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Front.spaceSize, alignment: 16)
    defer { memory.deallocate() }
    let plain = RawCall([Array("run".utf8)], [])
    var served = 0
    for _ in 0..<Fuzzing.count(usual: 3000) {
      let arguments =
        [Array("run".utf8)] + (0..<random.next() % 5).map { _ in Array(pick(words).utf8) }
      let environment = (0..<random.next() % 12).map { _ in
        random.next() % 6 == 0
          ? random.bytes(Int(random.next() % 40)).map { $0 == 0 ? 1 : $0 } : pick(entries)
      }
      let raw = RawCall(arguments, environment)
      let expected = CommandCache.CallDigest.of(
        arguments, environment: raw.environment,
        directory: try WorkingDirectory.path(named: raw.environment["PWD"]))
      let found = withExtendedLifetime((plain, raw)) { () -> [UInt8]? in
        guard var front = Front(plain.call, memory) else { return nil }
        // The digest does not depend on how the line is read.
        front.call = raw.call
        return front.callDigest().map { found in (0..<found.count).map { found[$0] } }
      }
      #expect(found == expected, "\(arguments) \(environment)")
      if found != nil { served += 1 }
    }
    #expect(served > 100)
  }
}

@Suite struct FrontServingTests {
  private let served = FrontFixture.Served(status: 3, output: "out", errors: "err")

  @Test func `a call is served from its manifest`() throws {
    let fixture = try FrontFixture()
    #expect(try fixture.serve() == served)
    for option in ["--no-store", "--no-env", "--ttl=1h", "-q"] {
      fixture.arguments = ["run", option, "--db=\(fixture.store.path)", "--", "true"]
      #expect(try fixture.serve() == .givenWay)
      try fixture.write()
      #expect(try fixture.serve() == served)
    }
  }

  @Test func `what the front does not know goes to the whole program`() throws {
    let fixture = try FrontFixture()
    for line in [
      ["--verbose"], ["-v"], ["--refresh"], ["--force"], ["--explain"], ["--background"],
      ["--warm"],
      ["--stdin"], ["--json"], ["--unknown"], ["--ttl"], ["--ttl", "--"], ["--ttl="], ["-qv"],
      ["--no-env=x"], ["-c", "-x"], ["--help"],
    ] {
      fixture.arguments = ["run"] + line + ["--db", fixture.store.path, "--", "true"]
      try fixture.write()
      #expect(try fixture.serve() == .givenWay, "\(line)")
    }
    fixture.arguments = ["run", "--db", fixture.store.path, "--", "true"]
    for name in ["DISABLE", "REFRESH", "FAULT"] {
      fixture.variables = ["CACHETRONOMY_\(name)=1"]
      #expect(try fixture.serve() == .givenWay)
    }
    fixture.variables = ["CACHETRONOMY_FLIGHT=1", "TMUX=2"]
    #expect(try fixture.serve() == served)
  }

  @Test func `terms of the manifest and the entry hold`() throws {
    let fixture = try FrontFixture()
    fixture.manifest.statuses = [0]
    try fixture.write()
    #expect(try fixture.serve() == .givenWay)
    fixture.manifest.statuses = [3]
    fixture.manifest.oldest = 60_000_000
    try fixture.write()
    #expect(try fixture.serve() == served)
    let name = HotEntry.name(of: FrontFixture.key)
    let now = Timestamp.now()
    for entry in [
      FrontFixture.entry(
        output: "", errors: "", status: 3, created: now.adding(microseconds: -61_000_000)),
      FrontFixture.entry(
        output: "", errors: "", status: 3, created: now.adding(microseconds: 60_000_000)),
      FrontFixture.entry(output: "", errors: "", status: 3, expiry: now),
      FrontFixture.entry(output: "", errors: "", status: 4),
      FrontFixture.entry(output: "", errors: "", status: 3, kind: 0),
      FrontFixture.entry(output: "", errors: "", status: 3, kind: 2),
      FrontFixture.entry(output: "", errors: "", status: 3, input: 4),
      FrontFixture.entry(output: "", errors: "", status: 3, input: 5),
    ] {
      try fixture.write(name, entry)
      #expect(try fixture.serve() == .givenWay)
    }
    try fixture.write(name, FrontFixture.entry(output: "a", errors: "", status: 3))
    #expect(try fixture.serve() == .init(status: 3, output: "a"))
    fixture.manifest.profilesSum &+= 1
    try fixture.write()
    #expect(try fixture.serve() == .givenWay)
  }

  @Test func `the library reads the same entry`() throws {
    let fixture = try FrontFixture()
    let path = fixture.place.path(HotEntry.name(of: FrontFixture.key))
    guard let entry = HotEntry(path, FrontFixture.key) else {
      Issue.record("the entry is not read")
      return
    }
    let (status, terms) = (entry.exitStatus, entry.terms)
    #expect(status == 3)
    #expect(terms.input == .unread)
  }

  @Test func `damage to any byte of any file is seen, and any truncation`() throws {
    let fixture = try FrontFixture()
    var status = stat()
    stat("/", &status)
    fixture.manifest.observations = [
      Observation(.directory, .literal(Array("/".utf8)), status),
      Observation(variable: Array("NONE".utf8), value: nil),
    ]
    try fixture.write()
    #expect(try fixture.serve() == served)
    let names = [
      TierIndex.name, HotEntry.name(of: FrontFixture.key),
      ManifestFile.name(of: fixture.manifest.call),
    ]
    for name in names {
      let good = try Shell.contents(fixture.place.path(name))
      for at in good.indices {
        var bad = good
        bad[at] ^= 1 << UInt8(at % 8)
        try fixture.write(name, bad)
        #expect(try fixture.serve() == .givenWay, "\(name) byte \(at)")
        try fixture.write(name, Array(good[..<at]))
        #expect(try fixture.serve() == .givenWay, "\(name) cut at \(at)")
      }
      try fixture.write(name, good)
      #expect(try fixture.serve() == served)
    }
  }

  @Test func `hostile sizes behind a good checksum`() throws {
    let fixture = try FrontFixture()
    let names = [
      TierIndex.name: [12, 160, 164],
      HotEntry.name(of: FrontFixture.key): [12, 24, 28, 64, 68, 84, 99, 103],
      ManifestFile.name(of: fixture.manifest.call): [12, 92, 96, 100],
    ]
    for (name, places) in names {
      let good = try Shell.contents(fixture.place.path(name))
      for place in places {
        for value in [UInt32.max, 0x7fff_ffff, 0x8000_0000, 1_000_000, 1000] {
          var bad = good
          withUnsafeBytes(of: value.littleEndian) { bytes in
            for (at, byte) in bytes.enumerated() { bad[place + at] = byte }
          }
          try fixture.write(name, FrontFixture.sealed(bad))
          #expect(try fixture.serve() == .givenWay, "\(name) \(place) \(value)")
        }
      }
      try fixture.write(name, good)
    }
    #expect(try fixture.serve() == served)
  }

  @Test func `files that are not the user's alone are not read`() throws {
    let fixture = try FrontFixture()
    let name = ManifestFile.name(of: fixture.manifest.call)
    try #require(chmod(fixture.place.directory, 0o755) == 0)
    #expect(try fixture.serve() == .givenWay)
    try #require(chmod(fixture.place.directory, 0o700) == 0)
    let path = fixture.place.path(name)
    try #require(rename(path, path + "x") == 0 && symlink(path + "x", path) == 0)
    #expect(try fixture.serve() == .givenWay)
    try #require(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
    #expect(try fixture.serve() == .givenWay)
    try #require(unlink(path) == 0 && mkdir(path, 0o700) == 0)
    #expect(try fixture.serve() == .givenWay)
    try #require(rmdir(path) == 0 && rename(path + "x", path) == 0)
    #expect(try fixture.serve() == served)
  }

  @Test func `another state of the store is not served`() throws {
    let fixture = try FrontFixture()
    try fixture.store.connection.execute(
      "INSERT INTO cache VALUES ('x', 'x', 'json', '9999', '[]', 1, 'default')")
    #expect(try fixture.serve() == .givenWay)
  }

  @Test func `a store behind links is found`() throws {
    let fixture = try FrontFixture()
    let directory = fixture.scratch.path + "-link"
    try #require(symlink(fixture.scratch.path, directory) == 0)
    defer { unlink(directory) }
    try #require(symlink(fixture.store.path, fixture.scratch("store-link")) == 0)
    for path in [
      directory + "/cache.db", fixture.scratch("store-link"), fixture.scratch(".//cache.db"),
    ] {
      fixture.arguments = ["run", "--db", path, "--", "true"]
      try fixture.write()
      #expect(try fixture.serve() == served, "\(path)")
    }
    fixture.arguments = ["run", "--", "true"]
    fixture.variables = ["CACHETRONOMY_DB=\(fixture.store.path)"]
    try fixture.write()
    #expect(try fixture.serve() == served)
    fixture.variables = ["HOME=/nowhere", "XDG_CACHE_HOME=/nowhere"]
    try fixture.write()
    #expect(try fixture.serve() == .givenWay)
  }
}
