internal import ArgumentParser
internal import Cachetronomy
internal import Glibc
internal import System

/// Keys on stdin, one a line, or each before a NUL.
struct StdinKeys {
  private let mark: UInt8
  private var buffer: [UInt8] = []
  private var at = 0
  private var isOver = false
  private var number = 0

  init(zero: Bool) { mark = zero ? 0 : 0x0a }

  /// The next key as it stands there: `#` and digits are no digest here.
  ///
  /// - Throws: `Failure.badKey` with the number of the line.
  mutating func next() throws(Failure) -> Key? {
    while true {
      if let end = buffer[at...].firstIndex(of: mark) {
        defer { at = end + 1 }
        return try key(buffer[at..<end])
      }
      if isOver {
        defer { at = buffer.count }
        return at == buffer.count ? nil : try key(buffer[at...])
      }
      // A line of any length is known for too long when it is.
      guard buffer.count - at <= Key.limit else { return try key(buffer[at...]) }
      buffer.removeFirst(at)
      at = 0
      try fill()
    }
  }

  private mutating func fill() throws(Failure) {
    let more = try Input.some()
    isOver = more.isEmpty
    buffer += more
  }

  private mutating func key(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Key {
    number += 1
    func bad(_ why: String) -> Failure { .badKey("standard input, key \(number): \(why)") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw bad("it is no UTF-8") }
    guard !text.utf8.contains(0) else { throw bad("it holds a NUL (see -z)") }
    guard !text.isEmpty else { throw bad("it is empty") }
    guard bytes.count <= Key.limit else {
      throw bad("it is over \(ByteSize.text(Int64(Key.limit)))")
    }
    return try Key(text)
  }

  /// Keys until the end, some at a time.
  mutating func batch(_ most: Int = 1000) throws(Failure) -> [Key] {
    var keys: [Key] = []
    while keys.count < most, let key = try next() { keys.append(key) }
    return keys
  }
}

/// What `get`, `has` and `delete` take next to `--stdin`.
struct StdinKeysOptions: ParsableArguments {
  @Flag(
    name: .customShort("z"), help: "With --stdin and no key: NUL ends each key.")
  var zero = false

  /// The keys on stdin, if no key and no command is given.
  func keys(
    _ options: KeyOptions, _ words: CommandWords, isNamed: Bool
  ) throws(Failure) -> StdinKeys? {
    if options.stdin, !isNamed, words.bytes.isEmpty, options.pipeline == nil {
      return StdinKeys(zero: zero)
    }
    if zero { throw .badSetting("option -z", "it goes with --stdin, without a key") }
    return nil
  }
}
