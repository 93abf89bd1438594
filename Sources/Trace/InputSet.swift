internal import Glibc
internal import System

/// The paths that a command used, each with its state before the first use.
///
/// Flat memory, since a path is noted at each stop: no arrays, no strings.
struct InputSet {
  struct Item {
    var hash: UInt64
    /// The offset of the path in `text`, which ends with a NUL.
    var path: Int
    var length: Int32
    var use: Use
    var state: FileState
    /// A digest of the contents before they were changed, or of the names in a directory.
    var digest: (UInt64, UInt64)?
    /// Whether later changes of it might not show in its times.
    var isUnsettled = false
  }

  private(set) var count = 0
  private var capacity = 2048
  private var items: UnsafeMutablePointer<Item>
  private var slots: UnsafeMutablePointer<UInt32>
  private var text: UnsafeMutablePointer<CChar>
  private var textCount = 0
  private var textCapacity = 1 << 18

  init() {
    items = .allocate(capacity: capacity)
    slots = .allocate(capacity: capacity * 2)
    slots.initialize(repeating: 0, count: capacity * 2)
    text = .allocate(capacity: textCapacity)
  }

  subscript(_ index: Int) -> Item { items[index] }
  func path(_ item: Item) -> UnsafePointer<CChar> { UnsafePointer(text + item.path) }

  private static func hash(_ path: UnsafePointer<CChar>, _ length: Int, _ use: Use) -> UInt64 {
    var h: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: length)
    if use.contains(.itself) { h = ~h }
    let bytes = UnsafeRawPointer(path)
    var at = 0
    while at &+ 8 <= length {
      h = (h ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* 0x9fb2_1c65_1e98_df25
      h ^= h >> 29
      at &+= 8
    }
    while at < length {
      h = (h ^ UInt64(bytes.load(fromByteOffset: at, as: UInt8.self))) &* 0x100_0000_01b3
      at &+= 1
    }
    return h ^ h >> 32
  }

  /// Keeps a use of a path; its state is taken at the first.
  mutating func note(_ path: UnsafePointer<CChar>, _ length: Int, _ use: Use) {
    let use = use.contains(.read) ? use.union(.readFirst) : use
    let hash = Self.hash(path, length, use)
    var at = place(of: hash, path, length, use)
    if slots[at] != 0 {
      let index = Int(slots[at]) - 1
      prepare(&items[index], use)
      let isFirst = items[index].use.isDisjoint(with: .changing)
      items[index].use.formUnion(isFirst ? use : use.subtracting(.readFirst))
      return
    }
    if count == capacity {
      grow()
      at = place(of: hash, path, length, use)
    }
    reserve(length + 1)
    memcpy(text + textCount, path, length)
    text[textCount + length] = 0
    var item = Item(
      hash: hash, path: textCount, length: Int32(length),
      use: use,
      state: FileState(text + textCount, itself: use.contains(.itself)))
    textCount += length + 1
    settle(&item)
    prepare(&item, use)
    (items + count).initialize(to: item)
    count += 1
    slots[at] = UInt32(count)
  }

  private func place(
    of hash: UInt64, _ path: UnsafePointer<CChar>, _ length: Int, _ use: Use
  ) -> Int {
    let mask = capacity * 2 - 1
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at] != 0 {
      let item = items[Int(slots[at]) - 1]
      if item.hash == hash, Int(item.length) == length,
        item.use.contains(.itself) == use.contains(.itself),
        memcmp(text + item.path, path, length) == 0
      {
        break
      }
      at = (at + 1) & mask
    }
    return at
  }

  private mutating func reserve(_ size: Int) {
    guard textCount + size > textCapacity else { return }
    let larger = UnsafeMutablePointer<CChar>.allocate(capacity: textCapacity * 2)
    larger.update(from: text, count: textCount)
    text.deallocate()
    text = larger
    textCapacity *= 2
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Item>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: items, count: count)
    items.deallocate()
    slots.deallocate()
    items = larger
    capacity *= 2
    slots = .allocate(capacity: capacity * 2)
    slots.initialize(repeating: 0, count: capacity * 2)
    let mask = capacity * 2 - 1
    for index in 0..<count {
      var at = Int(truncatingIfNeeded: items[index].hash) & mask
      while slots[at] != 0 { at = (at + 1) & mask }
      slots[at] = UInt32(index + 1)
    }
  }

  // MARK: the state before a use

  /// Changes within one tick of the clock that stamps files get the same time.
  private static let tick: Int64 = 4_000_000
  private static let tickCount = 3

  /// Holds the command until a later change of the file would get another time.
  private func settle(_ item: inout Item) {
    guard item.state.error == 0 else { return }
    for _ in 0..<Self.tickCount {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME_COARSE, &now)
      // A change of the contents is also one of the attributes, whose time cannot be set.
      let last = item.state.changed
      guard last > now.nanoseconds - 2 * Self.tick else { return }
      if item.state.changed % 1_000_000_000 == 0 {
        item.isUnsettled = last > now.nanoseconds - 2_000_000_000
        return
      }
      var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.tick))
      nanosleep(&pause, nil)
      item.state = FileState(path(item), itself: item.use.contains(.itself))
      if item.state.error != 0 { return }
    }
  }

  /// Takes a digest of what is about to be changed after it was read, and of a directory's names.
  private func prepare(_ item: inout Item, _ use: Use) {
    guard item.digest == nil else { return }
    if use.contains(.listed), item.state.isDirectory {
      item.digest = Self.names(path(item))
    } else if !use.isDisjoint(with: .changing), item.state.isFile {
      item.digest = Self.contents(path(item))
    }
  }

  /// The first half of a digest of a regular file's bytes; nil if it cannot be read.
  static func contents(_ path: UnsafePointer<CChar>) -> (UInt64, UInt64)? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return Digest.of(descriptor: file).map(pair)
  }

  private static func pair(_ digest: [UInt8]) -> (UInt64, UInt64) {
    digest.withUnsafeBytes {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }

  /// A digest of the names in a directory and their types; nil if it cannot be read.
  static func names(_ path: UnsafePointer<CChar>) -> (UInt64, UInt64)? {
    DirectoryNames(path).map { pair($0.digest) }
  }
}
