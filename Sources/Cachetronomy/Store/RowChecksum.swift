internal import System

extension Checksum {
  /// The sum of a row: of all that a reader gets from it, the value first.
  ///
  /// - Parameters:
  ///   - entry: as stored.
  ///   - expiry: its expiry as the row spells it.
  ///   - tags: its tags as the row spells them.
  static func of(_ entry: Entry, expiry: String, tags: String) -> Int64 {
    var sum = Checksum()
    entry.data.withUnsafeBytes { sum.update($0) }
    sum.update(entry.key.text)
    sum.update(entry.format)
    sum.update(expiry)
    sum.update(tags)
    sum.update(entry.profile)
    guard let info = entry.info else { return Int64(bitPattern: sum.value) }
    let numbers = (
      entry.version, info.created.microseconds, info.keepUntil.microseconds, info.size,
      info.cost, info.origin.rawValue, info.began.microseconds
    )
    withUnsafeBytes(of: numbers) { sum.update($0) }
    if let rule = info.rule { sum.update(rule) }
    info.recording?.withUnsafeBytes { sum.update($0) }
    return Int64(bitPattern: sum.value)
  }

  private mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }
}
