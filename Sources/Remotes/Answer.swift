internal import Cachetronomy
internal import System

/// A reply of the server.
enum Answer: Equatable {
  case nothing
  case bytes([UInt8])
  case integer(Int64)
  case status(String)
  /// The first word of what it complains of.
  case refusal(String)

  /// Whether it is what a name holds, or that it holds nothing.
  var isValue: Bool {
    switch self {
    case .nothing, .bytes: true
    case .integer, .status, .refusal: false
    }
  }
}
