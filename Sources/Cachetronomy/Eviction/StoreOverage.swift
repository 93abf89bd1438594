internal import System

/// By how much a store is over its limits.
struct StoreOverage {
  /// Entries over `max_store_items`.
  var entries: Int64 = 0
  /// Bytes over what `max_store_size` leaves, with room for those who store next; 0 if that limit
  /// holds.
  var bytes: Int64 = 0
  /// The approximate number of entries to remove.
  private(set) var estimate: Int64 = 0

  private let goal: Int64
  private var floor: Int64 = 0
  private var content: Int64 = 0

  /// Nil if the limits hold.
  ///
  /// - Parameter expired: what is there still and does not count.
  init?(
    of store: Store, _ profile: Profile, without expired: Store.Removed = Store.Removed()
  ) throws(Failure) {
    goal = profile.maxStoreSize - profile.maxStoreSize / 16
    let used = try store.usedBytes() - expired.bytes
    let isLarge = profile.maxStoreSize > 0 && used > profile.maxStoreSize
    guard isLarge || profile.maxStoreItems > 0 else { return nil }
    let count = try store.entryCount() - expired.entries
    if profile.maxStoreItems > 0 { entries = max(0, count - profile.maxStoreItems) }
    if isLarge {
      // A page counts while one small entry is left on it. Were pages alone to decide, two thirds
      // of a store of small entries could go before the first page came free: half of it is enough.
      floor = goal / 2
      content = try store.contentBytes(of: count, used: used)
      bytes = max(0, min(used - goal, content - floor))
    }
    guard entries > 0 || bytes > 0 else { return nil }
    let average = max(1, content / max(1, count))
    estimate = max(entries, min(count, bytes / average * 3 / 2 + 64))
  }

  /// Bytes that still have to leave after this much has.
  func bytes(after removed: Store.Removed, in store: Store) throws(Failure) -> Int64 {
    guard bytes > 0 else { return 0 }
    let left = content.minus(removed.bytes).minus(removed.entries * Store.overhead)
    return max(0, min(try store.usedBytes() - goal, left.minus(floor)))
  }
}
