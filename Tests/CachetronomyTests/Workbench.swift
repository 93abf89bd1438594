import Glibc
import Testing

@testable import Cachetronomy
@testable import System

/// A directory for one test that goes with it.
final class Scratch {
  let path: String

  init(in directory: String = "/tmp") throws {
    var name = Array("\(directory)/cachetronomy-unit-XXXXXX".utf8CString)
    let made = name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    path = String(cString: try #require(made))
  }

  deinit {
    _ = try? Shell.run(["rm", "-rf", path])
  }

  /// A path in it.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// The path of a store that is not there yet.
  var database: String { self("cache.db") }

  /// A new store.
  func store() throws -> Store {
    try #require(try Store.open(database, for: .writing(create: true)))
  }

  /// The store that is there, for reading.
  func reopened() throws -> Store { try #require(try Store.open(database, for: .reading)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = try #require(fopen(self(name), "w"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func read(_ name: String) throws -> [UInt8] { try Shell.contents(self(name)) }

  /// The permissions of a file.
  func mode(_ name: String) throws -> mode_t {
    var status = stat()
    try #require(stat(self(name), &status) == 0, "\(name) is not there")
    return status.st_mode & 0o7777
  }

  /// The names in it, sorted, each with the digest of its bytes.
  func inventory() throws -> [String] {
    let result = try Shell.run(["sh", "-c", "cd \"$1\" && ls -A", "sh", path])
    return try result.text.split(separator: "\n").map(String.init).map { name in
      var status = stat()
      guard stat(self(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return name }
      return "\(name) \(status.st_mode) \(Digest.hex(Digest.of(try read(name))))"
    }
  }

  /// What the `sqlite3` shell, a process of its own, answers.
  @discardableResult
  func sqlite(_ sql: String, on name: String = "cache.db") throws -> String {
    let result = try Shell.run(["sqlite3", "-batch", self(name)], input: Array(sql.utf8))
    try #require(result.status == 0 && result.errors.isEmpty, "sqlite3: \(result.errors)")
    return result.text
  }
}

/// Runs other programs.
enum Shell {
  struct Outcome {
    var output: [UInt8]
    var errors: String
    var status: Int32

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  static func contents(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"), "cannot read \(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let got = fread(&buffer, 1, buffer.count, file), got > 0 {
      bytes += buffer[..<got]
    }
    return bytes
  }

  /// Whether a program is on the search path.
  static func has(_ program: String) -> Bool {
    (try? run(["sh", "-c", "command -v \"$1\"", "sh", program]).status) == 0
  }

  static func run(_ words: [String], input: [UInt8] = []) throws -> Outcome {
    var name = Array("/tmp/cachetronomy-unit-XXXXXX".utf8CString)
    let made = name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    let directory = String(cString: try #require(made))
    let (inPath, outPath, errorPath) = ("\(directory)/in", "\(directory)/out", "\(directory)/err")
    defer {
      for path in [inPath, outPath, errorPath] { unlink(path) }
      rmdir(directory)
    }
    let file = try #require(fopen(inPath, "w"))
    fwrite(input, 1, input.count, file)
    fclose(file)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outPath, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o600)
    // The pool threads that tests run on block signals; a program must not inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let kept: [String] = ["PATH", "HOME"]
    let variables = kept.compactMap { name in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    var argv = words.map { strdup($0) } + [nil]
    var envp = (variables + ["LC_ALL=C.UTF-8"]).map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process = pid_t()
    let code = posix_spawnp(&process, words[0], &actions, &attributes, &argv, &envp)
    try #require(code == 0, "cannot start \(words[0])")
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return Outcome(
      output: try contents(outPath),
      errors: String(decoding: try contents(errorPath), as: UTF8.self),
      status: signal == 0 ? status >> 8 & 0xff : 128 + signal)
  }
}

/// Numbers that are the same in every run (SplitMix64).
struct FixedGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// Bytes of the whole range.
  mutating func bytes(_ count: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + 8)
    while result.count < count {
      let word = next()
      for shift in 0..<8 { result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) }
    }
    return Array(result.prefix(count))
  }
}

/// Bytes written as hexadecimal digits.
func hex(_ digits: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var high: UInt8?
  for digit in digits.utf8 {
    let value = digit <= 0x39 ? digit - 0x30 : digit - 0x57
    if let first = high {
      bytes.append(first << 4 | value)
      high = nil
    } else {
      high = value
    }
  }
  return bytes
}

/// What a body throws, if it is a `Failure`.
func failure<T>(_ body: () throws(Failure) -> T) -> Failure? {
  do throws(Failure) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

extension Failure {
  /// The kind of trouble with a store, if that is what it is.
  var storeProblem: StoreProblem? {
    if case .store(_, let problem, _) = self { problem } else { nil }
  }

  var isBadValue: Bool { if case .badValue = self { true } else { false } }
}

/// A moment that all tests start from: 2026-11-22T16:14:10.738373Z.
let noon = Timestamp(microseconds: 1_795_364_050_738_373)

extension Timestamp {
  func plus(seconds: Int64) -> Timestamp { adding(microseconds: seconds * 1_000_000) }
}
