extension Value {
  /// MessagePack's timestamp: extension -1, in the shortest of its three forms.
  public init(timestamp: Timestamp) {
    let (seconds, rest) = timestamp.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let isBefore = rest < 0
    let whole = isBefore ? seconds - 1 : seconds
    let nanoseconds = UInt32((isBefore ? rest + 1_000_000 : rest) * 1000)
    var bytes: [UInt8] = []
    if nanoseconds == 0, let short = UInt32(exactly: whole) {
      withUnsafeBytes(of: short.bigEndian) { bytes.append(contentsOf: $0) }
    } else if whole >= 0, whole < 1 << 34 {
      let packed = UInt64(nanoseconds) << 34 | UInt64(whole)
      withUnsafeBytes(of: packed.bigEndian) { bytes.append(contentsOf: $0) }
    } else {
      withUnsafeBytes(of: nanoseconds.bigEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: whole.bigEndian) { bytes.append(contentsOf: $0) }
    }
    self = .extension(-1, bytes)
  }

  /// The moment of a MessagePack timestamp, to the microsecond; nil for any other value, and for
  /// one whose nanoseconds are no fraction of a second or that is beyond what a `Timestamp` holds.
  public var timestamp: Timestamp? {
    guard case .extension(-1, let bytes) = self else { return nil }
    func number<T: FixedWidthInteger>(_ at: Int, _: T.Type) -> T {
      bytes[at..<at + MemoryLayout<T>.size].reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }
    let (seconds, nanoseconds): (Int64, UInt32)
    switch bytes.count {
    case 4: (seconds, nanoseconds) = (Int64(number(0, UInt32.self)), 0)
    case 8:
      let packed = number(0, UInt64.self)
      (seconds, nanoseconds) = (Int64(packed & (1 << 34 - 1)), UInt32(packed >> 34))
    case 12: (seconds, nanoseconds) = (number(4, Int64.self), number(0, UInt32.self))
    default: return nil
    }
    let (scaled, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, isOver) = scaled.addingReportingOverflow(Int64(nanoseconds / 1000))
    guard nanoseconds < 1_000_000_000, !isTooLarge, !isOver else { return nil }
    return Timestamp(microseconds: sum)
  }
}
