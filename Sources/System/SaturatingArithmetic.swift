/// Sums of numbers that others may have written, held at the limits instead of ending the process.
extension Int64 {
  /// The sum, or the limit that it is beyond.
  package func plus(_ more: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(more)
    return overflow ? (more > 0 ? .max : .min) : sum
  }

  /// The difference, or the limit that it is beyond.
  package func minus(_ less: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(less)
    return overflow ? (less < 0 ? .max : .min) : difference
  }
}
