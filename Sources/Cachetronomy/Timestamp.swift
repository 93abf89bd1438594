internal import Glibc

/// A moment in UTC, in microseconds since 1970.
public struct Timestamp: Comparable, Hashable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64

  /// A moment this many microseconds after 1970.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The expiry of what never expires: the last microsecond of the year 9999.
  public static let never = Timestamp(microseconds: 253_402_300_799_999_999)
  /// The first moment of the year 0, the earliest that can be written.
  public static let earliest = Timestamp(microseconds: -62_167_219_200_000_000)

  /// The clock on the wall.
  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Whether the first comes before the second.
  public static func < (one: Timestamp, other: Timestamp) -> Bool {
    one.microseconds < other.microseconds
  }

  /// This moment and this many microseconds, held within the years 0 to 9999.
  public func adding(microseconds more: Int64) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(more)
    if overflow { return more > 0 ? .never : .earliest }
    return Timestamp(
      microseconds: min(max(sum, Self.earliest.microseconds), Self.never.microseconds))
  }

  /// Microseconds from the other moment to this one; neither is outside the years 0 to 9999.
  public func since(_ other: Timestamp) -> Int64 {
    let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
    return overflow ? (microseconds > 0 ? .max : .min) : difference
  }

  /// A time of a file system's, to the microsecond, held within the years 0 to 9999.
  init(_ time: timespec) {
    let seconds = Timestamp(microseconds: Int64(time.tv_nsec) / 1000)
    let (more, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000)
    self = seconds.adding(microseconds: overflow ? (time.tv_sec > 0 ? .max : .min) : more)
  }
}

extension Timestamp: CustomStringConvertible {
  /// `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`, the one form that the store's text comparisons rely on.
  public var description: String {
    let held = min(max(microseconds, Self.earliest.microseconds), Self.never.microseconds)
    let (days, rest) = Self.floorDivide(held, 86_400_000_000)
    let (year, month, day) = Self.civil(days: days)
    let seconds = rest / 1_000_000
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    func digits(_ value: Int64, _ width: Int, then mark: Unicode.Scalar?) {
      var left = value
      let end = bytes.count + width
      bytes.append(contentsOf: repeatElement(0x30, count: width))
      for place in 1...width {
        bytes[end - place] = 0x30 + UInt8(left % 10)
        left /= 10
      }
      if let mark { bytes.append(UInt8(ascii: mark)) }
    }
    digits(year, 4, then: "-")
    digits(month, 2, then: "-")
    digits(day, 2, then: "T")
    digits(seconds / 3600, 2, then: ":")
    digits(seconds / 60 % 60, 2, then: ":")
    digits(seconds % 60, 2, then: ".")
    digits(rest % 1_000_000, 6, then: nil)
    bytes.append(contentsOf: "+00:00".utf8)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads ISO 8601 as the seed wrote it: `T` or blank, a fraction of any length or none, `Z` or an
  /// offset; without an offset UTC is meant.
  ///
  /// Nil if it is anything else.
  public init?(_ text: String) {
    if let exact = Self.exact(text) {
      self = exact
      return
    }
    var reader = Reader(rest: Array(text.utf8)[...])
    guard let day = reader.date() else { return nil }
    if reader.rest.isEmpty {
      microseconds = day
      return
    }
    guard let time = reader.time(), let offset = reader.offset(), reader.rest.isEmpty else {
      return nil
    }
    microseconds = day + time - offset
  }

  /// Reads the parts of a time, each in microseconds; nil for what is not one.
  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func date() -> Int64? {
      guard let year = number(4), take("-"), let month = number(2), take("-"),
        let day = number(2), (1...12).contains(month), day >= 1,
        day <= Timestamp.days(in: month, of: year)
      else { return nil }
      return Timestamp.days(year: year, month: month, day: day) * 86_400_000_000
    }

    mutating func time() -> Int64? {
      guard take("Tt "), let hour = number(2), hour < 24, take(":"), let minute = number(2),
        minute < 60
      else { return nil }
      let minutes = (hour * 60 + minute) * 60_000_000
      guard take(":") else { return minutes }
      guard let second = number(2), second < 61 else { return nil }
      guard take(".,") else { return minutes + second * 1_000_000 }
      return fraction().map { minutes + second * 1_000_000 + $0 }
    }

    /// A fraction of a second, of any length.
    private mutating func fraction() -> Int64? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return nil }
      rest.removeFirst(digits.count)
      var (total, scale): (Int64, Int64) = (0, 100_000)
      for digit in digits.prefix(6) {
        total += Int64(digit - 0x30) * scale
        scale /= 10
      }
      return total
    }

    /// What is to be subtracted for UTC: `Z`, nothing, or hours and minutes with a sign.
    mutating func offset() -> Int64? {
      guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
        _ = take("Zz")
        return 0
      }
      rest.removeFirst()
      guard let hours = number(2), hours < 24 else { return nil }
      let isWhole = !take(":") && rest.isEmpty
      guard let minutes = isWhole ? 0 : number(2), minutes < 60 else { return nil }
      let offset = (hours * 60 + minutes) * 60_000_000
      return sign == UInt8(ascii: "+") ? offset : -offset
    }

    private mutating func number(_ count: Int) -> Int64? {
      guard rest.count >= count else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(count) {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      rest.removeFirst(count)
      return value
    }

    private mutating func take(_ marks: String) -> Bool {
      guard let first = rest.first, marks.utf8.contains(first) else { return false }
      rest.removeFirst()
      return true
    }
  }

  /// The form that this program writes, read without a detour; nil for any other.
  private static func exact(_ text: String) -> Timestamp? {
    text.utf8.withContiguousStorageIfAvailable { bytes -> Timestamp? in
      guard bytes.count == 32 else { return nil }
      var isSound = true
      func number(_ range: Range<Int>) -> Int64 {
        var value: Int64 = 0
        for byte in bytes[range] {
          let digit = byte &- 0x30
          isSound = isSound && digit <= 9
          value = value * 10 + Int64(digit)
        }
        return value
      }
      func mark(_ at: Int, _ scalar: Unicode.Scalar) {
        isSound = isSound && bytes[at] == UInt8(ascii: scalar)
      }
      let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
      let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
      let fraction = number(20..<26)
      for (at, scalar): (Int, Unicode.Scalar) in [
        (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."), (26, "+"), (27, "0"),
        (28, "0"), (29, ":"), (30, "0"), (31, "0"),
      ] { mark(at, scalar) }
      guard isSound, (1...12).contains(month), day >= 1, day <= days(in: month, of: year),
        hour < 24, minute < 60, second < 61
      else { return nil }
      let seconds = (hour * 60 + minute) * 60 + second
      return Timestamp(
        microseconds: days(year: year, month: month, day: day) * 86_400_000_000
          + seconds * 1_000_000 + fraction)
    } ?? nil
  }

  // The two conversions below are Howard Hinnant's civil calendar arithmetic (public domain).

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let quotient = value >= 0 ? value / by : (value - by + 1) / by
    return (quotient, value - quotient * by)
  }

  private static func civil(days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let (era, dayOfEra) = floorDivide(shifted, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(shifted, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
