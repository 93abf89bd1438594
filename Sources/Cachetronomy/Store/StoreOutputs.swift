internal import Glibc
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

  /// Stores contents, at most 4 MiB in one transaction; those that are there stay.
  ///
  /// Nothing stands under a digest before it was checked: others would take it for what they made. No
  /// entry names the contents before it is put; `gc` removes those that none does.
  ///
  /// - Parameters:
  ///   - contents: what to store, each once.
  ///   - isForeign: whether the digests were made elsewhere, so that sums alone are not believed.
  ///   - chunk: gives the bytes of a chunk, in the order of contents and chunks.
  /// - Throws: `Failure.badValue` for a content that is not what it should be.
  package func putOutputs(
    _ contents: [OutputList.Content], isForeign: Bool,
    _ chunk: (OutputList.Content, Int) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    var left = contents[...]
    while let next = left.first {
      if next.size > Self.outputBatch {
        try putLargeOutput(next, isForeign: isForeign, chunk)
        left = left.dropFirst()
        continue
      }
      var batch: [(content: OutputList.Content, chunks: [[UInt8]])] = []
      var bytes: Int64 = 0
      while let next = left.first, next.size <= Self.outputBatch - bytes {
        var check = OutputCheck(isForeign: isForeign)
        var chunks: [[UInt8]] = []
        for number in 0..<next.chunkCount { chunks.append(check.add(try chunk(next, number))) }
        try check.require(next)
        batch.append((next, chunks))
        bytes += next.size
        left = left.dropFirst()
      }
      try write { () throws(Failure) in
        for (content, chunks) in batch {
          for (number, bytes) in chunks.enumerated() {
            try insertOutput(content.digest, number, bytes)
          }
        }
      }
    }
  }

  private static let outputBatch: Int64 = 4 << 20

  private func insertOutput(_ id: [UInt8], _ number: Int, _ bytes: [UInt8]) throws(Failure) {
    var statement = try connection.prepare("INSERT OR IGNORE INTO chunk VALUES (?, ?, ?)")
    statement.bind(1, id)
    statement.bind(2, Int64(number))
    statement.bind(3, bytes)
    try statement.run()
    Fault.reach()
  }

  /// Stores one content under another name first.
  private func putLargeOutput(
    _ content: OutputList.Content, isForeign: Bool,
    _ chunk: (OutputList.Content, Int) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    let id = Random.bytes(16)
    var check = OutputCheck(isForeign: isForeign)
    do throws(Failure) {
      for start in stride(from: 0, to: content.chunkCount, by: 16) {
        try write { () throws(Failure) in
          for number in start..<min(start + 16, content.chunkCount) {
            try insertOutput(id, number, check.add(try chunk(content, number)))
          }
        }
      }
      try check.require(content)
      try write { () throws(Failure) in
        var rename = try connection.prepare(
          "UPDATE OR IGNORE chunk SET recording = ?1 WHERE recording = ?2")
        rename.bind(1, content.digest)
        rename.bind(2, id)
        try rename.run()
      }
      try dropChunks(of: id)
    } catch {
      try? dropChunks(of: id)
      throw error
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

  /// Passes the bytes of a content to `body`, chunk by chunk.
  ///
  /// - Returns: whether all are there and unchanged.
  package func bytes(
    of content: OutputList.Content, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    let zeros = [UInt8](repeating: 0, count: OutputList.Content.chunkSize)
    return try chunks(of: content) { number, bytes throws(Failure) in
      if !bytes.isEmpty { return try body(bytes) }
      let result: Result<Void, Failure> = zeros.withUnsafeBytes { zeros in
        Result { () throws(Failure) in
          try body(UnsafeRawBufferPointer(rebasing: zeros[..<content.size(ofChunk: number)]))
        }
      }
      try result.get()
    }
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

/// Checks the chunks of a content while they are stored.
private struct OutputCheck {
  private var sum = OutputSum()
  private var digest: Digest?
  private var size: Int64 = 0

  init(isForeign: Bool) { digest = isForeign ? Digest(size: 32) : nil }

  /// Takes the next chunk; returns it as it is stored.
  mutating func add(_ chunk: [UInt8]) -> [UInt8] {
    size += Int64(chunk.count)
    digest?.update(chunk)
    let stored = chunk.isZero ? [] : chunk
    stored.withUnsafeBytes { sum.add($0) }
    return stored
  }

  mutating func require(_ content: OutputList.Content) throws(Failure) {
    guard size == content.size, sum.value == content.sum,
      digest?.finish() ?? content.digest == content.digest
    else { throw .badValue(format: "recording", detail: "an output is not what its digest says") }
  }
}

extension [UInt8] {
  /// Whether all bytes are zero.
  package var isZero: Bool { withUnsafeBytes { $0.isZero } }
}

extension UnsafeRawBufferPointer {
  /// Whether all bytes are zero.
  package var isZero: Bool {
    guard let start = baseAddress, count > 0, self[0] == 0 else { return false }
    // Each byte is the same as the one before.
    return count == 1 || memcmp(start, start + 1, count - 1) == 0
  }
}
