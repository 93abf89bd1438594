/// How long something is kept.
public struct TimeToLive: Hashable, Sendable, Comparable {
  /// The length in microseconds; `Int64.max` is for ever.
  public var microseconds: Int64

  /// A length in microseconds; below zero counts as zero.
  public init(microseconds: Int64) { self.microseconds = max(0, microseconds) }

  /// A length in whole seconds; what does not fit is for ever.
  public init(seconds: Int64) {
    let (product, overflow) = max(0, seconds).multipliedReportingOverflow(by: 1_000_000)
    microseconds = overflow ? .max : product
  }

  /// For ever.
  public static let never = TimeToLive(microseconds: .max)
  /// What `never` is in the seed's whole-second columns: a hundred years.
  public static let neverInSeconds: Int64 = 3_153_600_000

  /// Whole seconds for the seed's columns; nil if it is no whole number of seconds.
  public var wholeSeconds: Int64? {
    if self == .never { return Self.neverInSeconds }
    return microseconds % 1_000_000 == 0 ? microseconds / 1_000_000 : nil
  }

  /// When something kept from that moment on expires.
  public func expiry(from start: Timestamp) -> Timestamp {
    self == .never ? .never : start.adding(microseconds: microseconds)
  }

  /// The same, shorter by a random part of a share of it.
  ///
  /// - Parameters:
  ///   - percent: the share, 0 to 100.
  ///   - chance: which part of the share: 0 is none, and 1 all of it.
  public func shortened(by percent: Int64, _ chance: Double) -> TimeToLive {
    if percent <= 0 || self == .never || microseconds == 0 { return self }
    let share = Double(min(100, percent)) / 100 * min(1, max(0, chance))
    // Never to nothing: what is stored is to be found once.
    return TimeToLive(
      microseconds: microseconds - min(Int64(Double(microseconds) * share), microseconds - 1))
  }

  /// Whether the first comes before the second.
  public static func < (one: TimeToLive, other: TimeToLive) -> Bool {
    one.microseconds < other.microseconds
  }

  /// A unit: its letters, what it begins with where it is written out, and its length in microseconds.
  private struct Unit {
    let name: String
    let words: [String]
    let microseconds: Int64

    /// Whether it is meant: `h`, `hr`, `hrs`, `hour`, `hours`.
    func matches(_ text: String) -> Bool {
      text == name || words.contains { text == $0 || text == $0 + "s" }
    }
  }

  private static let units = [
    Unit(name: "y", words: ["year"], microseconds: 31_536_000_000_000),
    Unit(name: "w", words: ["week"], microseconds: 604_800_000_000),
    Unit(name: "d", words: ["day"], microseconds: 86_400_000_000),
    Unit(name: "h", words: ["hr", "hour"], microseconds: 3_600_000_000),
    Unit(name: "m", words: ["min", "minute"], microseconds: 60_000_000),
    Unit(name: "s", words: ["sec", "second"], microseconds: 1_000_000),
    Unit(name: "ms", words: ["msec", "millisecond"], microseconds: 1000),
  ]

  /// Reads digits with `ms s m h d w y`, largest first (`1h30m`, `1h 30min`, `2 days`), plain seconds, or
  /// `never`.
  ///
  /// A year has 365 days.
  /// - Throws: `Failure.badDuration` for anything else: fractions, signs, too large.
  public init(_ text: String) throws(Failure) {
    if text == "never" {
      self = .never
      return
    }
    var left = Array(text.utf8)[...]
    var total: Int64 = 0
    var allowed = Self.units[...]
    guard !left.isEmpty else { throw .badDuration(text) }
    while !left.isEmpty {
      let digits = left.prefix { $0 >= 0x30 && $0 <= 0x39 }
      left = left.dropFirst(digits.count).drop { $0 == 0x20 }
      let letters = left.prefix { $0 > 0x39 }
      left = left.dropFirst(letters.count)
      guard let count = Int64(String(decoding: digits, as: UTF8.self)) else {
        throw .badDuration(text)
      }
      var unit = String(decoding: letters, as: UTF8.self)
      let isLast = left.isEmpty
      if unit.isEmpty, isLast, allowed.count == Self.units.count, text.utf8.last != 0x20 {
        unit = "s"
      }
      guard let place = allowed.firstIndex(where: { $0.matches(unit) }) else {
        throw .badDuration(text)
      }
      let (product, tooLarge) = count.multipliedReportingOverflow(by: allowed[place].microseconds)
      let (sum, over) = total.addingReportingOverflow(product)
      guard !tooLarge, !over, sum < .max else { throw .badDuration(text) }
      total = sum
      allowed = allowed[(place + 1)...]
      left = left.drop { $0 == 0x20 }
      // Nothing follows a blank at the end.
      if left.isEmpty, !isLast { throw .badDuration(text) }
    }
    microseconds = total
  }
}

extension TimeToLive: CustomStringConvertible {
  /// The shortest spelling that reads back as the same length: `1h30m`, `never`, `0s`.
  public var description: String {
    if self == .never { return "never" }
    var left = microseconds
    var text = ""
    for unit in Self.units.dropFirst() where left >= unit.microseconds {
      text += "\(left / unit.microseconds)\(unit.name)"
      left %= unit.microseconds
    }
    return text.isEmpty ? "0s" : text
  }
}
