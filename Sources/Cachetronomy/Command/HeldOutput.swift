/// Keeps standard output back until it is known whether the command's answer is wanted.
///
/// Standard error passes. If what is kept back cannot be held any longer, it passes too.
final class HeldOutput {
  private let sink: Sink
  private let spool: SpooledFile
  private var count = 0
  private(set) var isHolding = true

  init(_ sink: @escaping Sink, beside store: Store?) {
    self.sink = sink
    spool = SpooledFile(beside: store)
  }

  func take(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    guard stream == .output, isHolding else { return try sink(stream, bytes) }
    do throws(Failure) {
      try spool.append(bytes)
      count += bytes.count
      return true
    } catch {
      guard try release() else { return false }
      return try sink(stream, bytes)
    }
  }

  /// Passes all that was held on, and from now on what comes.
  ///
  /// - Returns: false if nobody reads it any more.
  @discardableResult
  func release() throws(Failure) -> Bool {
    isHolding = false
    var isRead = true
    try spool.read(count) { bytes throws(Failure) in
      isRead = try sink(.output, bytes)
      return isRead
    }
    count = 0
    return isRead
  }
}
