/// One of the two outputs of a command.
public enum Stream: UInt8, Sendable {
  /// Standard output, descriptor 1.
  case output = 1
  /// Standard error, descriptor 2.
  case errors = 2
}

/// Takes the bytes of one stream as they come.
///
/// - Returns: false if nobody reads that stream any more.
/// - Throws: `Failure.file` for any other trouble with writing.
public typealias Sink = (Stream, UnsafeRawBufferPointer) throws(Failure) -> Bool
