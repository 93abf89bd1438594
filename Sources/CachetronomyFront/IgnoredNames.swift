/// The environment variables that are not in a cache key: the library's `IgnoredVariables`.
enum IgnoredNames {
  /// Whether a variable is ignored.
  static func contains(_ name: Bytes) -> Bool {
    guard name.count > 0 else { return false }
    let letter = UInt64(name[0] & 63)
    if letters(name.count) &>> letter & 1 == 1, isNamed(name) { return true }
    return prefixLetters &>> letter & 1 == 1 && hasPrefix(name)
  }

  private static func isNamed(_ name: Bytes) -> Bool {
    let all = names(name.count)
    var at = 0
    while at < all.count {
      if all[at] == name[0], all.part(at, name.count).equals(name) { return true }
      at &+= name.count &+ 1
    }
    return false
  }

  private static func hasPrefix(_ name: Bytes) -> Bool {
    let all = prefixes
    var at = 0
    while at < all.count {
      let size = all.from(at).first(0x7c)
      if size <= 0 { return false }
      if size <= name.count, all.part(at, size).equals(name.part(0, size)) { return true }
      at &+= size &+ 1
    }
    return false
  }
}
