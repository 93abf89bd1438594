internal import Cachetronomy
internal import System

extension Recording {
  /// Encodes the value of the entry for a recording.
  static func encode(
    argv: [[UInt8]], directory: [UInt8], exitStatus: Int32, duration: Int64,
    terms: ServingTerms = ServingTerms(), inputs: [UInt8] = [], files: [UInt8] = [],
    _ recorder: OutputRecorder
  ) throws(Failure) -> [UInt8] {
    let capacity = recorder.isSmall ? Int(recorder.bytes) + 1024 : 1024
    var writer = MessagePackWriter(capacity: capacity)
    writer.beginMap(
      (recorder.isSmall ? 7 : 8) + terms.fields.count + (inputs.isEmpty ? 0 : 1)
        + (files.isEmpty ? 0 : 1))
    writer.write("argv")
    writer.write(.array(argv.map { Value(textOrBytes: $0) }))
    writer.write("cwd")
    writer.write(Value(textOrBytes: directory))
    writer.write("exit_status")
    writer.write(Int64(exitStatus))
    writer.write("duration")
    writer.write(.double(Double(duration) / 1e6))
    for (name, value) in terms.fields {
      writer.write(name)
      writer.write(value)
    }
    if !inputs.isEmpty {
      writer.write("inputs")
      inputs.withUnsafeBytes { writer.write(binary: $0) }
    }
    if !files.isEmpty {
      writer.write("files")
      files.withUnsafeBytes { writer.write(binary: $0) }
    }
    if recorder.isSmall {
      let (order, output, errors) = try recorder.small()
      writer.write("order")
      writer.write(.array(order.map { .int($0) }))
      writer.write("stdout")
      output.withUnsafeBytes { writer.write(binary: $0) }
      writer.write("stderr")
      errors.withUnsafeBytes { writer.write(binary: $0) }
    } else {
      writer.write("chunks")
      writer.write(Int64(recorder.chunkSizes.count))
      writer.write("chunks_sum")
      writer.write(recorder.chunkSum.value)
      writer.write("stdout_bytes")
      writer.write(recorder.outputBytes)
      writer.write("stderr_bytes")
      writer.write(recorder.errorBytes)
    }
    return writer.bytes
  }
}
