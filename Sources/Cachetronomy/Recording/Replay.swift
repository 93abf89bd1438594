/// Writes the output of a recording in the order in which it was printed.
public struct Replay {
  private let recording: Recording
  private let data: [UInt8]
  private let file: TemporaryFile?
  private let chunkSizes: [Int]
  private let chunks: [[UInt8]]

  /// Prepares the replay of an entry; leaves no transaction open.
  ///
  /// - Throws: `Failure.badValue` if it is corrupt or incomplete.
  public init(_ entry: Entry, from store: Store) throws(Failure) {
    recording = try Recording(entry.data)
    data = entry.data
    chunks = []
    guard case .chunks = recording.body else {
      (file, chunkSizes) = (nil, [])
      return
    }
    guard let id = entry.info?.recording else { throw Self.incomplete }
    let recording = recording
    let copy = try TemporaryFile(in: store.directory)
    var sizes: [Int] = []
    let isWhole = try store.reading { () throws(Failure) in
      try store.chunks(of: id, recording) { bytes throws(Failure) in
        try copy.append(bytes)
        sizes.append(bytes.count)
      }
    }
    guard isWhole else { throw Self.incomplete }
    (file, chunkSizes) = (copy, sizes)
  }

  /// Prepares the replay of an entry that comes with its chunks.
  ///
  /// - Throws: `Failure.badValue` if it is corrupt or incomplete.
  package init(_ entry: Entry, chunks: [[UInt8]]) throws(Failure) {
    recording = try Recording(entry.data)
    (data, file, chunkSizes) = (entry.data, nil, [])
    self.chunks = chunks
    guard case .chunks = recording.body else { return }
    var sum = ChunkSum()
    for chunk in chunks where !sum.add(chunk) { throw Self.incomplete }
    guard sum.fits(recording) else { throw Self.incomplete }
  }

  private static let incomplete = Failure.badValue(
    format: "recording", detail: "missing or corrupt chunks")

  private static func walk(
    _ chunk: [UInt8], _ body: (Stream, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let result: Result<Bool, Failure> = chunk.withUnsafeBytes { bytes in
      Result { () throws(Failure) in try Frames.walk(bytes, body) }
    }
    guard try result.get() else { throw incomplete }
  }

  /// The recording.
  public var of: Recording { recording }

  /// Writes one or both streams, and skips a stream whose reader has left.
  ///
  /// Output recorded through one pipe for both streams counts as stdout.
  public func write(_ wanted: [Stream] = [.output, .errors], to sink: Sink) throws(Failure) {
    var isOutputOpen = wanted.contains(.output)
    var isErrorsOpen = wanted.contains(.errors)
    // An error on one stream does not stop the other.
    var unwritten: Failure?
    func give(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) {
      guard stream == .errors ? isErrorsOpen : isOutputOpen else { return }
      do throws(Failure) {
        if try sink(stream, bytes) { return }
      } catch {
        unwritten = unwritten ?? error
      }
      if stream == .errors { isErrorsOpen = false } else { isOutputOpen = false }
    }
    try walk(give, isOpen: { isOutputOpen || isErrorsOpen })
    if let unwritten { throw unwritten }
  }

  /// Passes all pieces on in order, while a stream accepts them.
  private func walk(
    _ give: (Stream, UnsafeRawBufferPointer) -> Void, isOpen: () -> Bool
  ) throws(Failure) {
    if let file {
      var offset = 0
      for size in chunkSizes where isOpen() {
        let chunk = try file.read(at: offset, count: size)
        offset += size
        try Self.walk(chunk, give)
      }
      return
    }
    for chunk in chunks where isOpen() { try Self.walk(chunk, give) }
    guard case .inline(let order, let output, let errors) = recording.body else { return }
    data.withUnsafeBytes { bytes in
      var (outputAt, errorsAt) = (output.lowerBound, errors.lowerBound)
      for turn in stride(from: 0, to: order.count, by: 2) {
        let stream = Stream(rawValue: UInt8(truncatingIfNeeded: order[turn])) ?? .output
        let start = stream == .errors ? errorsAt : outputAt
        let end = start + Int(order[turn + 1])
        if stream == .errors { errorsAt = end } else { outputAt = end }
        give(stream, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
    }
  }
}
