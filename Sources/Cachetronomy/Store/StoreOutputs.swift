internal import System

/// The contents of files that commands made: chunks under a digest of their bytes, which the table
/// `output` counts the users of.
extension Store {
  /// Those of some contents of which a chunk is missing.
  package func missing(_ contents: [OutputList.Content]) throws(Failure) -> [OutputList.Content] {
    var statement = try connection.prepare("SELECT count(*) FROM chunk WHERE recording = ?")
    var missing: [OutputList.Content] = []
    for content in contents {
      statement.bind(1, content.digest)
      let count = try statement.step() ? statement.integer(0) : 0
      statement.reset()
      if count != content.chunkCount { missing.append(content) }
    }
    return missing
  }

  /// A chunk to be stored: of which content, which, and its bytes.
  package typealias OutputChunk = (content: [UInt8], number: Int, bytes: [UInt8])

  /// Stores chunks, at most 4 MiB in one transaction. Those that are there stay: they are the same.
  ///
  /// No entry names them before it is put; `gc` removes those that none does.
  package func putOutputs(_ next: () throws(Failure) -> OutputChunk?) throws(Failure) {
    var more = true
    while more {
      try write { () throws(Failure) in
        var statement = try connection.prepare("INSERT OR IGNORE INTO chunk VALUES (?, ?, ?)")
        var bytes = 0
        while bytes < 4 << 20 {
          guard let chunk = try next() else {
            more = false
            return
          }
          bytes += chunk.bytes.count
          statement.bind(1, chunk.content)
          statement.bind(2, Int64(chunk.number))
          statement.bind(3, chunk.bytes)
          try statement.run()
          Fault.reach()
        }
      }
    }
  }

  /// Notes which contents an entry uses; inside the transaction that stores it.
  ///
  /// - Throws: `Failure.badValue` if one of them is not there as a whole.
  func insertOutputs(of entry: Entry, recording: [UInt8]) throws(Failure) {
    guard let recorded = try? Recording(entry.data), !recorded.files.isEmpty,
      let list = OutputList(decoding: recorded.files)
    else { return }
    let contents = list.contents
    // They may have left with the last entry that used them since they were put.
    guard try missing(contents).isEmpty else {
      throw .badValue(format: "recording", detail: "the contents of an output are missing")
    }
    var insert = try connection.prepare("INSERT OR IGNORE INTO output VALUES (?, ?)")
    for content in contents {
      insert.bind(1, recording)
      insert.bind(2, content.digest)
      try insert.run()
    }
  }

  /// Passes the chunks of a content to `body` in order; a chunk of zeros has no bytes.
  ///
  /// - Returns: whether all are there and unchanged.
  package func chunks(
    of content: OutputList.Content,
    _ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var sum = OutputSum()
    for number in 0..<content.chunkCount {
      var isWhole = false
      let found = try chunk(of: content.digest, number: number) { bytes throws(Failure) in
        isWhole = bytes.isEmpty || bytes.count == content.size(ofChunk: number)
        sum.add(bytes)
        if isWhole { try body(number, bytes) }
      }
      guard found, isWhole else { return false }
    }
    return sum.value == content.sum
  }

  /// How many files are kept for entries, and their bytes, each content counted once.
  package func outputTotals() throws(Failure) -> (contents: Int64, bytes: Int64) {
    var statement = try connection.prepare(
      """
      SELECT count(DISTINCT recording), CAST(total(length(data)) AS INTEGER) FROM chunk
      WHERE recording IN (SELECT content FROM output)
      """)
    guard try statement.step() else { return (0, 0) }
    return (statement.integer(0), statement.integer(1))
  }
}

/// The checksum over the chunks of a file.
package struct OutputSum {
  private var sum = Checksum()

  package init() {}

  package var value: UInt64 { sum.value }

  package mutating func add(_ chunk: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: Checksum.ofLanes(chunk)) { sum.update($0) }
  }
}
