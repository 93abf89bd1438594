import Glibc
import Testing

@testable import Cachetronomy
@testable import CachetronomyFront

/// Manifests in the files of their entries.
@Suite struct AttachedManifestTests {
  private let fixture: FrontFixture
  private let served = FrontFixture.Served(status: 3, output: "out", errors: "err")
  private let limits: TierDirectory.ManifestLimits

  private var manifestPath: String {
    fixture.place.path(ManifestFile.name(of: fixture.manifest.call))
  }
  private var entryPath: String { fixture.place.path(HotEntry.name(of: FrontFixture.key)) }

  init() throws {
    fixture = try FrontFixture()
    limits = TierDirectory.ManifestLimits(
      try #require(TierIndex.read(in: fixture.place)), room: 8 << 20)
    unlink(manifestPath)
    #expect(fixture.place.write(fixture.manifest, limits))
  }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  @Test func `a small one shares the page of its entry`() throws {
    #expect(status(manifestPath)?.st_ino == status(entryPath)?.st_ino)
    #expect(status(entryPath).map { $0.st_size <= 4096 && $0.st_nlink == 2 } == true)
    #expect(try fixture.serve() == served)
    #expect(HotEntry(entryPath, FrontFixture.key)?.exitStatus == 3)
    #expect(HotEntry.key(of: entryPath) == FrontFixture.key)
    // Written again it is the same file.
    let size = status(entryPath)?.st_size
    #expect(fixture.place.write(fixture.manifest, limits))
    #expect(status(entryPath)?.st_size == size && status(entryPath)?.st_nlink == 2)
  }

  @Test func `it is not believed without its entry`() throws {
    #expect(unlink(entryPath) == 0)
    #expect(try fixture.serve() == .givenWay)
    // Nor beside another entry of the key.
    try fixture.write(HotEntry.name(of: FrontFixture.key), fixture.entry)
    #expect(try fixture.serve() == .givenWay)
    #expect(fixture.place.write(fixture.manifest, limits))
    #expect(try fixture.serve() == served)
  }

  @Test func `an entry that goes takes it along`() throws {
    let found = try #require(status(entryPath))
    #expect(fixture.place.removeEntry(HotEntry.name(of: FrontFixture.key), found))
    #expect(status(manifestPath) == nil && status(entryPath) == nil)
  }

  @Test func `one of another call, or a changed one, has a file of its own`() throws {
    fixture.manifest.observations = [Observation(variable: Array("NONE".utf8), value: nil)]
    #expect(fixture.place.write(fixture.manifest, limits))
    #expect(status(manifestPath)?.st_ino != status(entryPath)?.st_ino)
    #expect(status(entryPath)?.st_nlink == 1)
    #expect(try fixture.serve() == served)
    fixture.variables = ["OTHER=1"]
    fixture.manifest.call = try fixture.digest()
    #expect(fixture.place.write(fixture.manifest, limits))
    #expect(try fixture.serve() == served)
  }

  @Test func `a damaged one is not believed, the entry is`() throws {
    let good = try Shell.contents(entryPath)
    for at in [fixture.entry.count, fixture.entry.count + 30, good.count - 1] {
      let file = open(entryPath, O_WRONLY)
      var byte = good[at] ^ 4
      #expect(pwrite(file, &byte, 1, off_t(at)) == 1)
      #expect(try fixture.serve() == .givenWay)
      byte = good[at]
      #expect(pwrite(file, &byte, 1, off_t(at)) == 1)
      close(file)
    }
    #expect(try fixture.serve() == served)
    #expect(truncate(entryPath, off_t(good.count - 1)) == 0)
    #expect(try fixture.serve() == .givenWay)
    #expect(HotEntry(entryPath, FrontFixture.key)?.exitStatus == 3)
  }
}
