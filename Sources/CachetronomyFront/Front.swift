internal import CFront

/// Serves a call from the memory tier, before the whole program, its runtime and its libraries
/// start.
///
/// Only what is certain: a manifest of this very call whose observations all hold, in a tier that
/// is true of the store at this moment, and a fresh entry. For all else it gives way to the whole
/// program in the same process, and leaves nothing behind: no descriptor, no mapping, no signal
/// mask.
struct Front {
  var call: Call
  /// The directory of a file system in memory: `/dev/shm`.
  let root: Bytes
  var line: Line
  var space: Space
  /// The path of the store.
  var store: Text
  /// The directory of its tier.
  var directory: Text
  var mappings = Mappings()
  /// The checksum of the profiles effective.
  var profilesSum: UInt64 = 0
  /// The profiles: the name of the active one first.
  var profiles: Bytes
  /// stdin, stdout, stderr.
  var streams = (0, 1, 2)

  /// - Parameters:
  ///   - memory: `spaceSize` bytes that are used instead of a heap.
  ///   - root: where the tiers are.
  /// - Returns: nil for a call that the whole program has to read.
  init?(_ call: Call, _ memory: UnsafeMutableRawPointer, root: Bytes = Bytes("/dev/shm")) {
    guard let line = Line(call) else { return nil }
    (self.call, self.line, self.root) = (call, line, root)
    space = Space(memory, Self.spaceSize)
    profiles = Bytes(UnsafeRawPointer(memory), 0)
    guard let path = space.take(Self.pathSize), let tier = space.take(256) else { return nil }
    store = Text(path, Self.pathSize)
    directory = Text(tier, 256)
  }

  static var spaceSize: Int { 65536 }
  private static var pathSize: Int { 4096 }
  private static var entrySizeLimit: Int { 1 << 30 }

  /// Serves the call.
  ///
  /// - Returns: the exit status; `giveWay` or `wantsManifest` if the full program has to serve it.
  mutating func serve() -> Int32 {
    guard hasStreams() else { return Self.giveWay }
    let status = line.key.count > 0 ? serveKey() : serveCommand()
    if status < 0 { mappings.release() }
    return status
  }

  /// The full program has to serve it.
  static var giveWay: Int32 { -2 }
  /// The full program has to serve it, and may write a manifest by which the next call is served.
  static var wantsManifest: Int32 { -1 }

  /// A stream that the caller closed would be the next file that is opened.
  private func hasStreams() -> Bool {
    let getDescriptorFlags = 1
    return Syscall.call(front_sys_fcntl, streams.0, getDescriptorFlags) >= 0
      && Syscall.call(front_sys_fcntl, streams.1, getDescriptorFlags) >= 0
      && Syscall.call(front_sys_fcntl, streams.2, getDescriptorFlags) >= 0
  }

  /// `run`, `get -- command` and `has -- command`.
  private mutating func serveCommand() -> Int32 {
    guard findTier(), let digest = callDigest() else { return Self.giveWay }
    var attached: Bytes?
    guard let manifest = manifest(of: digest, &attached), holds(manifest) else {
      return Self.wantsManifest
    }
    guard let entry = attached.map({ Entry($0, key: manifest.key) }) ?? entry(manifest.key) else {
      return Self.giveWay
    }
    if line.verb == .run {
      guard entry.kind == 1, !entry.hasOutputs,
        let input = Input(streams.0, isNone: line.hasNoInput), input.admits(entry.input)
      else { return Self.giveWay }
    }
    let now = Self.microseconds()
    guard entry.isFresh(at: now, oldest: manifest.oldest), manifest.allows(entry.exitStatus),
      manifest.isFor(created: entry.created)
    else {
      return Self.giveWay
    }
    return give(entry, manifest.key, manifest.profile, now)
  }

  /// The manifest of a call.
  ///
  /// - Parameter attached: set to the file if it is that of the entry, with the manifest at its
  ///   end. Then it has two names for as long as the entry is in the tier.
  private mutating func manifest(of digest: Bytes, _ attached: inout Bytes?) -> Manifest? {
    guard let place = space.take(40) else { return nil }
    var name = Text(place, 40)
    name.append(byte: 0x6d)
    name.append(hex: digest)
    var isLinked = false
    guard let file = readTierFile(name.bytes, limit: Manifest.limit, touches: true, &isLinked)
    else { return nil }
    guard let entry = Entry.part(of: file) else {
      return Manifest(file, call: digest, profilesSum: profilesSum, verb: line.verb)
    }
    guard isLinked else { return nil }
    attached = file
    return Manifest(
      file.from(entry.count), call: digest, profilesSum: profilesSum, verb: line.verb)
  }

  /// The entry of a key.
  private mutating func entry(_ key: Bytes) -> Entry? {
    guard let place = space.take(40) else { return nil }
    // Twice the sum of the key: the library's `HotEntry.name(of:)`.
    var sum = Checksum()
    sum.update(key)
    var words = (sum.value.littleEndian, UInt64(0))
    sum.update(key)
    words.1 = sum.value.littleEndian
    var name = Text(place, 40)
    withUnsafePointer(to: &words) { name.append(hex: Bytes(UnsafeRawPointer($0), 16)) }
    guard let file = readTierFile(name.bytes, limit: Self.entrySizeLimit, touches: true) else {
      return nil
    }
    return Entry(file, key: key)
  }

  /// `get KEY` and `has KEY`, which need no manifest.
  private mutating func serveKey() -> Int32 {
    guard call.variable("CACHETRONOMY_PROFILE") == nil, findTier(),
      let profile = activeProfile(), let entry = entry(line.key)
    else { return Self.giveWay }
    let now = Self.microseconds()
    guard entry.isFresh(at: now, oldest: -1) else { return Self.giveWay }
    return give(entry, line.key, profile, now)
  }

  /// The name of the active profile, if there is such a profile.
  private func activeProfile() -> Bytes? {
    var cursor = Cursor(profiles)
    let active = cursor.counted()
    while cursor.isGood {
      var profile = Cursor(cursor.counted())
      if cursor.isGood, profile.counted().equals(active), profile.isGood { return active }
    }
    return nil
  }

  private static func microseconds() -> Int64 {
    let now = Syscall.now()
    return now.seconds &* 1_000_000 &+ now.nanoseconds / 1000
  }

  /// Writes what was asked for, and the record of it.
  private mutating func give(
    _ entry: Entry, _ key: Bytes, _ profile: Bytes, _ now: Int64
  ) -> Int32 {
    if line.verb == .has { return 0 }
    // On a terminal what `get` prints depends on the value.
    if line.verb == .get, Input.isTerminal(streams.1) { return Self.giveWay }
    guard profile.count <= 255, hasRoomInJournal() else { return Self.giveWay }
    let isRun = line.verb == .run
    var mask = SignalMask()
    mask.block(readerMayEnd: !isRun)
    var output = Output(streams.1, streams.2)
    guard output.write(entry, withErrors: isRun) else {
      if !output.hasBegun {
        mask.restore()
        return Self.giveWay
      }
      guard let place = space.take(256) else { return isRun ? 125 : 74 }
      var text = Text(place, 256)
      output.report(&text)
      return isRun ? 125 : 74
    }
    note(key, profile: profile, saved: isRun ? entry.cost : 0, at: now)
    return isRun ? Int32(bitPattern: entry.exitStatus) : 0
  }
}
