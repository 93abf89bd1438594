internal import Cachetronomy
internal import Glibc
internal import System
internal import Trace

/// Decides whether the result of a traced command may be kept, and what it depends on.
struct TraceJudgement {
  /// Paths that are neither inputs nor outputs.
  private let ignored: [Pattern]
  /// Directories whose files are not checked again, each with a slash.
  private let trusted: [[UInt8]]
  private let probe: Probe
  private(set) var items: [InputList.Item] = []
  private(set) var refusal: Refusal?
  /// What was made or changed below the working directory, for `--output auto`.
  private(set) var made: [[UInt8]] = []
  private let outputs: OutputPaths
  private var changes: [[UInt8]: [Change]] = [:]
  private let redactor: Redactor

  init(
    _ settings: RunSettings, _ outputs: OutputPaths, _ probe: Probe, _ redactor: Redactor
  ) {
    self.outputs = outputs
    let directory = outputs.directory
    self.redactor = redactor
    // A relative pattern is below the working directory.
    ignored = settings.traceIgnore.map { text in
      text.hasPrefix("/") || text.hasPrefix("*")
        ? Pattern(text) : Pattern(String(decoding: directory, as: UTF8.self) + "/" + text)
    }
    trusted = settings.traceTrust.map { Array($0.utf8) + ($0.hasSuffix("/") ? [] : [0x2f]) }
    self.probe = probe
  }

  /// Judges all paths that a command used.
  mutating func judge(_ inputs: [TracedInput]) {
    let inputs = Self.merged(inputs)
    if !outputs.isEmpty { noteChanges(inputs) }
    for input in inputs where !ignored.contains(where: { $0.matches(input.path) }) {
      if outputs.isEmpty || !judgeOutput(input) { judge(input) }
    }
    items.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// Adds what uname(2) gives, by the files that have the same.
  mutating func addMachine() {
    for name in ["domainname", "hostname", "osrelease", "version"] {
      let path = Array("/proc/sys/kernel/\(name)".utf8)
      var status = stat()
      guard path.withCPath({ stat($0, &status) }) == 0 else { continue }
      var item = InputList.Item(path: path, kind: .file, mode: status.st_mode, stamp: 0)
      item.owner = InputList.Item.owner(status)
      item.digest = item.digest(status, probe)
      items.append(item)
    }
    items.sort { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// Merges the uses of a path with and without following it, where the command changed what is there
  /// between the two: its state before the first use counts.
  private static func merged(_ inputs: [TracedInput]) -> [TracedInput] {
    var merged: [TracedInput] = []
    var first: [[UInt8]: Int] = [:]
    for input in inputs {
      guard let index = first[input.path] else {
        first[input.path] = merged.count
        merged.append(input)
        continue
      }
      let isChanged = input.isChanging || merged[index].isChanging
      if isChanged, merged[index].before != input.before || !input.isUsed {
        merged[index].merge(input)
      } else {
        if isChanged { merged[index].merge(input) }
        merged.append(input)
      }
    }
    return merged
  }

  /// Of several reasons the one that tells most: what was made, before what raced with it.
  private mutating func refuse(_ kind: Refusal.Kind, _ input: TracedInput) {
    func rank(_ kind: Refusal.Kind) -> Int {
      switch kind {
      case .created: 0
      case .removed: 1
      case .changed: 2
      default: 3
      }
    }
    if let refusal, rank(refusal.kind) <= rank(kind) { return }
    refusal = Refusal(kind: kind, detail: String(decoding: input.path, as: UTF8.self))
  }

  /// Judges a path of `--output`: it is an input only if it is read before it is changed.
  ///
  /// - Returns: false if it is to be judged as any other path.
  private mutating func judgeOutput(_ input: TracedInput) -> Bool {
    let path = OutputPaths.relative(input.path, in: outputs.directory)
    let isNamed = outputs.coversFile(input.path)
    guard isNamed || outputs.isAutomatic && path.first != 0x2f && input.isChanging else {
      return false
    }
    // What was removed cannot come back removed.
    if !isNamed, input.before.error == 0, input.after.error != 0 { return false }
    if input.isReadFirst, input.before.isFile {
      guard input.isChanging else { return false }
      guard let digest = input.digest, input.after.error == 0 else {
        refuse(.changed, input)
        return true
      }
      addBefore(input, digest)
    }
    if !isNamed, input.after.error == 0, input.before.error != 0 || !input.before.isDirectory {
      made.append(path)
    }
    return true
  }

  /// Adds the contents that a file had before it was changed.
  private mutating func addBefore(_ input: TracedInput, _ digest: [UInt8]) {
    var status = stat()
    guard input.path.withCPath({ stat($0, &status) }) == 0 else { return refuse(.changed, input) }
    var item = InputList.Item(
      path: input.path, kind: .file, mode: input.before.mode, stamp: 0)
    item.owner = InputList.Item.owner(status)
    item.digest = digest
    items.append(item)
  }

  private mutating func judge(_ input: TracedInput) {
    let (before, after) = (input.before, input.after)
    switch (before.error, after.error) {
    case (0, 0): judgeThere(input)
    case (0, _): refuse(input.isChanging ? .removed : .raced, input)
    case (_, 0): refuse(input.isChanging ? .created : .raced, input)
    default:
      // Made and removed again, or never made.
      if input.isChanging, !input.isUsed { return }
      guard before.error == after.error else { return refuse(.raced, input) }
      // Names that cannot exist, and links that turn in circles, stay.
      add(input, .absent, mode: UInt32(bitPattern: before.error))
    }
  }

  private mutating func judgeThere(_ input: TracedInput) {
    let (before, after) = (input.before, input.after)
    guard before.type == after.type else {
      return refuse(input.isChanging ? .changed : .raced, input)
    }
    if input.isUnsettled { return refuse(.raced, input) }
    if before.isFile {
      judgeFile(input)
    } else if before.isDirectory {
      guard before.mode == after.mode else { return refuse(.changed, input) }
      guard input.isListed || input.isTimed || input.isExact else {
        return add(input, .directory, mode: before.mode)
      }
      let isSame =
        before.inode == after.inode && before.modified == after.modified
        && before.changed == after.changed
      // Files that came and went are no change, but a name that was seen half-way may be.
      guard isSame || isListingWhole(input) else {
        return refuse(.raced, input)
      }
      add(input, .listing, mode: before.mode)
    } else if before.isLink {
      guard before == after else { return refuse(input.isChanging ? .changed : .raced, input) }
      add(input, .link, mode: before.mode)
    } else {
      add(input, .other, mode: before.mode)
    }
  }

  /// Whether the names that were listed are those of now, or those of before the run.
  private func isListingWhole(_ input: TracedInput) -> Bool {
    guard let digest = input.digest else { return false }
    return digest == input.path.withCPath { DirectoryNames($0)?.digest }
      || !changes.isEmpty && digest == namesBefore(in: input.path)
  }

  /// The names that a directory had before the run: those of now, without the outputs that were made and
  /// with those that were removed.
  private func namesBefore(in directory: [UInt8]) -> [UInt8]? {
    let changes = changes[directory] ?? []
    var names = directory.withCPath { path in
      DirectoryNames(path) { name, _ in changes.contains { $0.name == name && $0.isMade } }
    }
    for change in changes where !change.isMade { names?.add(change.name, change.type) }
    return names?.digest
  }

  /// An output that was made or removed.
  private struct Change {
    var name: [UInt8]
    var isMade: Bool
    /// As `readdir` gives it.
    var type: UInt8
  }

  /// Notes the outputs that were made and removed, by their directories.
  private mutating func noteChanges(_ inputs: [TracedInput]) {
    for input in inputs where input.isChanging && outputs.coversFile(input.path) {
      guard (input.before.error == 0) != (input.after.error == 0),
        let slash = input.path.lastIndex(of: 0x2f)
      else { continue }
      let directory = slash == 0 ? [0x2f] : Array(input.path[..<slash])
      let isMade = input.after.error == 0
      let mode = isMade ? input.after.mode : input.before.mode
      changes[directory, default: []].append(
        Change(
          name: Array(input.path[(slash + 1)...]), isMade: isMade,
          type: UInt8(truncatingIfNeeded: mode >> 12)))
    }
  }

  private mutating func judgeFile(_ input: TracedInput) {
    let (before, after) = (input.before, input.after)
    if before != after {
      // The same bytes as before are no change.
      guard input.isChanging, before.mode == after.mode, let digest = input.digest,
        input.path.withCPath({ TracedInput.contents($0) }) == digest
      else { return refuse(input.isChanging ? .changed : .raced, input) }
    }
    if input.isUsed || input.isChanging { add(input, .file, mode: before.mode) }
  }

  private mutating func add(_ input: TracedInput, _ kind: InputList.Kind, mode: UInt32) {
    guard !trusted.contains(where: { input.path.starts(with: $0) }) else { return }
    var item = InputList.Item(
      path: input.path, kind: kind, isItself: input.isItself, mode: mode, stamp: 0)
    if kind != .absent {
      var status = stat()
      let code = input.path.withCPath { input.isItself ? lstat($0, &status) : stat($0, &status) }
      guard code == 0 else { return refuse(.raced, input) }
      // What is digested now must be what was seen at the end.
      guard kind == .directory || kind == .other || FileState(status) == input.after else {
        return refuse(.raced, input)
      }
      item.stamp = InputList.Item.stamp(kind, status)
      item.owner = InputList.Item.owner(status)
      if !input.isExact { item.digest = item.digest(status, probe) }
      // Each restore changes the time of a directory with outputs.
      let hasOutputs = input.before.isDirectory && outputs.coversNames(in: input.path)
      if input.isTimed, !hasOutputs { item.time = InputList.Item.Time(status) }
      // A file that may not be read has no contents: its status alone tells of changes.
    }
    // The list is stored in clear.
    guard redactor.redacted(item.path) == item.path else { return refuse(.secret, input) }
    items.append(item)
  }
}
