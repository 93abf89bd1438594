/// Where a command's output goes.
public enum Stream: UInt8, Sendable {
  /// Stdout, descriptor 1.
  case output = 1
  /// Stderr, descriptor 2.
  case errors = 2
  /// Both, where one pipe was used for both because the caller's two descriptors are one open file.
  case both = 3

  /// The descriptor of this process to which it is written.
  public var descriptor: Int32 { self == .errors ? 2 : 1 }
}

/// Takes the bytes of one stream as they come.
///
/// - Returns: false if the stream has no reader left.
/// - Throws: `Failure.file` for any other write error.
public typealias Sink = (Stream, UnsafeRawBufferPointer) throws(Failure) -> Bool
