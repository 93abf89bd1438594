internal import Cachetronomy
internal import System

/// Checks the chunks that follow an entry: first those of its output, then those of its files.
struct ChunkCheck {
  private let recording: Recording
  private var contents: ArraySlice<OutputList.Content>
  private var sum = ChunkSum()
  private var number = 0
  private var digest = Digest(size: 32)

  /// The number of chunks so far.
  private(set) var count = 0
  /// The number of all chunks.
  let total: Int

  init(_ recording: Recording) {
    self.recording = recording
    contents = (OutputList(decoding: recording.files)?.contents ?? [])[...]
    total = recording.chunkCount + recording.outputChunkCount
  }

  /// The content and the number of the next chunk; nil if it is one of the output.
  var output: (content: OutputList.Content, number: Int)? {
    count < recording.chunkCount ? nil : contents.first.map { ($0, number) }
  }

  /// Takes the next chunk.
  ///
  /// - Returns: whether it may be the right one.
  mutating func add(_ chunk: [UInt8]) -> Bool {
    guard let (content, number) = output else {
      count += 1
      return sum.add(chunk)
    }
    count += 1
    guard chunk.count == content.size(ofChunk: number) else { return false }
    digest.update(chunk)
    self.number += 1
    guard self.number == content.chunkCount else { return true }
    contents = contents.dropFirst()
    self.number = 0
    defer { digest = Digest(size: 32) }
    return digest.finish() == content.digest
  }

  /// Whether all were taken and are those of the entry.
  var isWhole: Bool {
    count == total && (recording.chunkCount == 0 || sum.fits(recording))
  }
}
