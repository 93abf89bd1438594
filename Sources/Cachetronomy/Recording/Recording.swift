/// The result of a command: its arguments, status and output.
public struct Recording: Sendable, Equatable {
  /// The arguments of the command, secrets redacted.
  public var argv: [[UInt8]]
  /// The working directory of the command.
  public var directory: [UInt8]
  /// Its exit status.
  public var exitStatus: Int32
  /// The run time, in microseconds.
  public var duration: Int64
  /// Number of bytes of stdout.
  public var outputBytes: Int64
  /// Number of bytes of stderr.
  public var errorBytes: Int64
  /// Where the output is.
  public var body: Body
  /// Which calls it may be served to.
  public var terms = ServingTerms()
  /// The inputs of a traced command, as `InputList` encodes them; empty if it was not traced.
  package var inputs: [UInt8] = []
  /// The files that come back with it, as `OutputList` encodes them; empty if there are none.
  package var files: [UInt8] = []
  /// The checksum of its chunks.
  var chunkSum: Int64?

  /// Where the output of a recording is.
  public enum Body: Sendable, Equatable {
    /// In the entry itself: alternating streams and lengths, and the range of each stream in
    /// `data`.
    case inline(order: [Int64], output: Range<Int>, errors: Range<Int>)
    /// In this number of chunks.
    case chunks(Int)
  }

  /// Decodes the value of a recording's entry.
  ///
  /// - Throws: `Failure.badValue` if it is not a recording.
  public init(_ data: [UInt8]) throws(Failure) {
    let result: Result<Recording, Failure> = data.withUnsafeBytes { bytes in
      Result { () throws(Failure) in try Recording(reading: bytes) }
    }
    self = try result.get()
  }

  private static let bad = Failure.badValue(format: "recording", detail: "inconsistent fields")

  private init(reading bytes: UnsafeRawBufferPointer) throws(Failure) {
    var reader = MessagePackReader(bytes)
    var (words, cwd, status, seconds, turns): (Value?, Value?, Value?, Value?, Value?)
    var (count, sum, outputCount, errorCount, isMerged): (Value?, Value?, Value?, Value?, Value?)
    var (output, errors, inputs, made): (Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?)
    var (input, moved, outputs): (Value?, Value?, Value?)
    for _ in 0..<(try reader.mapCount()) {
      guard case .string(let name) = try reader.read() else { throw Self.bad }
      switch name {
      case "argv": words = try reader.read()
      case "chunks": count = try reader.read()
      case "chunks_sum": sum = try reader.read()
      case "cwd": cwd = try reader.read()
      case "duration": seconds = try reader.read()
      case "exit_status": status = try reader.read()
      case "files": made = try reader.blob()
      case "input": input = try reader.read()
      case "inputs": inputs = try reader.blob()
      case "input_moved": moved = try reader.read()
      case "merged": isMerged = try reader.read()
      case "order": turns = try reader.read()
      case "outputs": outputs = try reader.read()
      case "stderr": errors = try reader.blob()
      case "stderr_bytes": errorCount = try reader.read()
      case "stdout": output = try reader.blob()
      case "stdout_bytes": outputCount = try reader.read()
      default: _ = try reader.read()
      }
    }
    guard reader.offset == bytes.count, case .array(let words)? = words, let cwd = cwd?.rawBytes,
      let status = status?.integer, (0...255).contains(status),
      case .double(let seconds)? = seconds, seconds >= 0, seconds < 1e9,
      let terms = ServingTerms(input, moved, isMerged, outputs)
    else { throw Self.bad }
    (argv, directory, exitStatus) = (words.compactMap(\.rawBytes), cwd, Int32(status))
    (duration, self.terms, files) = (Int64(seconds * 1e6), terms, Self.copy(bytes, made))
    self.inputs = Self.copy(bytes, inputs)
    if let count = count?.integer {
      guard let chunks = Int(exactly: count), chunks > 0, let outputBytes = outputCount?.integer,
        let errorBytes = errorCount?.integer
      else { throw Self.bad }
      (self.outputBytes, self.errorBytes, chunkSum) = (outputBytes, errorBytes, sum?.integer)
      body = .chunks(chunks)
      return
    }
    guard let output, let errors, case .array(let items)? = turns,
      let order = Self.order(items, isMerged: terms.isMerged, (output.count, errors.count))
    else { throw Self.bad }
    (outputBytes, errorBytes) = (Int64(output.count), Int64(errors.count))
    body = .inline(order: order, output: output, errors: errors)
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>?) -> [UInt8] {
    range.map { Array(bytes[$0]) } ?? []
  }

  /// The number of chunks of its output.
  package var chunkCount: Int { if case .chunks(let count) = body { count } else { 0 } }

  /// The number of chunks of its files, each content counted once.
  package var outputChunkCount: Int {
    OutputList(decoding: files)?.contents.reduce(0) { $0 + $1.chunkCount } ?? 0
  }

  /// Whether its entry has an id, for chunks of output or for files.
  package var isNamed: Bool {
    if case .chunks = body { true } else { !files.isEmpty }
  }

  /// Reads the turns of the streams: stream and bytes of each.
  ///
  /// - Returns: nil if they do not add up to the bytes of the two streams.
  private static func order(
    _ items: [Value], isMerged: Bool, _ bytes: (output: Int, errors: Int)
  ) -> [Int64]? {
    let order = items.compactMap(\.integer)
    guard order.count == items.count, order.count % 2 == 0 else { return nil }
    var (output, errors) = (Int64(bytes.output), Int64(bytes.errors))
    for at in stride(from: 0, to: order.count, by: 2) {
      let count = order[at + 1]
      guard count >= 0 else { return nil }
      switch order[at] {
      case 1 where count <= output: output -= count
      case 3 where isMerged && count <= output: output -= count
      case 2 where count <= errors: errors -= count
      default: return nil
      }
    }
    return output == 0 && errors == 0 ? order : nil
  }
}

extension Value {
  /// Creates text if the bytes are UTF-8, else a byte string.
  package init(textOrBytes bytes: [UInt8]) {
    self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
  }

  /// The bytes of a text or byte string.
  var rawBytes: [UInt8]? {
    switch self {
    case .string(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    default: nil
    }
  }
}
