package import Cachetronomy
internal import Glibc
internal import System

/// A file to import, read line by line as often as is wanted.
package final class ArchiveFile {
  /// Its name for a person.
  package let name: String
  /// Its bytes in all.
  package let size: Int
  /// Bytes read so far, in this pass.
  package private(set) var offset = 0
  /// The line read last, from 1.
  private(set) var line = 0

  private let file: TemporaryFile
  private var buffer: [UInt8] = []
  private var start = 0

  /// Opens a file; what cannot be read twice is first copied into an unlinked temporary file.
  ///
  /// - Parameters:
  ///   - path: the file; `-` is stdin.
  ///   - store: the copy goes next to it, else to `/tmp`.
  /// - Throws: `Failure.file` if it cannot be read or kept.
  package init(_ path: String, beside store: Store?) throws(Failure) {
    let isInput = path == "-"
    name = isInput ? "standard input" : path
    let descriptor = isInput ? fcntl(0, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .file(verb: "read", path: name, reason: SystemError.text(errno))
    }
    let source = TemporaryFile(owning: descriptor, in: name)
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      !isInput || lseek(descriptor, 0, SEEK_CUR) == 0
    {
      (file, size) = (source, Int(status.st_size))
      return
    }
    guard isInput || ![S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT) else {
      throw .file(verb: "read", path: name, reason: "it is a device")
    }
    let copy: TemporaryFile
    do throws(Failure) {
      copy = try TemporaryFile(in: store?.directory ?? "/tmp")
    } catch {
      copy = try TemporaryFile(in: "/tmp")
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var isJudged = false
    while true {
      let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw .file(verb: "read", path: name, reason: SystemError.text(errno))
      }
      if got == 0 { break }
      try copy.append(Array(buffer[..<got]))
      // What is no export and never ends must not fill the disk.
      if !isJudged, copy.size > Key.limit {
        let head = try copy.read(at: 0, count: Key.limit + 1)
        guard
          head.first == UInt8(ascii: "{") || head.contains(0x09)
            || head.starts(with: "SQLite format 3".utf8)
        else {
          throw .badArchive(file: name, line: 1, "not an export, and no tab after a key")
        }
        isJudged = true
      }
    }
    (file, size) = (copy, copy.size)
    _ = source
  }

  /// Back to the first line.
  func rewind() {
    (buffer, start, offset, line) = ([], 0, 0, 0)
  }

  /// The first bytes.
  func head(_ count: Int) throws(Failure) -> [UInt8] {
    try file.read(at: 0, count: min(count, size))
  }

  /// The next line without its newline; nil at the end.
  func next() throws(Failure) -> [UInt8]? {
    line += 1
    var searched = 0
    while true {
      let length = buffer.withUnsafeBytes { bytes -> Int? in
        let from = start + searched
        guard from < bytes.count, let base = bytes.baseAddress,
          let found = memchr(base + from, 0x0a, bytes.count - from)
        else { return nil }
        return base.distance(to: UnsafeRawPointer(found)) - start
      }
      if let length {
        defer { start += length + 1 }
        guard length <= EntryLimits.lineLimit else {
          throw bad("longer than \(EntryLimits.lineLimit) bytes")
        }
        return Array(buffer[start..<start + length])
      }
      searched = buffer.count - start
      guard searched <= EntryLimits.lineLimit else {
        try skipLine()
        throw bad("longer than \(EntryLimits.lineLimit) bytes")
      }
      if offset >= size {
        defer { (buffer, start) = ([], 0) }
        return searched > 0 ? Array(buffer[start...]) : nil
      }
      buffer.removeFirst(start)
      start = 0
      let room = EntryLimits.lineLimit + 1 - searched
      let count = min(size - offset, max(1 << 18, min(searched, room)))
      buffer += try file.read(at: offset, count: count)
      offset += count
    }
  }

  /// Passes over what is left of a line that is too long to be held.
  private func skipLine() throws(Failure) {
    repeat {
      buffer = try file.read(at: offset, count: min(size - offset, 1 << 18))
      offset += buffer.count
      start = (buffer.firstIndex(of: 0x0a) ?? buffer.count - 1) + 1
    } while start == buffer.count && offset < size && buffer.last != 0x0a
  }

  /// A complaint about the line read last.
  func bad(_ why: String) -> Failure { .badArchive(file: name, line: line, why) }
}
