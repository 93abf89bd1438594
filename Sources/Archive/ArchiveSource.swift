internal import Cachetronomy
internal import System

/// What is brought in, one thing after the other.
enum ArchiveItem {
  case entry(Entry)
  /// An entry whose value is in chunks; to be taken all before the next item.
  case recording(Entry, chunks: () throws(Failure) -> [UInt8]?)
  case profile(Profile)
  case log(Store.LogKind, Value)
  case active(String)
}

/// A file of one of the kinds that can be imported.
enum ArchiveSource {
  case lines(ArchiveReader)
  case values(TabbedReader)
  case store(StoreReader)

  /// The next thing; nil at the end.
  ///
  /// - Throws: `Failure.badArchive` for something that is not right; the next call goes on after
  ///   it.
  func next() throws(Failure) -> ArchiveItem? {
    switch self {
    case .lines(let reader): try reader.next()
    case .values(let reader): try reader.next()
    case .store(let reader): try reader.next()
    }
  }
}

/// Reads JSON Lines as `export` writes them.
final class ArchiveReader {
  private let file: ArchiveFile
  private var held: ArchiveLine?
  /// Chunks that follow belong to an entry that was already refused.
  private var isAfterBad = false
  private var entries: Int64 = 0
  private var isAnyBad = false
  private var isOver = false

  /// - Throws: `Failure.badArchive` if the first line is not that of an export.
  init(_ file: ArchiveFile) throws(Failure) {
    self.file = file
    file.rewind()
    let first = try file.next() ?? []
    do throws(ArchiveLine.Flaw) {
      try ArchiveLine.checkHeader(first)
    } catch {
      throw file.bad(error.text)
    }
  }

  private func line() throws(Failure) -> ArchiveLine? {
    if let held {
      self.held = nil
      return held
    }
    let read: [UInt8]?
    do throws(Failure) {
      read = try file.next()
    } catch {
      (isAfterBad, isAnyBad) = (true, true)
      throw error
    }
    guard let bytes = read else { return nil }
    do throws(ArchiveLine.Flaw) {
      if isOver { throw ArchiveLine.Flaw("a line after the last") }
      let line = try ArchiveLine(bytes)
      if case .entry = line { entries += 1 }
      return line
    } catch {
      (isAfterBad, isAnyBad) = (true, true)
      throw file.bad(error.text)
    }
  }

  func next() throws(Failure) -> ArchiveItem? {
    while true {
      switch try line() {
      case nil:
        if isOver { return nil }
        isOver = true
        throw file.bad("cut short: the line that ends an export is missing")
      case .end(let count)?:
        isOver = true
        // Those that were left out have been told of.
        if count != entries, !isAnyBad {
          throw file.bad("entries written: \(count), found here: \(entries)")
        }
      case .chunk?:
        if isAfterBad { continue }
        isAfterBad = true
        throw file.bad("a chunk without its entry")
      case .entry(let entry, _, _)? where entry.info?.recording == nil:
        isAfterBad = false
        return .entry(entry)
      case .entry(let entry, let count, let digest)?:
        isAfterBad = false
        return .recording(entry, chunks: try chunks(count, of: digest, entry))
      case .profile(let profile)?: return .profile(profile)
      case .log(let kind, let row)?: return .log(kind, row)
      case .active(let name)?: return .active(name)
      }
    }
  }

  private func chunks(
    _ count: Int, of digest: String, _ entry: Entry
  ) throws(Failure) -> () throws(Failure) -> [UInt8]? {
    var check = ChunkCheck(try Recording(entry.data))
    return { [self] () throws(Failure) in
      let number = check.count
      guard number < count else {
        guard check.isWhole else { throw file.bad("the chunks do not add up") }
        return nil
      }
      let line = try line()
      guard case .chunk(number, of: digest, let bytes)? = line else {
        // It may be a good line of another entry.
        held = line
        isAfterBad = true
        throw file.bad("chunk \(number) is missing")
      }
      guard check.add(bytes) else {
        isAfterBad = true
        throw file.bad("a bad chunk")
      }
      return bytes
    }
  }
}

/// Reads lines of key, tab, value.
final class TabbedReader {
  private let file: ArchiveFile
  private let sample: Entry

  /// - Parameter sample: an entry with all but key and value.
  init(_ file: ArchiveFile, like sample: Entry) {
    (self.file, self.sample) = (file, sample)
    file.rewind()
  }

  func next() throws(Failure) -> ArchiveItem? {
    guard let line = try file.next() else { return nil }
    guard let tab = line.firstIndex(of: 0x09) else { throw file.bad("no tab after the key") }
    guard let key = String(validating: line[..<tab], as: UTF8.self) else {
      throw file.bad("the key is not valid UTF-8")
    }
    var entry = sample
    entry.key = Key(stored: key)
    let value = Array(line[(tab + 1)...])
    entry.data = try Payload.encode(value)
    entry.info?.size = Int64(value.count)
    if let error = EntryLimits.validationError(of: entry) { throw file.bad(error) }
    return .entry(entry)
  }
}

/// Reads the entries of another store.
final class StoreReader {
  private let store: Store
  private var page: [Store.Listed] = []
  private var at = 0
  private var isOver = false

  init(_ store: Store) { self.store = store }

  func next() throws(Failure) -> ArchiveItem? {
    if at == page.count {
      if isOver { return nil }
      page = try store.page(after: page.last, key: nil, limit: 500, values: 1 << 20)
      at = 0
      if page.isEmpty {
        isOver = true
        return nil
      }
    }
    let listed = page[at]
    at += 1
    let entry = listed.entry
    if let error = listed.isSound ? EntryLimits.validationError(of: entry) : "its row is damaged" {
      throw bad(entry, error)
    }
    guard let id = entry.info?.recording else { return .entry(entry) }
    guard let recording = try? Recording(entry.data) else {
      throw bad(entry, "its recording does not fit")
    }
    var check = ChunkCheck(recording)
    return .recording(entry) { [self] () throws(Failure) in
      guard check.count < check.total else {
        guard check.isWhole else { throw bad(entry, "its chunks are damaged") }
        return nil
      }
      var chunk: [UInt8] = []
      let found: Bool
      if let (content, number) = check.output {
        found = try store.outputChunk(content.digest, number) { chunk = Array($0) }
        if chunk.isEmpty { chunk = Array(repeating: 0, count: content.size(ofChunk: number)) }
      } else {
        found = try store.chunk(of: id, number: check.count) { chunk = Array($0) }
      }
      guard found, chunk.count <= EntryLimits.chunkLimit, check.add(chunk)
      else { throw bad(entry, "chunk \(check.count) is missing or damaged") }
      return chunk
    }
  }

  private func bad(_ entry: Entry, _ why: String) -> Failure {
    .badArchive(file: store.path, line: 0, "key '\(entry.key)': \(why)")
  }
}
