internal import CPOSIX
internal import Glibc
internal import System

/// What the tracer tells the process that started it, over a pipe.
package enum TraceReport {
  /// The PID of the command.
  case started(Int32)
  /// The command cannot be traced: `errno`. It was not started.
  case cannotTrace(Int32)
  /// The program cannot be executed: `errno`.
  case cannotExecute(Int32)
  /// The command ended, with a status of `wait`.
  case ended(Int32)
  /// What it used.
  case inputs(Refusal?, usesMachine: Bool, count: Int, [UInt8])

  private var code: UInt8 {
    switch self {
    case .started: UInt8(ascii: "P")
    case .cannotTrace: UInt8(ascii: "T")
    case .cannotExecute: UInt8(ascii: "X")
    case .ended: UInt8(ascii: "E")
    case .inputs: UInt8(ascii: "I")
    }
  }

  static func send(_ report: TraceReport) {
    var bytes = [report.code]
    switch report {
    case .started(let number), .cannotTrace(let number), .cannotExecute(let number),
      .ended(let number):
      bytes.append(little: number)
    case .inputs(let refusal, let usesMachine, let count, let items):
      bytes.append(usesMachine ? 1 : 0)
      bytes.append(refusal?.kind.rawValue ?? 0)
      bytes.append(counted: Array((refusal?.detail ?? "").utf8.prefix(4096)))
      bytes.append(little: UInt64(count))
      bytes.append(contentsOf: items)
    }
    write(bytes)
  }

  /// Writes a part of a report.
  static func write(_ bytes: [UInt8]) {
    var left = bytes[...]
    while !left.isEmpty {
      let count = left.withUnsafeBytes { Glibc.write(TraceLoop.report, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      left = left.dropFirst(count)
    }
  }

  /// Decodes the next report of a stream.
  ///
  /// - Parameters:
  ///   - bytes: what was received.
  ///   - at: where the report begins; moved behind it.
  /// - Returns: nil if it is not complete.
  package static func next(_ bytes: [UInt8], _ at: inout Int) -> TraceReport? {
    bytes.withUnsafeBytes { all in
      var reader = FieldReader(all, at: at)
      guard let code = reader.number(UInt8.self) else { return nil }
      if code == UInt8(ascii: "I") {
        guard let usesMachine = reader.number(UInt8.self), let kind = reader.number(UInt8.self),
          let detail = reader.text(),
          let count = reader.number(UInt64.self), let count = Int(exactly: count)
        else { return nil }
        let refusal = Refusal.Kind(rawValue: kind).map { Refusal(kind: $0, detail: detail) }
        let items = Array(all[reader.at...])
        at = all.count
        return .inputs(refusal, usesMachine: usesMachine == 1, count: count, items)
      }
      guard let number = reader.number(Int32.self) else { return nil }
      at = reader.at
      switch code {
      case UInt8(ascii: "P"): return .started(number)
      case UInt8(ascii: "T"): return .cannotTrace(number)
      case UInt8(ascii: "X"): return .cannotExecute(number)
      default: return .ended(number)
      }
    }
  }
}
