internal import Cachetronomy
internal import System

/// Holds stdout back until the result of the command is known.
///
/// Stderr passes through. Held output passes through as well once it can no longer be buffered.
final class DeferredOutput: LiveSink {
  private let live: any LiveSink
  private let sink: Sink
  private let recorder: SpillFile
  private var count = 0
  private(set) var isHolding = true

  /// - Parameters:
  ///   - live: receives stderr while the command runs.
  ///   - sink: receives the held output.
  init(_ live: any LiveSink, then sink: @escaping Sink, beside store: Store?) {
    (self.live, self.sink) = (live, sink)
    recorder = SpillFile(beside: store)
  }

  func write(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) throws(Failure) -> LiveWrite {
    guard stream == .output, isHolding else { return try live.write(stream, bytes) }
    do throws(Failure) {
      try recorder.append(bytes)
      count += bytes.count
      return .wrote(bytes.count)
    } catch {
      guard try release() else { return .closed }
      return try live.write(stream, bytes)
    }
  }

  func polled(_ stream: Stream) -> Int32 { live.polled(stream) }

  /// Passes on all held output, and from now on passes output through.
  ///
  /// - Returns: false if the reader has left.
  @discardableResult
  func release() throws(Failure) -> Bool {
    isHolding = false
    var isRead = true
    try recorder.read(count) { bytes throws(Failure) in
      isRead = try sink(.output, bytes)
      return isRead
    }
    count = 0
    return isRead
  }
}
