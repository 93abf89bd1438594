internal import Cachetronomy
internal import Glibc
internal import System

/// Lists the files that a command made, and stores their contents.
struct OutputCollector {
  private let paths: OutputPaths
  private let store: Store
  /// The most bytes of all files.
  private let limit: Int64
  private let name: ([UInt8]) -> String
  private var items: [[UInt8]: OutputList.Item] = [:]
  private var size: Int64 = 0

  /// - Parameter name: how a path is shown.
  init(
    _ paths: OutputPaths, into store: Store, limit: Int64, name: @escaping ([UInt8]) -> String
  ) {
    (self.paths, self.store, self.limit, self.name) = (paths, store, limit, name)
  }

  /// Lists all files that the paths name, with their contents in the store.
  ///
  /// - Parameter made: what a traced command made, for `--output auto`.
  mutating func collect(made: [[UInt8]]) -> Result<OutputList, NotKept> {
    do throws(NotKept) {
      for named in paths.named { try take(named) }
      for path in made where path.first != 0x2f && items[path] == nil { try take(path) }
      let list = OutputList(Array(items.values))
      try keep(list)
      return .success(list)
    } catch {
      return .failure(error)
    }
  }

  private mutating func take(_ named: OutputPaths.Named) throws(NotKept) {
    if named.patterns.isEmpty {
      try checkParents(of: named.path)
      var status = stat()
      guard paths.absolute(named.path).withCPath({ lstat($0, &status) }) == 0 else {
        throw .outputMissing(named.text)
      }
      // What is behind it would be restored somewhere else.
      if status.st_mode & S_IFMT == S_IFLNK, isDirectory(named.path) {
        throw .badOutput(name(named.path), "is a symbolic link to a directory")
      }
      return try take(named.path)
    }
    var budget = FileBudget()
    let start = named.path.first == 0x2f ? [] : FileGlob.escaped(paths.directory) + [0x2f]
    let found = PathPattern.matches(start + named.path, &budget, Probe())
    if found.isEmpty { throw .outputMissing(named.text) }
    for match in found {
      let path = OutputPaths.relative(match.path, in: paths.directory)
      try checkParents(of: path)
      try take(path)
    }
  }

  private func isDirectory(_ path: [UInt8]) -> Bool {
    var status = stat()
    return paths.absolute(path).withCPath { stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// No directory on the way may be a link: what is restored must come where it was.
  private func checkParents(of path: [UInt8]) throws(NotKept) {
    for (at, byte) in path.enumerated() where byte == 0x2f && at > 0 {
      var status = stat()
      let parent = Array(path[..<at])
      guard paths.absolute(parent).withCPath({ lstat($0, &status) }) == 0 else { return }
      if status.st_mode & S_IFMT == S_IFLNK {
        throw .badOutput(name(path), "is behind the symbolic link \(name(parent))")
      }
    }
  }

  private mutating func take(_ path: [UInt8]) throws(NotKept) {
    var status = stat()
    let place = paths.absolute(path)
    guard place.withCPath({ lstat($0, &status) }) == 0 else {
      throw .badOutput(name(path), "is gone")
    }
    let mode = UInt16(truncatingIfNeeded: status.st_mode & 0o777)
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let content = try content(of: path, status)
      size = size.plus(content.size)
      guard size <= limit else { throw .outputsTooLarge(limit: limit) }
      items[path] = OutputList.Item(path: path, mode: mode, kind: .file(content))
    case S_IFLNK:
      guard let target = Probe().target(place) else { throw .badOutput(name(path), "is gone") }
      items[path] = OutputList.Item(path: path, mode: 0o777, kind: .link(target))
    case S_IFDIR:
      items[path] = OutputList.Item(path: path, mode: mode, kind: .directory)
      var names: [[UInt8]] = []
      guard
        StoreFile.eachName(
          in: place,
          {
            names.append($0); return true
          })
      else {
        throw .badOutput(name(path), "cannot be read: \(SystemError.text(errno))")
      }
      for name in names { try take(path + [0x2f] + name) }
    default: throw .badOutput(name(path), "is neither a file nor a directory")
    }
    if items.count > FileBudget.limit { throw .badOutput(name(path), "is one file too many") }
  }

  // MARK: contents

  private func content(of path: [UInt8], _ status: stat) throws(NotKept) -> OutputList.Content {
    guard Int64(status.st_size) <= limit else { throw .outputsTooLarge(limit: limit) }
    var (digest, sum, size) = (Digest(size: 32), OutputSum(), Int64(0))
    try read(path) { (_, bytes, isZero) throws(NotKept) in
      digest.update(bytes)
      sum.add(isZero ? UnsafeRawBufferPointer(start: nil, count: 0) : bytes)
      size += Int64(bytes.count)
    }
    return OutputList.Content(digest: digest.finish(), size: size, sum: sum.value)
  }

  /// Reads a file chunk by chunk.
  private func read(
    _ path: [UInt8], _ body: (Int, UnsafeRawBufferPointer, _ isZero: Bool) throws(NotKept) -> Void
  ) throws(NotKept) {
    let file = paths.absolute(path).withCPath {
      open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    }
    guard file >= 0 else {
      throw .badOutput(name(path), "cannot be read: \(SystemError.text(errno))")
    }
    defer { close(file) }
    let count = OutputList.Content.chunkSize
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    var number = 0
    while true {
      var got = 0
      while got < count {
        let more = Glibc.read(file, buffer.baseAddress.map { $0 + got }, count - got)
        if more < 0, errno == EINTR { continue }
        guard more >= 0 else {
          throw .badOutput(name(path), "cannot be read: \(SystemError.text(errno))")
        }
        if more == 0 { break }
        got += more
      }
      if got == 0 { return }
      let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<got])
      try body(number, chunk, chunk.isZero)
      number += 1
      if got < count { return }
    }
  }

  /// Stores the contents that are not there yet.
  private func keep(_ list: OutputList) throws(NotKept) {
    do throws(Failure) {
      let missing = try store.missing(list.contents)
      if missing.isEmpty { return }
      var places: [[UInt8]: [UInt8]] = [:]
      for item in list.items {
        if case .file(let content) = item.kind { places[content.digest] = item.path }
      }
      var reader = OutputReader()
      try store.putOutputs(missing, isForeign: false) { content, number throws(Failure) in
        let path = places[content.digest].map(paths.absolute) ?? []
        return try reader.chunk(number, of: content, path)
      }
    } catch .badValue {
      throw .outputChanged
    } catch {
      throw .failed(error)
    }
  }
}

/// Reads files again, to be stored.
private struct OutputReader {
  private var file: Int32 = -1

  /// The bytes of a chunk, fewer if the file is shorter now.
  mutating func chunk(
    _ number: Int, of content: OutputList.Content, _ path: [UInt8]
  ) throws(Failure) -> [UInt8] {
    if number == 0 {
      file = path.withCPath { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
      guard file >= 0 else {
        throw .file(
          verb: "read", path: String(decoding: path, as: UTF8.self),
          reason: SystemError.text(errno))
      }
    }
    defer { if number == content.chunkCount - 1 { close(file) } }
    let (file, wanted) = (file, content.size(ofChunk: number))
    let offset = number * OutputList.Content.chunkSize
    return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = pread(
          file, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        filled += got
      }
    }
  }
}
