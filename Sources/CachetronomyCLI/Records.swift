internal import Cachetronomy
internal import CommandCache

/// The JSON objects that commands print: names end in their unit, unknown is null, never left out.
enum Records {
  /// One entry of `list`.
  static func list(_ listed: Store.Listed, _ memory: Store.Memory, at now: Timestamp) -> Value {
    object(fields(listed.entry, size: listed.size, memory, at: now))
  }

  /// `show`.
  static func show(_ entry: Entry, in store: Store, at now: Timestamp) throws(Failure) -> Value {
    object(try showFields(entry, in: store, at: now))
  }

  /// `get --json`.
  static func value(_ entry: Entry, in store: Store, at now: Timestamp) throws(Failure) -> Value {
    var all = try showFields(entry, in: store, at: now)
    if entry.info?.origin == .run {
      var output: [UInt8] = []
      try Replay(entry, from: store).write([.output]) { _, bytes in
        output.append(contentsOf: bytes)
        return true
      }
      all.append(bytes("value", output))
    } else if entry.format == "msgpack" {
      all.append(bytes("value", try Payload.printed(entry)))
    } else {
      all.append(("value", try JSONReader.decode(entry.data, lenient: true)))
    }
    return object(all)
  }

  /// Text under its name, other bytes as base64 under `name_base64`.
  static func bytes(_ name: String, _ bytes: [UInt8]) -> (String, Value) {
    if let text = String(validating: bytes, as: UTF8.self) { return (name, .string(text)) }
    return (name + "_base64", .string(Base64.encode(bytes)))
  }

  static func object(_ fields: [(String, Value)]) -> Value {
    .map(fields.map { (.string($0.0), $0.1) })
  }

  /// How often and when a key was read.
  static func reads(_ row: Store.AccessCount) -> [(String, Value)] {
    [
      ("key", .string(row.key)), ("access_count", .int(row.count)),
      ("last_accessed", .string(row.last)),
    ]
  }

  /// Seconds with microseconds as a fraction.
  static func seconds(_ microseconds: Int64) -> Value { .double(Double(microseconds) / 1e6) }

  private static func fields(
    _ entry: Entry, size: Int64, _ memory: Store.Memory, at now: Timestamp
  ) -> [(String, Value)] {
    let tiers = (memory.holds(entry.key) ? ["memory"] : []) + ["store"]
    let isNever = entry.expiry == .never
    return [
      ("key", .string(entry.key.text)),
      ("digest", entry.key.digest.map { .string($0) } ?? .null),
      ("kind", .string(entry.info?.origin == .run ? "recording" : "value")),
      ("format", .string(entry.format)),
      ("tier", .array(tiers.map { .string($0) })),
      ("size_bytes", .int(size)),
      ("tags", .array(entry.tags.map { .string($0) })),
      ("version", .int(entry.version)),
      ("saved_by_profile", .string(entry.profile)),
      ("stored_at", entry.info.map { .string($0.created.description) } ?? .null),
      ("expires_at", isNever ? .null : .string(entry.expiry.description)),
      ("ttl_left_seconds", isNever ? .null : seconds(max(0, entry.expiry.since(now)))),
      ("state", .string(entry.state(at: now).rawValue)),
    ]
  }

  private static func showFields(
    _ entry: Entry, in store: Store, at now: Timestamp
  ) throws(Failure) -> [(String, Value)] {
    let access = try store.access(of: entry.key)
    let size = entry.info?.size ?? Int64(entry.data.count)
    return fields(entry, size: size, try store.memory(), at: now) + [
      ("access_count", .int(access?.count ?? 0)),
      ("last_accessed", access.map { .string($0.last) } ?? .null),
      ("last_accessed_by_profile", access.map { .string($0.profile) } ?? .null),
      ("recording", recording(entry)),
    ]
  }

  private static func recording(_ entry: Entry) -> Value {
    guard entry.info?.origin == .run, let recording = try? Recording(entry.data) else {
      return .null
    }
    let inputs = InputList(decoding: recording.inputs).map { Int64($0.items.count) }
    let outputs = OutputList(decoding: recording.files).map { Int64($0.fileCount) }
    return object([
      (
        "argv",
        .array(
          recording.argv.map { word in
            String(validating: word, as: UTF8.self).map { .string($0) }
              ?? object([("base64", .string(Base64.encode(word)))])
          })
      ),
      bytes("cwd", recording.directory),
      ("exit_status", .int(Int64(recording.exitStatus))),
      ("duration_seconds", seconds(recording.duration)),
      ("stdout_bytes", .int(recording.outputBytes)),
      ("stderr_bytes", .int(recording.errorBytes)),
      ("streams", .string(recording.terms.streamsName)),
      ("stdin", .string(recording.terms.inputName)),
      ("inputs", inputs.map { Value.int($0) } ?? Value.null),
      ("outputs", recording.files.isEmpty ? Value.null : outputs.map { .int($0) } ?? .null),
      ("profile", .string(entry.profile)),
      ("rule", entry.info?.rule.map { .string($0) } ?? .null),
    ])
  }
}
