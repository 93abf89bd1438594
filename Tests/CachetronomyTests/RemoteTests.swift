import Glibc
import Testing

@testable import Cachetronomy
@testable import Remotes
@testable import CommandCache

@Suite struct RemoteAddressTests {
  @Test(arguments: [
    ("redis://cache.internal", "redis://cache.internal:6379"),
    ("redis://cache.internal:7000/2", "redis://cache.internal:7000/2"),
    ("rediss://ada@[::1]:7000", "rediss://ada@[::1]:7000"),
    ("redis://ada:se%40cret@h/1", "redis://ada@h:6379/1"),
    ("redis://:secret@h", "redis://h:6379"),
    ("unix:///run/redis.sock?db=3", "unix:///run/redis.sock?db=3"),
    ("unix://ada:x@/run/redis.sock", "unix://ada@/run/redis.sock"),
  ])
  func `an address is shown without its password`(text: String, shown: String) throws {
    #expect(try RemoteAddress(text).shown == shown)
  }

  @Test func `a password is decoded`() throws {
    #expect(try RemoteAddress("redis://ada:se%40c:ret@h").password == "se@c:ret")
    #expect(try RemoteAddress("redis://:p@h").user == nil)
  }

  @Test(arguments: [
    "", "h:6379", "http://h", "redis://", "redis://h:0", "redis://h:65536", "redis://h:x",
    "redis://h/x", "redis://h/-1", "redis://h/+1", "redis://h/99999999999", "redis://[::1",
    "redis://[::1]x", "unix://relative", "unix:///" + String(repeating: "x", count: 120),
    "unix:///x?y=1", "redis://a b", "redis://h\n", "redis://u:%zz@h", "redis://u:%ff@h",
    "redis://u:%00@h",
  ])
  func `a bad address is refused without its text`(text: String) {
    #expect(throws: Failure.self) { try RemoteAddress("\(text)") }
    #expect(throws: Failure.self) { try RemoteAddress("bolt://u:hunter2@h") }
    do throws(Failure) {
      _ = try RemoteAddress("bolt://u:hunter2@h")
    } catch {
      #expect(!error.description.contains("hunter2"))
    }
  }
}

@Suite struct RepositoryTests {
  @Test(arguments: [
    "https://github.com/team/tool.git", "https://ada:token@github.com/team/tool",
    "git@github.com:team/tool.git", "ssh://git@GitHub.com:22/team/tool.git/",
    "ssh://git@github.com/team/tool",
  ])
  func `all ways to one repository are one`(url: String) {
    #expect(Repository.plain(url[...]) == Array("github.com/team/tool".utf8))
  }

  @Test func `another repository is another`() {
    #expect(
      Repository.plain("git@github.com:team/tool2") != Repository.plain("git@github.com:team/tool"))
    // Two servers on one host.
    #expect(
      Repository.plain("ssh://git@example.com:2222/tool")
        != Repository.plain("ssh://git@example.com/tool"))
    // Two homes on one host.
    #expect(Repository.plain("ada@example.com:tool") != Repository.plain("bob@example.com:tool"))
    #expect(
      Repository.plain("ssh://ada@example.com/~/tool")
        != Repository.plain("ssh://bob@example.com/~/tool"))
  }

  @Test(arguments: ["/srv/git/tool.git", "file:///srv/tool", "../tool", "tool", "./a:b/c"])
  func `a place on one machine is no repository of several`(url: String) {
    #expect(Repository.plain(url[...]) == nil)
  }
}

@Suite struct RemoteHealthTests {
  @Test func `a dead server is left alone for a while that grows`() throws {
    let place = try Place()
    let health = RemoteHealth(store: place.database)
    var now = Timestamp(microseconds: 1_000_000_000)
    #expect(health.admits("a", at: now))
    var pauses: [Int64] = []
    for _ in 0..<12 {
      let seen = health.trouble("a")?.failures ?? 0
      // A dozen who asked at the same time.
      for _ in 0..<12 { health.failed("a", "gone", at: now, after: seen) }
      let retry = try #require(health.trouble("a")).retry
      pauses.append(retry.since(now) / 1_000_000)
      #expect(!health.admits("a", at: now))
      #expect(!health.admits("a", at: retry.adding(microseconds: -1)))
      now = retry
    }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    // One is let through, the others wait for what it finds.
    #expect(health.admits("a", at: now))
    #expect(!health.admits("a", at: now))
    #expect(health.admits("b", at: now))
    health.succeeded("a")
    #expect(health.trouble("a") == nil)
    #expect(access(place.database + "-remote", F_OK) != 0)
  }

  @Test func `a clock that was set back does not keep a server away`() throws {
    let place = try Place()
    let health = RemoteHealth(store: place.database)
    health.failed("a", "gone", at: Timestamp(microseconds: 9_000_000_000), after: 0)
    #expect(health.admits("a", at: Timestamp(microseconds: 1_000_000_000)))
  }

  @Test(arguments: ["", "x", "\n\n", "a b c d", "00 99999999999999999999 1 x", "a -1 1 x"])
  func `a file that is not ours to read is no trouble`(text: String) throws {
    let place = try Place()
    let descriptor = open(place.database + "-remote", O_WRONLY | O_CREAT, 0o600)
    _ = text.withCString { write(descriptor, $0, strlen($0)) }
    close(descriptor)
    #expect(RemoteHealth(store: place.database).admits("a", at: Timestamp(microseconds: 1)))
  }
}

@Suite struct RemoteProfileTests {
  private func read(_ text: String) throws -> Profile {
    try #require(
      try ProfileFile.flatten([ProfileFile(Array(text.utf8), path: "p.yaml")]).last)
  }

  @Test func `a remote is read, inherited piece by piece and written again`() throws {
    let text = """
      base:
        remote:
          url: redis://cache.internal:6379/2
          key_file: ~/.config/team.key
          mode: read-only
          time_to_live: 2h
          max_entry_size: 1 MiB
          timeout: 50ms
          namespace: prod
      child:
        extends: base
        remote: {mode: read-write, password_env: REDIS_PASSWORD}
      """
    let child = try read(text)
    let remote = try #require(child.remote.settings)
    #expect(remote.url == "redis://cache.internal:6379/2")
    #expect((remote.mode, remote.passwordVariable) == (.readWrite, "REDIS_PASSWORD"))
    #expect((remote.timeout.microseconds, remote.maxEntrySize) == (50_000, 1 << 20))
    #expect(try read(child.yaml) == child)
  }

  @Test func `a child may have none`() throws {
    let off = try read(
      "a: {remote: {url: 'redis://h', key_file: /k}}\nb: {extends: a, remote: off}")
    #expect(off.remote == .off)
  }

  @Test(arguments: [
    "{}", "on", "[a]", "{url: redis://h}", "{key_file: /k}", "{url: http://h, key_file: /k}",
    "{url: 'redis://u:p@h', key_file: /k}", "{url: redis://h, key_file: relative}",
    "{url: redis://h, key_file: /k, mode: both}", "{url: redis://h, key_file: /k, timeout: 2h}",
    "{url: redis://h, key_file: /k, time_to_live: 0}",
    "{url: redis://h, key_file: /k, max_entry_size: 1 GiB}",
    "{url: redis://h, key_file: /k, password: x}", "{url: redis://h, key_file: /k, url_env: A=B}",
  ])
  func `a bad remote is refused with its place`(text: String) {
    do {
      _ = try read("a:\n  remote: \(text)\n")
      Issue.record("taken: \(text)")
    } catch let failure as Failure {
      #expect(failure.description.hasPrefix("p.yaml:2:"), "\(failure)")
      #expect(!failure.description.contains("u:p"))
    } catch {
      Issue.record("\(error)")
    }
  }
}

#if Remote
  @Suite struct SealTests {
    private func key(_ place: Place, _ name: String) throws -> TeamKey {
      try TeamKey.make(file: place.database + name)
      return try TeamKey(file: place.database + name)
    }

    private let entry = Entry(
      key: Key(stored: "k"), data: [0xa1, 0x61], format: "msgpack", expiry: .never,
      tags: ["é", ""], version: 3, profile: "p",
      info: Entry.Info(
        created: Timestamp(microseconds: 7), keepUntil: .never, size: 2, cost: 5, origin: .set,
        rule: "x.yaml:3", began: Timestamp(microseconds: 6)))

    @Test func `what is sealed comes back for its own key alone`() throws {
      let place = try Place()
      let key = try key(place, "k1")
      let seal = try Seal(key, namespace: "n", server: "s")
      let sealed = seal.close(RemoteEntry(entry: entry).encoded(), for: entry.key)
      let opened = try #require(seal.open(sealed, for: entry.key))
      #expect(try RemoteEntry(decoding: opened, key: entry.key) == RemoteEntry(entry: entry))
      #expect(seal.open(sealed, for: Key(stored: "k2")) == nil)
      #expect(try Seal(key, namespace: "m", server: "s").open(sealed, for: entry.key) == nil)
      #expect(
        try Seal(self.key(place, "k2"), namespace: "n", server: "s").open(sealed, for: entry.key)
          == nil)
    }

    @Test func `a change of any bit is seen`() throws {
      let place = try Place()
      let seal = try Seal(try key(place, "k"), namespace: "", server: "s")
      let sealed = seal.close([1, 2, 3, 4], for: entry.key)
      for at in sealed.indices {
        for bit in 0..<8 {
          var other = sealed
          other[at] ^= 1 << UInt8(bit)
          #expect(seal.open(other, for: entry.key) == nil)
        }
      }
      for count in 0..<sealed.count {
        #expect(seal.open(Array(sealed[..<count]), for: entry.key) == nil)
      }
      #expect(seal.open(sealed + [0], for: entry.key) == nil)
    }

    @Test func `the same entry is never sealed the same way twice`() throws {
      let place = try Place()
      let seal = try Seal(try key(place, "k"), namespace: "", server: "s")
      #expect(seal.close([1], for: entry.key) != seal.close([1], for: entry.key))
    }

    @Test func `names tell nothing and differ by all that they are made of`() throws {
      let place = try Place()
      let first = try key(place, "k1")
      let seal = try Seal(first, namespace: "a", server: "s")
      let names = [
        seal.name("entry", "secret"), seal.name("tag", "secret"), seal.name("entry", "secre"),
        try Seal(first, namespace: "b", server: "s").name("entry", "secret"),
        try Seal(key(place, "k2"), namespace: "a", server: "s").name("entry", "secret"),
      ]
      #expect(Set(names).count == names.count)
      for name in names { #expect(!String(decoding: name, as: UTF8.self).contains("secret")) }
    }

    @Test func `a key file that others may read is refused, and never quoted`() throws {
      let place = try Place()
      let path = place.database + "key"
      try TeamKey.make(file: path)
      #expect(throws: Failure.self) { try TeamKey.make(file: path) }
      chmod(path, 0o640)
      #expect(throws: Failure.self) { try TeamKey(file: path) }
      chmod(path, 0o600)
      #expect(throws: Never.self) { try TeamKey(file: path) }
      let descriptor = open(path, O_WRONLY | O_TRUNC)
      _ = "hunter2".withCString { write(descriptor, $0, 7) }
      close(descriptor)
      do throws(Failure) {
        _ = try TeamKey(file: path)
        Issue.record("taken")
      } catch {
        #expect(!error.description.contains("hunter2"))
      }
      #expect(throws: Failure.self) { try TeamKey(file: "/dev/zero") }
    }

    @Test func `whatever is sealed is checked before it is an entry`() {
      let good = RemoteEntry(entry: entry).encoded()
      for count in 0..<good.count {
        #expect(throws: Failure.self) {
          try RemoteEntry(decoding: Array(good[..<count]), key: entry.key)
        }
      }
      // Every byte as every other: refused or another entry, never a trap.
      for at in good.indices {
        for value in UInt8.min...UInt8.max {
          var bytes = good
          bytes[at] = value
          _ = try? RemoteEntry(decoding: bytes, key: entry.key)
        }
      }
    }
  }
#endif
