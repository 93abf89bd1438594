internal import Cachetronomy
internal import Glibc
internal import System

/// Records the output of a command: in memory while it is small, else in an unlinked temporary file
/// in the directory of the store.
final class OutputRecorder {
  /// Maximum size of a recording in one row, in bytes.
  static let smallLimit = 1 << 20
  /// Approximate size of a chunk, in bytes.
  static let chunkSize = 256 << 10

  private let directory: String
  private let limit: Int64
  private var current: [UInt8] = []
  private var lastHead: (at: Int, stream: Stream, count: Int)?
  private var full: [[UInt8]] = []
  private var file: TemporaryFile?
  private let runLock: TemporaryFile?
  private(set) var chunkSizes: [Int] = []
  private(set) var chunkSum = ChunkSum()

  /// Number of bytes of each stream so far.
  private(set) var outputBytes: Int64 = 0
  private(set) var errorBytes: Int64 = 0
  /// Why recording stopped; nil while it continues.
  private(set) var abandoned: Abandonment?

  enum Abandonment {
    /// Larger than the maximum size of an entry.
    case tooLarge
    /// The temporary file could not be written.
    case failed(Failure)
    /// The command reads input that is not in its key, so the result cannot be stored.
    case readsInput
  }

  /// - Parameter runLock: a file to use instead of a temporary one.
  init(directory: String, limit: Int64, runLock: TemporaryFile? = nil) {
    self.directory = directory
    self.runLock = runLock
    self.limit = limit
  }

  var bytes: Int64 { outputBytes + errorBytes }
  var isSmall: Bool { file == nil }

  func append(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) {
    guard abandoned == nil, !bytes.isEmpty else { return }
    if stream == .errors {
      errorBytes += Int64(bytes.count)
    } else {
      outputBytes += Int64(bytes.count)
    }
    guard self.bytes <= limit else { return abandon(.tooLarge) }
    if let last = lastHead, last.stream == stream {
      let count = last.count + bytes.count
      current.replaceSubrange(
        last.at..<last.at + Frames.headSize, with: Frames.head(stream, count))
      lastHead = (last.at, stream, count)
    } else {
      lastHead = (current.count, stream, bytes.count)
      current.append(contentsOf: Frames.head(stream, bytes.count))
    }
    current.append(contentsOf: bytes)
    if current.count >= Self.chunkSize { closeChunk() }
  }

  func abandon(_ why: Abandonment) {
    guard abandoned == nil else { return }
    abandoned = why
    (current, full, file, lastHead) = ([], [], nil, nil)
  }

  private func closeChunk() {
    if current.isEmpty { return }
    chunkSizes.append(current.count)
    _ = chunkSum.add(current)
    if file == nil, bytes <= Self.smallLimit {
      full.append(current)
    } else {
      do throws(Failure) {
        if file == nil {
          let made: TemporaryFile
          if let runLock { made = runLock } else { made = try TemporaryFile(in: directory) }
          for chunk in full { try made.append(chunk) }
          (file, full) = (made, [])
        }
        try file?.append(current)
      } catch {
        return abandon(.failed(error))
      }
    }
    current.removeAll(keepingCapacity: true)
    lastHead = nil
  }

  /// Writes all recorded output to the flight's file, where other processes read it.
  ///
  /// - Returns: false if it is incomplete.
  func share() -> Bool {
    guard let runLock, abandoned == nil else { return false }
    if file != nil {
      finish()
      return abandoned == nil
    }
    do {
      for chunk in full + [current] where !chunk.isEmpty { try runLock.append(chunk) }
      return true
    } catch {
      return false
    }
  }

  /// Finishes a large recording by writing its last chunk to the file.
  func finish() {
    if bytes > Self.smallLimit || file != nil { closeChunk() }
  }

  /// Returns both streams and the order of their pieces, as alternating streams and lengths.
  func small() throws(Failure) -> (order: [Int64], output: [UInt8], errors: [UInt8]) {
    var (order, output, errors): ([Int64], [UInt8], [UInt8]) = ([], [], [])
    output.reserveCapacity(Int(outputBytes))
    errors.reserveCapacity(Int(errorBytes))
    for chunk in full + [current] {
      let result: Result<Bool, Failure> = chunk.withUnsafeBytes { bytes in
        Result { () throws(Failure) in
          try Frames.walk(bytes) { stream, piece in
            if order.count >= 2, order[order.count - 2] == Int64(stream.rawValue) {
              order[order.count - 1] += Int64(piece.count)
            } else {
              order += [Int64(stream.rawValue), Int64(piece.count)]
            }
            if stream == .errors {
              errors.append(contentsOf: piece)
            } else {
              output.append(contentsOf: piece)
            }
          }
        }
      }
      _ = try result.get()
    }
    return (order, output, errors)
  }

  /// Returns a function that yields the chunks of a large recording in order.
  func chunks() -> () throws(Failure) -> [UInt8]? {
    var (number, offset) = (0, 0)
    return { () throws(Failure) in
      guard let file = self.file, number < self.chunkSizes.count else { return nil }
      let chunk = try file.read(at: offset, count: self.chunkSizes[number])
      offset += chunk.count
      number += 1
      return chunk
    }
  }
}
