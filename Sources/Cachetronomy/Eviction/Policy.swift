/// Which entries leave first when a store is over its limits.
public enum Policy: String, Sendable, CaseIterable {
  /// Those read or stored the longest time ago.
  case lru
  /// Those read least often; among equals those read or stored the longest time ago.
  case lfu
  /// Those that took the least time to make for each byte they hold.
  case cost
}
