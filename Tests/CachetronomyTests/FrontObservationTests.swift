import Glibc
import Testing

@testable import Cachetronomy
@testable import CachetronomyFront

@Suite struct FrontObservationTests {
  private let served = FrontFixture.Served(status: 3, output: "out", errors: "err")

  private func status(_ path: String, followsLinks: Bool = true) throws -> stat {
    var found = stat()
    try #require((followsLinks ? stat(path, &found) : lstat(path, &found)) == 0)
    return found
  }

  /// Serves with an observation, then changes something, and wants what is expected.
  private func check(
    _ kind: Observation.Kind, servedAfter: Bool = false, _ name: String = "f",
    make: (FrontFixture) throws -> Observation, change: (FrontFixture) throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let fixture = try FrontFixture()
    try fixture.scratch.write("f", "one")
    try #require(mkdir(fixture.scratch("d"), 0o755) == 0)
    try #require(symlink("f", fixture.scratch("l")) == 0)
    fixture.manifest.observations = [try make(fixture)]
    try fixture.write()
    #expect(try fixture.serve() == served, sourceLocation: sourceLocation)
    try change(fixture)
    let expected = servedAfter ? served : .givenWay
    #expect(try fixture.serve() == expected, sourceLocation: sourceLocation)
  }

  private func path(_ fixture: FrontFixture, _ name: String) -> Observation.Path {
    .literal(Array(fixture.scratch(name).utf8))
  }

  private func access(_ path: Observation.Path, _ error: Int32) -> Observation {
    var observation = Observation(.access, path, error: error)
    observation.facts.mode = UInt32(X_OK)
    return observation
  }

  @Test func `absence`() throws {
    for kind in [Observation.Kind.absent, .absentLink] {
      try check(kind) {
        Observation(kind, path($0, "none"), error: ENOENT)
      } change: {
        try $0.scratch.write("none", "x")
      }
      try check(kind) {
        Observation(kind, path($0, "f/x"), error: ENOTDIR)
      } change: {
        try #require(unlink($0.scratch("f")) == 0)
      }
    }
    // A dangling link is absent for `stat`, and there for `lstat`.
    try check(.absent, servedAfter: true) {
      Observation(.absent, path($0, "none"), error: ENOENT)
    } change: {
      try #require(symlink("nowhere", $0.scratch("none")) == 0)
    }
    try check(.absentLink) {
      Observation(.absentLink, path($0, "none"), error: ENOENT)
    } change: {
      try #require(symlink("nowhere", $0.scratch("none")) == 0)
    }
  }

  @Test func `files`() throws {
    let changes: [(FrontFixture) throws -> Void] = [
      { try $0.scratch.write("f", "two") },
      { try #require(chmod($0.scratch("f"), 0o777) == 0) },
      { try #require(utimes($0.scratch("f"), nil) == 0) },
      { try #require(rename($0.scratch("f"), $0.scratch("g")) == 0) },
      {
        try $0.scratch.write("g", "one")
        try #require(rename($0.scratch("g"), $0.scratch("f")) == 0)
      },
    ]
    for change in changes {
      try check(.file) {
        Observation(.file, path($0, "f"), try status($0.scratch("f")))
      } change: {
        try change($0)
      }
    }
    try check(.link) {
      Observation(.link, path($0, "l"), try status($0.scratch("l"), followsLinks: false))
    } change: {
      try #require(unlink($0.scratch("l")) == 0 && symlink("g", $0.scratch("l")) == 0)
    }
  }

  @Test func `directories`() throws {
    for kind in [Observation.Kind.directory, .directoryItself, .listing] {
      func observe(_ fixture: FrontFixture) throws -> Observation {
        Observation(kind, path(fixture, "d"), try status(fixture.scratch("d")))
      }
      try check(kind, servedAfter: kind != .listing) {
        try observe($0)
      } change: {
        try $0.scratch.write("d/new", "")
      }
      try check(kind) {
        try observe($0)
      } change: {
        try #require(chmod($0.scratch("d"), 0o700) == 0)
      }
      try check(kind) {
        try observe($0)
      } change: {
        try #require(rmdir($0.scratch("d")) == 0)
      }
      try check(kind, servedAfter: kind == .directory) {
        try observe($0)
      } change: {
        try #require(rename($0.scratch("d"), $0.scratch("e")) == 0)
        try #require(symlink("e", $0.scratch("d")) == 0)
      }
    }
  }

  @Test func `types and access`() throws {
    try check(.type, servedAfter: true) {
      Observation(.type, path($0, "f"), try status($0.scratch("f")))
    } change: {
      try $0.scratch.write("f", "two")
    }
    try check(.type) {
      Observation(.type, path($0, "f"), try status($0.scratch("f")))
    } change: {
      try #require(unlink($0.scratch("f")) == 0 && mkfifo($0.scratch("f"), 0o600) == 0)
    }
    try check(.access) {
      access(path($0, "f"), EACCES)
    } change: {
      try #require(chmod($0.scratch("f"), 0o755) == 0)
    }
    try check(.access) {
      try #require(chmod($0.scratch("f"), 0o755) == 0)
      return access(path($0, "f"), 0)
    } change: {
      try #require(chmod($0.scratch("f"), 0o644) == 0)
    }
  }

  @Test func `parts of arguments`() throws {
    let fixture = try FrontFixture()
    try fixture.scratch.write("f", "one")
    let file = fixture.scratch("f")
    fixture.arguments += ["--password=\(file)", "x \(file) y"]
    let length = UInt32(file.utf8.count)
    let found = try status(file)
    for (path, isServed) in [
      (Observation.Path.argument(index: 6, offset: 11, count: length), true),
      (.argument(index: 7, offset: 2, count: length), true),
      (.argument(index: 7, offset: 1, count: length), false),
      (.argument(index: 7, offset: 2, count: length + 3), false),
      (.argument(index: 7, offset: .max, count: length), false),
      (.argument(index: 8, offset: 0, count: length), false),
      (.argument(index: .max, offset: 0, count: 0), false),
    ] {
      fixture.manifest.observations = [
        Observation(.file, path, found), Observation(.file, path, found),
      ]
      try fixture.write()
      #expect(try fixture.serve() == (isServed ? served : .givenWay), "\(path)")
    }
  }

  @Test func `variables`() throws {
    let fixture = try FrontFixture()
    func observe(_ name: String, _ value: String?) throws {
      fixture.manifest.observations = [
        Observation(variable: Array(name.utf8), value: value.map { Array($0.utf8) })
      ]
      try fixture.write()
    }
    fixture.variables = ["OLDPWD=/a", "OLDPWD=/b", "EMPTY="]
    try observe("OLDPWD", "/a")
    #expect(try fixture.serve() == served)
    // Ignored in the digest of the call.
    fixture.variables[0] = "OLDPWD=/c"
    #expect(try fixture.serve() == .givenWay)
    fixture.variables[0] = "OLDPWDX=/a"
    #expect(try fixture.serve() == .givenWay)
    for (name, value, isServed) in [
      ("OLDPWD", nil, false), ("NONE", nil, true), ("NONE", "", false), ("EMPTY", "", true),
      ("EMPTY", nil, false), ("", nil, false), ("A=B", nil, false),
    ] as [(String, String?, Bool)] {
      try observe(name, value)
      #expect(try fixture.serve() == (isServed ? served : .givenWay), "\(name)")
    }
  }
}
