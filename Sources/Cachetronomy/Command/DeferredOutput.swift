/// Keeps stdout back until it is known whether the command's output is wanted.
///
/// Stderr passes. If what is kept back cannot be held any longer, it passes too.
final class DeferredOutput: LiveSink {
  private let live: any LiveSink
  private let sink: Sink
  private let spool: SpillFile
  private var count = 0
  private(set) var isHolding = true

  /// - Parameters:
  ///   - live: takes stderr while the command runs.
  ///   - sink: takes what was held.
  init(_ live: any LiveSink, then sink: @escaping Sink, beside store: Store?) {
    (self.live, self.sink) = (live, sink)
    spool = SpillFile(beside: store)
  }

  func write(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite {
    guard stream == .output, isHolding else { return try live.write(stream, bytes) }
    do throws(Failure) {
      try spool.append(bytes)
      count += bytes.count
      return .wrote(bytes.count)
    } catch {
      guard try release() else { return .closed }
      return try live.write(stream, bytes)
    }
  }

  func polled(_ stream: Stream) -> Int32 { live.polled(stream) }

  /// Passes on all that was held, and from now on what comes.
  ///
  /// - Returns: false if its reader has left.
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
