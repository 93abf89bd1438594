import Glibc
import Testing

@testable import Cachetronomy
@testable import System

@Suite struct ManifestFileTests {
  /// A manifest with an observation of each kind.
  static var sample: ManifestFile {
    var status = stat()
    stat("/", &status)
    var observations: [Observation] = []
    for kind in Observation.Kind.allCases {
      switch kind {
      case .absent, .absentLink, .access:
        observations.append(Observation(kind, .literal(Array("/none".utf8)), error: ENOENT))
      case .variable:
        observations.append(Observation(variable: Array("PATH".utf8), value: Array("/bin".utf8)))
        observations.append(Observation(variable: Array("NONE".utf8), value: nil))
      default:
        observations.append(Observation(kind, .argument(index: 3, offset: 1, count: 4), status))
      }
    }
    return ManifestFile(
      call: (0..<16).map { $0 }, profilesSum: 7, verb: .run, oldest: 3_600_000_000,
      statuses: [0, 1, 255], key: Key(stored: "run:true#00"), profile: "default",
      observations: observations)
  }

  @Test func `a manifest is read as it was written`() throws {
    let sample = Self.sample
    #expect(ManifestFile(try #require(sample.encoded())) == sample)
    var other = sample
    (other.oldest, other.verb, other.statuses, other.observations) = (nil, .has, [], [])
    other.created = 5
    #expect(ManifestFile(try #require(other.encoded())) == other)
  }

  @Test func `a manifest that the front would not serve from is not written`() {
    var large = Self.sample
    large.observations = Array(repeating: large.observations[0], count: 10_001)
    #expect(large.encoded() == nil)
    large.observations = [
      Observation(.absent, .literal([UInt8](repeating: 0x61, count: 2 << 20)), error: ENOENT)
    ]
    #expect(large.encoded() == nil)
    var old = Self.sample
    old.oldest = 0
    #expect(old.encoded() == nil)
    var named = Self.sample
    named.profile = String(repeating: "p", count: 256)
    #expect(named.encoded() == nil)
  }

  @Test func `damage to any byte and any truncation is seen`() throws {
    let bytes = try #require(Self.sample.encoded())
    for at in bytes.indices {
      var damaged = bytes
      damaged[at] ^= 0x10
      #expect(ManifestFile(damaged) == nil, "byte \(at)")
      #expect(ManifestFile(Array(bytes[..<at])) == nil, "cut at \(at)")
    }
    #expect(ManifestFile(bytes + [0]) == nil)
  }

  @Test func `an observation keeps only what its kind compares`() throws {
    let scratch = try Scratch()
    try scratch.write("f", "one")
    var status = stat()
    try #require(stat(scratch("f"), &status) == 0)
    let path = Observation.Path.literal(Array("f".utf8))
    let before = Observation.Kind.allCases.map { Observation($0, path, status) }
    status.st_mtim.tv_sec += 1
    let after = Observation.Kind.allCases.map { Observation($0, path, status) }
    let changed = zip(before, after).filter { $0 != $1 }.map(\.0.kind)
    #expect(changed == [.file, .link, .listing])
  }
}

@Suite struct ManifestDirectoryTests {
  private func place(_ scratch: Scratch) throws -> TierDirectory {
    let place = TierDirectory(parent: scratch.path, name: "tier")
    try #require(mkdir(place.directory, 0o700) == 0)
    return place
  }

  private func head(entries: Int64, bytes: Int64, room: Int64) throws -> TierIndex {
    let zeros = [UInt8](repeating: 0, count: StoreVersion.size)
    let head = TierIndex(
      stamp: try #require(
        zeros.withUnsafeBytes { bytes in
          var reader = FieldReader(bytes)
          return StoreVersion(&reader)
        }), path: "/x")
    head.bytes = bytes
    head.limits = TierIndex.Limits(entries: entries, bytes: room)
    return head
  }

  @Test func `calls that differ each time leave a bounded number of manifests`() throws {
    let scratch = try Scratch()
    let place = try place(scratch)
    let limits = TierDirectory.ManifestLimits(
      try head(entries: 100, bytes: 0, room: 64 << 20), room: .max)
    #expect(limits.count == 256)
    var manifest = ManifestFileTests.sample
    var most = 0
    for number in 0..<3000 {
      manifest.call = Digest.of(Array(number.description.utf8))
      #expect(place.write(manifest, limits))
      most = max(most, place.files(where: ManifestFile.isName).count)
      // The one just written is there.
      #expect(access(place.path(ManifestFile.name(of: manifest.call)), R_OK) == 0)
    }
    #expect(most < 256 + 64 * 12)
    #expect(place.files { $0.hasPrefix(".") }.isEmpty)
  }

  @Test func `the bytes of manifests are bounded by what entries leave`() throws {
    let full = TierDirectory.ManifestLimits(
      try head(entries: 1000, bytes: 8 << 20, room: 8 << 20), room: .max)
    #expect(
      full
        == TierDirectory.ManifestLimits(
          try head(entries: 1000, bytes: 1 << 40, room: 8 << 20), room: .max))
    #expect(full.bytes == 1 << 20)
    #expect(full.count == 1000)
    let empty = TierDirectory.ManifestLimits(
      try head(entries: 1000, bytes: 0, room: 8 << 20), room: 2 << 20)
    #expect(empty.bytes == 2 << 20)
    #expect(TierDirectory.memory(of: 0) == 1024)
    #expect(TierDirectory.memory(of: 1) == 5120)
    #expect(TierDirectory.memory(of: 4096) == 5120)
    #expect(TierDirectory.memory(of: .max) > 0)
  }

  @Test func `a store's tier takes manifests for its own profiles only, and clears them`() throws {
    let root = try Scratch(in: "/dev/shm")
    let scratch = try Scratch()
    let store = try scratch.store()
    let entry = Entry(
      key: Key(stored: "k"), data: [1], format: "msgpack", expiry: .never, tags: [],
      version: 1, profile: "default")
    _ = try store.insert(entry)
    let tier = try #require(SharedTier(store: store.path, root: root.path))
    let place = TierDirectory(
      store: store.path, try #require(StoreVersion.File(store.path)), root: root.path)
    func keep(_ manifest: ManifestFile) -> Bool {
      HotStore(store.path, root: root.path)?.keep(manifest) ?? false
    }
    #expect(TierIndex.read(in: place)?.profilesSum == nil)
    var manifest = ManifestFileTests.sample
    #expect(!keep(manifest))
    let profiles = (
      bytes: [UInt8]([1, 2, 3]), limits: TierIndex.Limits(entries: 10, bytes: 8 << 20)
    )
    tier.begin()
    try tier.publish(nil) { profiles }
    let sum = try #require(TierIndex.read(in: place)?.profilesSum)
    #expect(sum == TierIndex.sum(ofProfiles: profiles.bytes))
    #expect(!keep(manifest))
    manifest.profilesSum = sum
    #expect(keep(manifest))
    #expect(tier.inventory()?.entries == 0)
    #expect(
      tier.inventory()?.bytes
        == TierDirectory.memory(of: Int64(try #require(manifest.encoded()).count))
    )
    // Another state of the store: nothing is taken, and the next writer clears the tier.
    try store.connection.execute("UPDATE cache SET version = 2")
    #expect(!keep(manifest))
    #expect(!place.files(where: ManifestFile.isName).isEmpty)
    tier.begin()
    #expect(place.files { _ in true }.isEmpty)
  }
}
