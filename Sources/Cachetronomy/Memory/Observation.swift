package import Glibc
internal import System

/// One question that making a cache key asked of the file system or the environment, and the part
/// of the result that was used.
///
/// A later call with the same arguments has the same key if all results are still the same.
package struct Observation: Equatable, Sendable {
  /// What was asked, and what has to be equal.
  package enum Kind: UInt32, CaseIterable, Sendable {
    /// `stat` failed with this error.
    case absent = 0
    /// `lstat` failed with this error.
    case absentLink = 1
    /// `stat`: device, inode, size, mtime, ctime and mode.
    case file = 2
    /// The same by `lstat`, of a symbolic link that was read.
    case link = 3
    /// `stat`: device, inode and mode; only the existence of the directory was used.
    case directory = 4
    /// `stat`: device, inode, mode, mtime and ctime; the names in the directory were used.
    case listing = 5
    /// `access` in the way that the mode of the facts says: the error, or 0.
    case access = 6
    /// `stat`: only the file type.
    case type = 7
    /// The value of an environment variable, or its absence.
    case variable = 8
    /// `lstat`: device, inode and mode; that there is a directory, not a link to it, was used.
    case directoryItself = 9
  }

  /// How the path, or the name of the variable, is written.
  package enum Path: Equatable, Sendable {
    case literal([UInt8])
    /// A part of an argument, since arguments may hold secrets. Index 0 is the name of the program.
    case argument(index: UInt32, offset: UInt32, count: UInt32)
  }

  /// The result; fields that the kind does not use are 0.
  package struct Facts: Equatable, Sendable {
    var device: UInt64 = 0
    var inode: UInt64 = 0
    var size: Int64 = 0
    /// Nanoseconds since 1970.
    var modified: Int64 = 0
    /// Nanoseconds since 1970.
    var changed: Int64 = 0
    package var mode: UInt32 = 0
    /// `errno`; 0 for success.
    var error: Int32 = 0
    /// BLAKE2b-128 of a variable's value; empty if the variable is not set.
    var value: [UInt8] = []
  }

  var kind: Kind
  var path: Path
  package var facts: Facts
}

extension Observation {
  /// A question whose result is an error number: `absent`, `absentLink`, `access`.
  package init(_ kind: Kind, _ path: Path, error: Int32) {
    self.init(kind: kind, path: path, facts: Facts(error: error))
  }

  /// A question that `stat` or `lstat` resolved, with the fields that the kind compares.
  package init(_ kind: Kind, _ path: Path, _ status: stat) {
    var facts = Facts()
    facts.mode = kind == .type ? status.st_mode & S_IFMT : status.st_mode
    if kind != .type {
      facts.device = UInt64(status.st_dev)
      facts.inode = UInt64(status.st_ino)
    }
    if kind == .file || kind == .link || kind == .listing {
      facts.modified = status.st_mtim.nanoseconds
      facts.changed = status.st_ctim.nanoseconds
    }
    if kind == .file || kind == .link { facts.size = Int64(status.st_size) }
    self.init(kind: kind, path: path, facts: facts)
  }

  /// The value of an environment variable; nil if it is not set.
  package init(variable name: [UInt8], value: [UInt8]?) {
    self.init(
      kind: .variable, path: .literal(name), facts: Facts(value: value.map { Digest.of($0) } ?? []))
  }
}

extension Observation {
  private static let factsSize = 56

  /// Appends the observation as a manifest has it.
  func append(to bytes: inout [UInt8]) {
    bytes.append(little: kind.rawValue)
    switch path {
    case .literal(let path):
      bytes.append(little: UInt32(0))
      bytes.append(counted: path)
      bytes.append(0)
    case .argument(let index, let offset, let count):
      for number in [1, index, offset, count] { bytes.append(little: number) }
    }
    let start = bytes.count
    if kind == .variable {
      bytes.append(little: UInt32(facts.value.isEmpty ? 0 : 1))
      bytes.append(little: UInt32(0))
      bytes.append(contentsOf: facts.value.prefix(16))
    } else {
      bytes.append(little: facts.device)
      bytes.append(little: facts.inode)
      bytes.append(little: facts.size)
      bytes.append(little: facts.modified)
      bytes.append(little: facts.changed)
      bytes.append(little: facts.mode)
      bytes.append(little: facts.error)
    }
    bytes.append(contentsOf: repeatElement(0, count: start + Self.factsSize - bytes.count))
  }

  /// Reads the next observation of a manifest.
  ///
  /// - Returns: nil if it is not what `append(to:)` writes.
  init?(_ reader: inout FieldReader) {
    guard let number = reader.number(UInt32.self), let kind = Kind(rawValue: number),
      let path = Path(&reader), let bytes = reader.slice(Self.factsSize)
    else { return nil }
    var facts = Facts()
    var fields = FieldReader(bytes)
    if kind == .variable {
      guard let isSet = fields.number(UInt64.self), isSet <= 1, let value = fields.slice(16),
        case .literal = path
      else { return nil }
      if isSet == 1 { facts.value = Array(value) }
    } else {
      guard let device = fields.number(UInt64.self), let inode = fields.number(UInt64.self),
        let size = fields.number(Int64.self), let modified = fields.number(Int64.self),
        let changed = fields.number(Int64.self), let mode = fields.number(UInt32.self),
        let error = fields.number(Int32.self)
      else { return nil }
      (facts.device, facts.inode, facts.size) = (device, inode, size)
      (facts.modified, facts.changed) = (modified, changed)
      (facts.mode, facts.error) = (mode, error)
    }
    self.init(kind: kind, path: path, facts: facts)
  }
}

extension Observation.Path {
  /// A path as part of an argument of the whole program, whose own name is not counted.
  package static func argument(_ index: Int, _ offset: Int, _ path: [UInt8]) -> Self {
    .argument(
      index: UInt32(clamping: index + 1), offset: UInt32(clamping: offset),
      count: UInt32(clamping: path.count))
  }

  fileprivate init?(_ reader: inout FieldReader) {
    switch reader.number(UInt32.self) {
    case 0:
      guard let bytes = reader.counted(), reader.number(UInt8.self) == 0 else { return nil }
      self = .literal(Array(bytes))
    case 1:
      guard let index = reader.number(UInt32.self), let offset = reader.number(UInt32.self),
        let count = reader.number(UInt32.self)
      else { return nil }
      self = .argument(index: index, offset: offset, count: count)
    default: return nil
    }
  }
}
