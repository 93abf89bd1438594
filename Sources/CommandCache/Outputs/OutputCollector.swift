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
      try body(number, chunk, Self.isZero(chunk))
      number += 1
      if got < count { return }
    }
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, bytes.count > 1, bytes[0] == 0 else {
      return bytes.count == 1 && bytes[0] == 0
    }
    // Each byte is the same as the one before.
    return memcmp(start, start + 1, bytes.count - 1) == 0
  }

  /// Stores the contents that are not there yet.
  private func keep(_ list: OutputList) throws(NotKept) {
    do throws(Failure) {
      let missing = try store.missing(list.contents)
      if missing.isEmpty { return }
      var files: [(path: [UInt8], content: OutputList.Content)] = []
      var wanted = Set(missing.map(\.digest))
      for item in list.items {
        guard case .file(let content) = item.kind, wanted.remove(content.digest) != nil else {
          continue
        }
        files.append((item.path, content))
      }
      var reader = OutputReader(files.map { (paths.absolute($0.path), $0.content) })
      try store.putOutputs { () throws(Failure) in try reader.next() }
    } catch {
      throw .failed(error)
    }
  }
}

/// Reads files again, to be stored; fails if one is not what it was.
private struct OutputReader {
  private var files: [(path: [UInt8], content: OutputList.Content)]
  private var file: Int32 = -1
  private var number = 0
  private var sum = OutputSum()

  init(_ files: [(path: [UInt8], content: OutputList.Content)]) { self.files = files.reversed() }

  mutating func next() throws(Failure) -> Store.OutputChunk? {
    guard let (path, content) = files.last else { return nil }
    if file < 0 {
      file = path.withCPath { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
      (number, sum) = (0, OutputSum())
      if file < 0 { throw failure(path, SystemError.text(errno)) }
    }
    let wanted = content.size(ofChunk: number)
    let offset = number * OutputList.Content.chunkSize
    var chunk = [UInt8](repeating: 0, count: wanted)
    var got = 0
    while got < wanted {
      let more = chunk.withUnsafeMutableBytes {
        pread(file, $0.baseAddress.map { $0 + got }, wanted - got, off_t(offset + got))
      }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { break }
      got += more
    }
    if chunk.allSatisfy({ $0 == 0 }), got == wanted { chunk = [] }
    chunk.withUnsafeBytes { sum.add($0) }
    let result = (content.digest, number, chunk)
    number += 1
    if got < wanted || number == content.chunkCount {
      close(file)
      file = -1
      files.removeLast()
      guard got == wanted, sum.value == content.sum else { throw failure(path, "it changed") }
    }
    return result
  }

  private func failure(_ path: [UInt8], _ reason: String) -> Failure {
    .file(verb: "read", path: String(decoding: path, as: UTF8.self), reason: reason)
  }
}
