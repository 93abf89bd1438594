internal import CPOSIX

/// The seccomp filter of a traced command: it stops at the watched calls and lets all others pass.
///
/// One instruction of classic BPF is 8 bytes: code (2), jumps if true and false (1 each), operand (4).
struct SystemCallFilter {
  private(set) var code: [UInt64] = []

  private static let load: UInt16 = 0x20
  private static let isEqual: UInt16 = 0x15
  private static let hasBits: UInt16 = 0x45
  private static let end: UInt16 = 0x06
  private static let allow: UInt32 = 0x7fff_0000
  private static let trace: UInt32 = 0x7ff0_0000

  // Offsets of struct seccomp_data; the lower half of an argument comes first.
  private static let number: UInt32 = 0
  private static let architecture: UInt32 = 4
  private static func argument(_ index: UInt32) -> UInt32 { 16 + index * 8 }

  init() {
    add(Self.load, Self.architecture)
    // Calls of another architecture are stopped at, so that they are seen.
    add(Self.isEqual, UInt32(truncatingIfNeeded: WatchedCall.architecture), 1, 0)
    add(Self.end, Self.trace)
    add(Self.load, Self.number)
    // A new namespace, or a process that is not traced.
    add(Self.isEqual, UInt32(SYS_clone), 0, 4)
    add(Self.load, Self.argument(0))
    add(Self.hasBits, UInt32(Tracer.unseenClones), 0, 1)
    add(Self.end, Self.trace)
    add(Self.end, Self.allow)
    // `sendto` without an address.
    add(Self.isEqual, UInt32(SYS_sendto), 0, 4)
    add(Self.load, Self.argument(4))
    add(Self.isEqual, 0, 0, 1)
    add(Self.end, Self.allow)
    add(Self.end, Self.trace)
    for (number, _) in WatchedCall.all where number != Int(SYS_sendto) { add(stop: number) }
    for (number, _) in WatchedCall.refused { add(stop: number) }
    add(Self.end, Self.allow)
  }

  private mutating func add(stop number: Int) {
    add(Self.isEqual, UInt32(truncatingIfNeeded: number), 0, 1)
    add(Self.end, Self.trace)
  }

  private mutating func add(_ code: UInt16, _ operand: UInt32, _ yes: UInt8 = 0, _ no: UInt8 = 0) {
    self.code.append(
      UInt64(code) | UInt64(yes) << 16 | UInt64(no) << 24 | UInt64(operand) << 32)
  }
}
