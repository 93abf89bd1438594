internal import System

/// The files that a command made and that come back on a hit: names, modes and where the contents are.
package struct OutputList: Equatable, Sendable {
  /// One file, directory or symbolic link.
  package struct Item: Equatable, Sendable {
    /// Relative to the working directory of the command, or absolute; without `.` and `..`.
    package var path: [UInt8]
    /// Permissions, without setuid, setgid and sticky.
    package var mode: UInt16
    package var kind: Kind

    package init(path: [UInt8], mode: UInt16, kind: Kind) {
      (self.path, self.mode, self.kind) = (path, mode, kind)
    }
  }

  /// What there is at a path.
  package enum Kind: Equatable, Sendable {
    case file(Content)
    case directory
    /// The text of a symbolic link.
    case link([UInt8])
  }

  /// The bytes of a file: equal bytes are stored once.
  package struct Content: Hashable, Sendable {
    /// BLAKE2b-256.
    package var digest: [UInt8]
    /// In bytes.
    package var size: Int64
    /// A checksum over the chunks.
    package var sum: UInt64

    package init(digest: [UInt8], size: Int64, sum: UInt64) {
      (self.digest, self.size, self.sum) = (digest, size, sum)
    }

    /// The size of a chunk, in bytes; the last may be shorter.
    ///
    /// A chunk of zeros is stored as nothing.
    package static let chunkSize = 256 << 10

    /// The number of chunks.
    package var chunkCount: Int { Int((size + Int64(Self.chunkSize) - 1) / Int64(Self.chunkSize)) }

    /// The bytes of a chunk.
    package func size(ofChunk number: Int) -> Int {
      Int(min(Int64(Self.chunkSize), size - Int64(number) * Int64(Self.chunkSize)))
    }
  }

  /// Sorted by path, so that a directory comes before what is in it.
  package private(set) var items: [Item]

  package init(_ items: [Item] = []) {
    self.items = items.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// The contents, each once, in the order in which they are first used.
  package var contents: [Content] {
    var seen: Set<[UInt8]> = []
    return items.compactMap { item in
      guard case .file(let content) = item.kind, content.size > 0,
        seen.insert(content.digest).inserted
      else { return nil }
      return content
    }
  }

  /// The content of the file at a path, which may begin with `./`.
  package func content(of path: [UInt8]) -> Content? {
    let path = path.starts(with: "./".utf8) ? Array(path.dropFirst(2)) : path
    for item in items where item.path == path {
      if case .file(let content) = item.kind { return content }
    }
    return nil
  }

  /// The number of files and links.
  package var fileCount: Int { items.count { $0.kind != .directory } }

  /// The bytes of all files.
  package var size: Int64 {
    items.reduce(0) { sum, item in
      if case .file(let content) = item.kind { sum.plus(content.size) } else { sum }
    }
  }
}

extension OutputList {
  // Version (1), number (4), items. An item: bytes of its path that are those of the item before
  // (2), number of the rest (2), the rest, mode (2), kind (1), then size (8), sum (8) and digest (16) of
  // a file, or the counted text of a link.
  private static let version: UInt8 = 1

  /// The list as a recording has it.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = [Self.version]
    bytes.append(little: UInt32(clamping: items.count))
    var previous: [UInt8] = []
    for item in items {
      let shared = zip(previous, item.path).prefix { $0 == $1 }.count
      bytes.append(little: UInt16(clamping: shared))
      bytes.append(little: UInt16(clamping: item.path.count - shared))
      bytes += item.path[shared...]
      bytes.append(little: item.mode)
      switch item.kind {
      case .file(let content):
        bytes.append(0)
        bytes.append(little: content.size)
        bytes.append(little: content.sum)
        bytes += content.digest
      case .directory: bytes.append(1)
      case .link(let target):
        bytes.append(2)
        bytes.append(counted: target)
      }
      previous = item.path
    }
    return bytes
  }

  /// Decodes a list; an empty one from no bytes.
  ///
  /// - Returns: nil if it is not what `encoded()` makes.
  package init?(decoding bytes: [UInt8]) {
    if bytes.isEmpty {
      items = []
      return
    }
    let decoded = bytes.withUnsafeBytes { all -> [Item]? in
      var reader = FieldReader(all)
      guard reader.number(UInt8.self) == Self.version, let count = reader.number(UInt32.self),
        count <= all.count / 7
      else { return nil }
      var items: [Item] = []
      items.reserveCapacity(Int(count))
      for _ in 0..<count {
        guard let item = Self.item(&reader, after: items.last?.path ?? []) else { return nil }
        items.append(item)
      }
      return reader.at == all.count ? items : nil
    }
    guard let decoded else { return nil }
    items = decoded
  }

  private static func item(_ reader: inout FieldReader, after previous: [UInt8]) -> Item? {
    guard let shared = reader.number(UInt16.self), Int(shared) <= previous.count,
      let count = reader.number(UInt16.self), let rest = reader.slice(Int(count)),
      let mode = reader.number(UInt16.self), mode <= 0o777, let code = reader.number(UInt8.self)
    else { return nil }
    let path = Array(previous[..<Int(shared)]) + Array(rest)
    // Sorted, and each once: what is restored does not depend on an order.
    guard isPlain(path), path != previous, !path.lexicographicallyPrecedes(previous) else {
      return nil
    }
    switch code {
    case 0:
      guard let size = reader.number(Int64.self), size >= 0, size < 1 << 50,
        let sum = reader.number(UInt64.self), let digest = reader.slice(32)
      else { return nil }
      let content = Content(digest: Array(digest), size: size, sum: sum)
      return Item(path: path, mode: mode, kind: .file(content))
    case 1: return Item(path: path, mode: mode, kind: .directory)
    case 2:
      guard let target = reader.counted(), !target.isEmpty, target.count < 4096,
        !target.contains(0)
      else { return nil }
      return Item(path: path, mode: mode, kind: .link(Array(target)))
    default: return nil
    }
  }

  /// Whether a path is one that this program writes: no empty name, no `.`, no `..`.
  private static func isPlain(_ path: [UInt8]) -> Bool {
    guard !path.isEmpty, path.count < 4096, !path.contains(0) else { return false }
    return path.dropFirst(path.first == 0x2f ? 1 : 0)
      .split(separator: 0x2f, omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
  }
}
