/// Why an entry left, as the eviction log says it.
public enum Reason: String, Sendable, CaseIterable {
  /// `evict`: from memory to the store.
  case manual = "manual_eviction"
  /// Memory pressure: from memory to the store.
  case memory = "memory_eviction"
  /// `clear --saved-by`.
  case profile = "profile_eviction"
  /// The store was over its limits.
  case size = "size_eviction"
  /// `clear --tag`.
  case tag = "tag_eviction"
  /// Expired.
  case time = "time_eviction"
  /// `delete`.
  case user = "user_eviction"
}
