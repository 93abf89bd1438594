#if hasFeature(Embedded)
  /// Called by `front_start` (Sources/CFront/start.c), the entry point of the release binary.
  ///
  /// - Parameters:
  ///   - stack: as the kernel made it: the number of arguments, their addresses, 0, those of the
  ///     environment, 0, the auxiliary vector.
  ///   - memory: `Front.spaceSize` bytes.
  /// - Returns: the exit status; below 0 if the whole program has to start.
  @c(front_main)
  public func main(_ stack: UnsafeRawPointer, _ memory: UnsafeMutableRawPointer) -> Int32 {
    let word = MemoryLayout<UInt>.size
    let count = stack.load(as: Int.self)
    let environment = stack + word &* (count &+ 2)
    var call = Call(arguments: stack + word, count: count, environment: environment)
    guard call.readCredentials() else { return Front.giveWay }
    guard var front = Front(call, memory) else { return Front.giveWay }
    return front.serve()
  }

  extension Call {
    /// Reads the user and group from the auxiliary vector, which follows the environment.
    ///
    /// - Returns: false if they are not there, or the program has more rights than its caller.
    fileprivate mutating func readCredentials() -> Bool {
      var index = 0
      while Self.string(environment, index) != nil { index &+= 1 }
      let word = MemoryLayout<UInt>.size
      var at = environment + word &* (index &+ 1)
      var found = 0
      while true {
        let kind = at.load(as: UInt.self)
        let value = at.load(fromByteOffset: word, as: UInt.self)
        let id = UInt32(truncatingIfNeeded: value)
        switch kind {
        case 0: return found == 15
        case 11: (user, found) = (id, found | 1)
        case 12: (effectiveUser, found) = (id, found | 2)
        case 13: (group, found) = (id, found | 4)
        case 14: (effectiveGroup, found) = (id, found | 8)
        case 23 where value != 0: return false
        default: break
        }
        at += word &* 2
      }
    }
  }
#endif
