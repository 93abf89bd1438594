/// An output stream of a command.
public enum Stream: UInt8, Sendable {
  /// Stdout, descriptor 1.
  case output = 1
  /// Stderr, descriptor 2.
  case errors = 2
  /// Both through one pipe, because the caller's two descriptors are the same open file.
  case both = 3

  /// The descriptor of this process that it is written to.
  public var descriptor: Int32 { self == .errors ? 2 : 1 }
}

/// Writes bytes of one stream.
///
/// - Returns: false if the stream has no reader left.
/// - Throws: `Failure.file` for any other write error.
public typealias Sink = (Stream, UnsafeRawBufferPointer) throws(Failure) -> Bool
