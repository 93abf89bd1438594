internal import CFront

/// Asks again what making the key asked: the library's `Observation`.
extension Front {
  /// Whether all results are those of the manifest.
  mutating func holds(_ manifest: Manifest) -> Bool {
    guard let copy = space.take(Self.pathLimit), let block = space.take(128),
      let out = space.take(16)
    else { return false }
    var cursor = Cursor(manifest.observations)
    var paths = Paths(call: call, copy: copy)
    var left = manifest.count
    while left > 0 {
      let kind = cursor.number32()
      guard let path = paths.next(&cursor) else { return false }
      let facts = cursor.part(Self.factsSize)
      guard cursor.isGood, facts.count == Self.factsSize else { return false }
      if kind == 8 {
        guard paths.isLiteral, holds(variable: path, facts, block, out) else { return false }
      } else if !Self.holds(kind, path, facts) {
        return false
      }
      left &-= 1
    }
    return cursor.at == manifest.observations.count
  }

  private static var factsSize: Int { 56 }
  static var pathLimit: Int { 4096 }

  private static func holds(_ kind: UInt32, _ path: Bytes, _ facts: Bytes) -> Bool {
    let mode = facts.number32(40)
    let wanted = Int(facts.number32(44))
    if kind == 6 {
      let result = Syscall.call(
        front_sys_faccessat, Syscall.workingDirectory, Syscall.address(path.start), Int(mode & 7))
      return result == 0 &- wanted
    }
    var status = front_stat()
    let followsLinks = kind != 1 && kind != 3 && kind != 9
    let result = Syscall.status(path.start, &status, followsLinks: followsLinks)
    if kind <= 1 { return result < 0 && result == 0 &- wanted }
    guard result == 0 else { return false }
    if kind == 7 { return mode == status.type }
    guard facts.number64(0) == status.device, facts.number64(8) == status.inode,
      mode == status.mode
    else { return false }
    switch kind {
    case 2, 3:
      return facts.signed64(16) == status.size
        && facts.signed64(24) == status.modifiedNanoseconds
        && facts.signed64(32) == status.changedNanoseconds
    case 4, 9: return true
    case 5:
      return facts.signed64(24) == status.modifiedNanoseconds
        && facts.signed64(32) == status.changedNanoseconds
    default: return false
    }
  }

  private func holds(
    variable name: Bytes, _ facts: Bytes, _ block: UnsafeMutableRawPointer,
    _ out: UnsafeMutableRawPointer
  ) -> Bool {
    guard name.count > 0, name.first(0x3d) < 0, name.first(0) < 0 else { return false }
    guard let value = call.variable(name) else { return facts.number64(0) == 0 }
    guard facts.number64(0) == 1 else { return false }
    var digest = Blake2b(block: block)
    digest.update(value)
    digest.finish(out)
    return Bytes(UnsafeRawPointer(out), 16).equals(facts.part(8, 16))
  }
}

/// The paths of observations, each with a NUL after it.
private struct Paths {
  let call: Call
  /// Where a part of an argument is copied to.
  let copy: UnsafeMutableRawPointer
  private(set) var isLiteral = false
  /// The argument that the previous path was of: to measure each again would take long.
  private var index = -1
  private var argument: Bytes

  init(call: Call, copy: UnsafeMutableRawPointer) {
    self.call = call
    self.copy = copy
    argument = Bytes(UnsafeRawPointer(copy), 0)
  }

  mutating func next(_ cursor: inout Cursor) -> Bytes? {
    switch cursor.number32() {
    case 0:
      isLiteral = true
      let path = cursor.counted()
      let end = cursor.part(1)
      return cursor.isGood && end[0] == 0 ? path : nil
    case 1:
      isLiteral = false
      let index = Int(cursor.number32())
      let offset = Int(cursor.number32())
      let count = Int(cursor.number32())
      guard cursor.isGood else { return nil }
      if index != self.index {
        guard let found = call.argument(index) else { return nil }
        (argument, self.index) = (found, index)
      }
      guard argument.holds(count, at: offset) else { return nil }
      let path = argument.part(offset, count)
      if offset &+ count == argument.count { return path }
      guard count < Front.pathLimit else { return nil }
      front_copy(copy, path.start, count)
      copy.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
      return Bytes(UnsafeRawPointer(copy), count)
    default: return nil
    }
  }
}
