/// The result to a question for a key.
public enum Lookup: Sendable, Equatable {
  /// A fresh entry.
  case hit(Entry)
  /// An entry past its expiry that is still kept.
  case stale(Entry)
  /// Nothing that may be served, and why.
  case miss(Miss)
}

/// Why there is nothing to serve.
public enum Miss: String, Sendable, CaseIterable {
  /// There is no such entry.
  case absent
  /// There is one, but its row or its value is damaged.
  case corrupt
  /// There is one, but it has expired.
  case expired
  /// The caller asked not to look.
  case forced
}
