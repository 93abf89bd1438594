/// A value of some type: asked for by that type without the cost of a cast between existentials.
///
/// `@unchecked Sendable`: it holds nothing, and its one subclass holds one Sendable constant.
class AnyBox: @unchecked Sendable {}

/// A value of one type.
///
/// `@unchecked Sendable` as its superclass is.
final class Box<T: Sendable>: AnyBox, @unchecked Sendable {
  let value: T
  init(_ value: T) { self.value = value }
}

/// Entries held in the process: bounded, the least used leave first.
///
/// Not to be shared unchanged.
struct MemoryTier {
  /// An entry in memory.
  package final class Held {
    let entry: Entry
    fileprivate let expiry: Int64
    /// What a caller stored or read last, so that a hit of the same type decodes nothing.
    var object: AnyBox
    /// Reads while it is held.
    fileprivate(set) var count: Int64 = 0
    /// Reads that the access log does not know yet.
    var unlogged: Int64 = 0
    fileprivate var used: UInt64
    fileprivate let born: UInt64

    fileprivate init(_ entry: Entry, _ object: AnyBox, _ tick: UInt64) {
      self.entry = entry
      expiry = entry.expiry.microseconds
      self.object = object
      used = tick
      born = tick
    }
  }

  private struct Candidate {
    var count: Int64
    var used: UInt64
    var held: Held

    static func < (one: Candidate, other: Candidate) -> Bool {
      (one.count, one.used) < (other.count, other.used)
    }
  }

  private var entries: [Key: Held] = [:]
  private var heap: [Candidate] = []
  private var tick: UInt64 = 0

  /// How many entries there are.
  var count: Int { entries.count }

  /// All keys, in no order.
  var keys: [Key] { Array(entries.keys) }

  /// All entries, hottest first.
  var byUse: [Held] { entries.values.sorted { ($0.count, $0.used) > ($1.count, $1.used) } }

  /// The entry of a key, counted as a use; nil if it is not here or past its expiry.
  mutating func take(_ key: Key, at now: Timestamp) -> Held? {
    guard let held = entries[key], use(held, at: now) else { return nil }
    return held
  }

  /// Counts a use; false if it is past its expiry.
  mutating func use(_ held: Held, at now: Timestamp) -> Bool {
    guard now.microseconds < held.expiry else { return false }
    tick += 1
    held.count += 1
    held.unlogged += 1
    held.used = tick
    return true
  }

  /// The entry of a key, not counted.
  func peek(_ key: Key) -> Held? { entries[key] }

  /// Holds an entry, in place of an older one of its key.
  ///
  /// - Returns: those that had to leave, the replaced one included.
  mutating func put(_ entry: Entry, _ object: AnyBox, limit: Int) -> [Held] {
    tick += 1
    var left: [Held] = []
    if let old = remove(entry.key) { left.append(old) }
    guard limit > 0 else { return left }
    // The newcomer is no candidate: it would leave immediately where all others were read.
    left += shrink(to: limit - 1)
    let held = Held(entry, object, tick)
    held.count = left.first { $0.entry.key == entry.key }?.count ?? 0
    entries[entry.key] = held
    push(Candidate(count: held.count, used: tick, held: held))
    return left
  }

  /// Lets the least used go until this many are left.
  mutating func shrink(to limit: Int) -> [Held] {
    var left: [Held] = []
    while entries.count > max(0, limit), let held = leastUsed() {
      remove(held.entry.key)
      left.append(held)
    }
    return left
  }

  /// The least used entry, the longest unused of those.
  mutating func leastUsed() -> Held? {
    // The heap knows uses as they were: what was used since goes back where it belongs now.
    while let top = heap.first {
      guard entries[top.held.entry.key] === top.held else {
        pop()
        continue
      }
      if top.held.count == top.count, top.held.used == top.used { return top.held }
      pop()
      push(Candidate(count: top.held.count, used: top.held.used, held: top.held))
    }
    return nil
  }

  /// Forgets a key.
  @discardableResult
  mutating func remove(_ key: Key) -> Held? {
    let held = entries.removeValue(forKey: key)
    // What was removed otherwise than from the top of the heap is swept out of it occasionally.
    if heap.count > 2 * entries.count + 64 {
      let live = heap.filter { entries[$0.held.entry.key] === $0.held }
      heap = []
      for candidate in live { push(candidate) }
    }
    return held
  }

  /// Forgets all.
  ///
  /// - Returns: what was there.
  mutating func removeAll() -> [Held] {
    let all = Array(entries.values)
    (entries, heap) = ([:], [])
    return all
  }

  private mutating func push(_ item: Candidate) {
    heap.append(item)
    var at = heap.count - 1
    while at > 0, heap[at] < heap[(at - 1) / 2] {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == at { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}
