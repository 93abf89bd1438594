/// Bytes of the caller, the environment or a file.
///
/// Reads beyond the end return 0 or false. Nothing here traps: the object of the release build
/// holds no trap instruction.
struct Bytes {
  let start: UnsafeRawPointer
  let count: Int

  @inline(__always)
  init(_ start: UnsafeRawPointer, _ count: Int) {
    self.start = start
    self.count = count
  }

  @inline(__always)
  init(_ text: StaticString) {
    start = UnsafeRawPointer(text.utf8Start)
    count = text.utf8CodeUnitCount
  }

  /// A C string.
  @inline(__always)
  init(c start: UnsafeRawPointer) {
    var count = 0
    while start.load(fromByteOffset: count, as: UInt8.self) != 0 { count &+= 1 }
    self.init(start, count)
  }

  @inline(__always)
  subscript(_ at: Int) -> UInt8 {
    at >= 0 && at < count ? start.load(fromByteOffset: at, as: UInt8.self) : 0
  }

  @inline(__always)
  func holds(_ size: Int, at place: Int) -> Bool {
    place >= 0 && size >= 0 && place <= count && size <= count &- place
  }

  @inline(__always)
  func number64(_ at: Int) -> UInt64 {
    guard holds(8, at: at) else { return 0 }
    return UInt64(littleEndian: start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always)
  func signed64(_ at: Int) -> Int64 { Int64(bitPattern: number64(at)) }

  @inline(__always)
  func number32(_ at: Int) -> UInt32 {
    guard holds(4, at: at) else { return 0 }
    return UInt32(littleEndian: start.loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }

  /// A part; empty if it is not inside.
  @inline(__always)
  func part(_ at: Int, _ size: Int) -> Bytes {
    holds(size, at: at) ? Bytes(start + at, size) : Bytes(start, 0)
  }

  @inline(__always)
  func from(_ at: Int) -> Bytes { part(at, count &- at) }

  func equals(_ other: Bytes) -> Bool {
    if count != other.count { return false }
    var at = 0
    while at &+ 8 <= count {
      if number64(at) != other.number64(at) { return false }
      at &+= 8
    }
    while at < count {
      if self[at] != other[at] { return false }
      at &+= 1
    }
    return true
  }

  @inline(__always)
  func equals(_ text: StaticString) -> Bool { equals(Bytes(text)) }

  func starts(_ text: StaticString) -> Bool {
    let prefix = Bytes(text)
    return count >= prefix.count && part(0, prefix.count).equals(prefix)
  }

  /// The place of a byte; -1 if there is none.
  func first(_ byte: UInt8) -> Int {
    var at = 0
    while at < count {
      if self[at] == byte { return at }
      at &+= 1
    }
    return -1
  }
}

/// Reads numbers and stretches one after the other; after a read beyond the end it is not good.
struct Cursor {
  let bytes: Bytes
  var at: Int
  var isGood = true

  @inline(__always)
  init(_ bytes: Bytes, at start: Int = 0) {
    self.bytes = bytes
    at = start
  }

  @inline(__always)
  private mutating func advance(_ size: Int) -> Int {
    let place = at
    if bytes.holds(size, at: place) { at = place &+ size } else { isGood = false }
    return place
  }

  @inline(__always)
  mutating func number32() -> UInt32 { bytes.number32(advance(4)) }

  @inline(__always)
  mutating func number64() -> UInt64 { bytes.number64(advance(8)) }

  @inline(__always)
  mutating func part(_ size: Int) -> Bytes { bytes.part(advance(size), size) }

  /// Bytes with their count before them.
  @inline(__always)
  mutating func counted() -> Bytes { part(Int(truncatingIfNeeded: number32())) }
}
