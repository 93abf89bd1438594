internal import CSQLite

/// A compiled statement with one owner, finalized when that goes.
struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let connection: Connection
  private let isKept: Bool

  init(_ handle: OpaquePointer, of connection: Connection, isKept: Bool = false) {
    self.handle = handle
    self.connection = connection
    self.isKept = isKept
  }

  deinit {
    if isKept {
      sqlite3_reset(handle)
      // Borrowed bytes must not outlive their owner in it.
      sqlite3_clear_bindings(handle)
    } else {
      sqlite3_finalize(handle)
    }
  }

  /// To the next row; false when there is none.
  mutating func step() throws(Failure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw connection.failure(code)
    }
  }

  /// Runs it to its end and makes it ready for other values.
  mutating func run() throws(Failure) {
    while try step() {}
    reset()
  }

  /// Makes it ready for other values; a statement that gave an error needs this too.
  mutating func reset() { sqlite3_reset(handle) }

  mutating func bind(_ index: Int32, _ value: Int64) {
    sqlite3_bind_int64(handle, index, value)
  }

  mutating func bind(_ index: Int32, _ value: Double) {
    sqlite3_bind_double(handle, index, value)
  }

  mutating func bind(_ index: Int32, _ text: String?) {
    guard var text else {
      sqlite3_bind_null(handle, index)
      return
    }
    text.withUTF8 { bytes in
      _ = bytes.withMemoryRebound(to: CChar.self) {
        cachetronomy_bind_text(handle, index, $0.baseAddress, Int32(clamping: $0.count))
      }
    }
  }

  mutating func bind(_ index: Int32, _ bytes: [UInt8]?) {
    guard let bytes else {
      sqlite3_bind_null(handle, index)
      return
    }
    if bytes.isEmpty {
      sqlite3_bind_zeroblob(handle, index, 0)
      return
    }
    bytes.withUnsafeBytes {
      _ = cachetronomy_bind_blob(handle, index, $0.baseAddress, Int32(clamping: $0.count))
    }
  }

  /// Binds bytes without a copy; they must stay until the statement is reset.
  mutating func bind(_ index: Int32, borrowed bytes: UnsafeRawBufferPointer) throws(Failure) {
    if bytes.isEmpty {
      sqlite3_bind_zeroblob(handle, index, 0)
      return
    }
    let code = cachetronomy_bind_blob_borrowed(
      handle, index, bytes.baseAddress, sqlite3_uint64(bytes.count))
    if code == SQLITE_TOOBIG {
      throw .tooLarge(bytes.count, limit: 1_000_000_000)
    }
    guard code == SQLITE_OK else { throw connection.failure(code) }
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_BLOB }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  /// The column's bytes as text, repaired where they are not UTF-8.
  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The column's bytes.
  func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

  /// The column's bytes in place, until the next step.
  func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    let start = sqlite3_column_blob(handle, column)
    return body(
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }
}
