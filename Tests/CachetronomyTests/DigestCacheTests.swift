import Glibc
import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache

struct DigestCacheTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A stamp of a file that is never read.
  private func stamp(_ inode: UInt64, changed: Int64 = 0) -> DigestCache.Stamp {
    var status = stat()
    (status.st_dev, status.st_ino, status.st_size) = (7, ino_t(inode), 5)
    status.st_ctim.tv_sec = time_t(changed)
    return DigestCache.Stamp(status)
  }

  private func status(_ inode: UInt64, changed: Int64 = 0) -> stat {
    var status = stat()
    (status.st_dev, status.st_ino, status.st_size) = (7, ino_t(inode), 5)
    status.st_ctim.tv_sec = time_t(changed)
    return status
  }

  private func digest(_ number: UInt64) -> [UInt8] {
    Digest.of(Invocation.bytes(Int64(number)), size: 32)
  }

  @Test func `what one cache learned another knows, until the file changes`() throws {
    let store = scratch.database
    for count: UInt64 in [1, 100, 8000] {
      let cache = DigestCache()
      for inode in 0..<count { cache.learn(stamp(inode), digest(inode)) }
      cache.write(beside: store)
      let other = DigestCache()
      other.read(beside: store)
      let known = (0..<count).filter { other.digest(status($0)) == digest($0) }.count
      // Half of a full table: few buckets of four overflow.
      #expect(known >= Int(count) * 9 / 10)
      #expect((0..<count).allSatisfy { [nil, digest($0)].contains(other.digest(status($0))) })
      #expect((0..<count).allSatisfy { other.digest(status($0, changed: 1)) == nil })
      cache.learn(stamp(0, changed: 1), digest(77))
      cache.write(beside: store)
      let third = DigestCache()
      third.read(beside: store)
      #expect(third.digest(status(0, changed: 1)) == digest(77))
      #expect(third.digest(status(0)) == nil)
    }
    var file = stat()
    #expect(stat(store + "-digests", &file) == 0 && file.st_mode & 0o777 == 0o600)
    #expect(file.st_size <= 1_310_720)
  }

  @Test func `a damaged record holds nothing`() throws {
    let record = DigestCache.encode(stamp(3, changed: 9), digest(3))
    func decoded(_ bytes: [UInt8]) -> DigestCache.Record? {
      bytes.withUnsafeBytes { DigestCache.decode($0) }
    }
    #expect(decoded(record)?.digest == digest(3))
    #expect(decoded(record)?.stamp == stamp(3, changed: 9))
    for at in record.indices {
      var damaged = record
      damaged[at] ^= 1 << UInt8(at % 8)
      #expect(decoded(damaged) == nil)
      #expect(decoded(Array(record[..<at])) == nil)
    }
    #expect(decoded([UInt8](repeating: 0, count: record.count)) == nil)
  }

  @Test func `a digest of a file that may change unseen is not kept`() throws {
    let path = scratch("f")
    let store = scratch.database
    let bytes = Array(path.utf8)
    try scratch.write("f", "one")
    let cache = DigestCache()
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var found = stat()
    #expect(fstat(descriptor, &found) == 0)
    let first = cache.digest(descriptor, bytes, found)
    #expect(first == Digest.of(Array("one".utf8), size: 32))
    cache.write(beside: store)
    // It was written less than 20 ms ago, or the reading took longer than that: then it may be known.
    let now = SettledStamps.now()
    if found.st_ctim.nanoseconds > now - 20_000_000 { #expect(cache.digest(found) == nil) }
    // A time in the future is never settled.
    var times = [timespec(tv_sec: 1 << 32, tv_nsec: 1), timespec(tv_sec: 1 << 32, tv_nsec: 1)]
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0 && fstat(descriptor, &found) == 0)
    #expect(cache.digest(descriptor, bytes, found) != nil && cache.digest(found) == nil)
  }
}
