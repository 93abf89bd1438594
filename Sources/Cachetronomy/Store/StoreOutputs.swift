internal import Glibc
internal import System

/// The contents of files that commands made: chunks under a digest of their bytes, which the table
/// `output` counts the users of.
extension Store {
  /// Those of some contents of which a chunk is missing.
  package func missing(_ contents: [OutputList.Content]) throws(Failure) -> [OutputList.Content] {
    var statement = try connection.prepare(
      "SELECT count(*) FROM output_chunk WHERE content = ?")
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
    // Each checkpoint waits for the disk twice.
    let isApart = foldsApart
    foldsApart = true
    defer { foldsApart = isApart }
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
      try checkpointOutputs()
    }
  }

  private static let outputBatch: Int64 = 4 << 20

  private func insertOutput(_ id: [UInt8], _ number: Int, _ bytes: [UInt8]) throws(Failure) {
    // Parts of it may have been left by a process that was killed.
    var statement = try connection.prepare(
      .insertOutput, "INSERT OR REPLACE INTO output_chunk (content, n, data) VALUES (?, ?, ?)")
    statement.bind(1, id)
    statement.bind(2, Int64(number))
    statement.bind(3, bytes)
    try statement.run()
    Fault.reach()
  }

  /// Stores one content in several transactions.
  ///
  /// It is checked in the last of them: before that, a chunk is missing. One from elsewhere stands under another name until then.
  private func putLargeOutput(
    _ content: OutputList.Content, isForeign: Bool,
    _ chunk: (OutputList.Content, Int) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    let id = isForeign ? Random.bytes(16) : content.digest
    var check = OutputCheck(isForeign: isForeign)
    do throws(Failure) {
      for start in stride(from: 0, to: content.chunkCount, by: 16) {
        let end = min(start + 16, content.chunkCount)
        try write { () throws(Failure) in
          for number in start..<end {
            try insertOutput(id, number, check.add(try chunk(content, number)))
          }
          if end == content.chunkCount { try check.require(content) }
        }
        try checkpointOutputs()
      }
      if isForeign { try renameOutput(id, to: content.digest) }
    } catch {
      try? dropOutput(id)
      throw error
    }
  }

  /// Keeps the log under 64 MiB.
  private func checkpointOutputs() throws(Failure) {
    if connection.committedFrames > 16_384 { try checkpoint() }
  }

  private func renameOutput(_ id: [UInt8], to digest: [UInt8]) throws(Failure) {
    try write { () throws(Failure) in
      var rename = try connection.prepare(
        "UPDATE OR IGNORE output_chunk SET content = ?1 WHERE content = ?2")
      rename.bind(1, digest)
      rename.bind(2, id)
      try rename.run()
    }
    try dropOutput(id)
  }

  /// Removes a content that is not what its digest says, or not to be used.
  package func dropOutput(_ id: [UInt8]) throws(Failure) {
    try write { () throws(Failure) in
      var statement = try connection.prepare("DELETE FROM output_chunk WHERE content = ?")
      statement.bind(1, id)
      try statement.run()
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
      let found = try outputChunk(content.digest, number) { bytes throws(Failure) in
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

  /// A chunk of a content in place; false if it is not there.
  package func outputChunk(
    _ content: [UInt8], _ number: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var statement = try connection.prepare(
      .outputChunk, "SELECT data FROM output_chunk WHERE content = ? AND n = ?")
    statement.bind(1, content)
    statement.bind(2, Int64(number))
    guard try statement.step() else { return false }
    let result: Result<Void, Failure> = statement.withBytes(0) { bytes in
      Result { () throws(Failure) in try body(bytes) }
    }
    try result.get()
    return true
  }

  /// How many files are kept for entries, and their bytes, each content counted once.
  package func outputTotals() throws(Failure) -> (contents: Int64, bytes: Int64) {
    var statement = try connection.prepare(
      """
      SELECT count(DISTINCT content), CAST(total(length(data)) AS INTEGER) FROM output_chunk
      WHERE content IN (SELECT content FROM output)
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

  /// Takes the next chunk; returns the bytes to store.
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
