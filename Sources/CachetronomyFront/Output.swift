internal import CFront

/// Writes what an entry printed, as the library's `HotEntry.write` does.
struct Output {
  /// Whether any byte was written: the whole program must not write it again.
  private(set) var hasBegun = false
  /// The first error, and whether it was that of stderr.
  private(set) var error = 0
  private(set) var isOfErrors = false
  private let output: Int
  private let errors: Int

  init(_ output: Int, _ errors: Int) {
    (self.output, self.errors) = (output, errors)
  }

  /// - Returns: whether all was written; a stream without a reader any more is passed over.
  mutating func write(_ entry: Entry, withErrors: Bool) -> Bool {
    var isOutputOpen = true
    var isErrorsOpen = withErrors
    var at = 0
    var turn = 0
    while turn < entry.turns.count {
      let word = entry.turns.number64(turn)
      let size = Int(truncatingIfNeeded: word >> 1)
      let isErrors = word & 1 == 1
      if isErrors ? isErrorsOpen : isOutputOpen {
        let result = pass(isErrors ? errors : output, entry.payload.part(at, size))
        if result < 0 {
          // What cannot be written does not keep back the other stream.
          if isErrors { isErrorsOpen = false } else { isOutputOpen = false }
          let (badDescriptor, brokenPipe) = (-9, -32)
          let isFailure = result != brokenPipe && !(isErrors && result == badDescriptor)
          if isFailure, !hasBegun { return false }
          if isFailure, error == 0 { (error, isOfErrors) = (0 &- result, isErrors) }
        }
      }
      at &+= size
      turn &+= 8
    }
    return error == 0
  }

  /// - Returns: 0 or the error.
  private mutating func pass(_ descriptor: Int, _ bytes: Bytes) -> Int {
    var at = 0
    while at < bytes.count {
      let part = bytes.from(at)
      let count = Syscall.call(
        front_sys_write, descriptor, Syscall.address(part.start), part.count)
      let (interrupted, wouldBlock) = (-4, -11)
      if count == interrupted { continue }
      if count == wouldBlock {
        Syscall.waitToWrite(descriptor)
        continue
      }
      if count < 0 { return count }
      if count > 0 { hasBegun = true }
      at &+= count
    }
    return 0
  }

  /// Says why the output could not be written whole.
  func report(_ text: inout Text) {
    text.append("cachetronomy: cannot write to '")
    text.append(isOfErrors ? "stderr" : "stdout")
    text.append("': ")
    switch error {
    case 5: text.append("Input/output error")
    case 27: text.append("File too large")
    case 28: text.append("No space left on device")
    case 104: text.append("Connection reset by peer")
    case 122: text.append("Disk quota exceeded")
    default:
      text.append("error ")
      text.append(decimal: UInt32(truncatingIfNeeded: error))
    }
    text.append(byte: 0x0a)
    _ = Syscall.call(front_sys_write, errors, Syscall.address(text.path), text.count)
  }
}

/// The signals of failed writes, which are errors instead while an entry is written.
struct SignalMask {
  private var old: UInt64 = 0

  /// - Parameter readerMayEnd: whether a reader who left ends the process, as Unix does.
  mutating func block(readerMayEnd: Bool) {
    var mask: UInt64 = readerMayEnd ? 1 << 24 : 1 << 12 | 1 << 24
    withUnsafeMutablePointer(to: &mask) { mask in
      withUnsafeMutablePointer(to: &old) {
        _ = Syscall.call(
          front_sys_rt_sigprocmask, 0, Syscall.address(mask), Syscall.address($0), 8)
      }
    }
  }

  mutating func restore() {
    withUnsafeMutablePointer(to: &old) {
      _ = Syscall.call(front_sys_rt_sigprocmask, 2, Syscall.address($0), 0, 8)
    }
  }
}
