import Foundation
import Glibc
import Testing

/// A fresh directory, a scrubbed environment, and the built binary on its PATH.
///
/// Scripts whose file is to be in no key name it as `${U-file}`, which is not looked into.
final class Sandbox {
  let directory: String

  init() throws {
    var name = Array("/tmp/cachetronomy-test-XXXXXX".utf8CString)
    let made = name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
    directory = String(cString: try #require(made))
    // What `run` has warned of is noted there: no test is to hear of another's.
    try #require(mkdir(directory + ".runtime", 0o700) == 0)
  }

  deinit {
    // Tests may leave directories that cannot be written.
    _ = try? bash("chmod -R u+rwx . 2>/dev/null; cd /; rm -rf \"$HERE\" \"$HERE.runtime\"")
  }

  /// Where the test bundle and the binary were built.
  static let products: String = {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let path = bundle ?? executable ?? "."
    return URL(fileURLWithPath: path).deletingLastPathComponent().path
  }()

  /// The root of the package.
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Whether this machine has a place for memory that processes share.
  static let sharesMemory = (try? Sandbox().bash("[ $(stat -fc %T /dev/shm) = tmpfs ]").status) == 0

  struct Outcome {
    var output: [UInt8]
    var errors: String
    var status: Int32
    var seconds: Double

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] {
      text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }
  }

  /// Runs a bash script in the directory; `cachetronomy` is the built binary.
  @discardableResult
  func bash(
    _ script: String, environment: [String: String] = [:], input: [UInt8] = []
  ) throws -> Outcome {
    let id = UUID().uuidString
    let (outPath, errorPath) = ("\(directory)/.out-\(id)", "\(directory)/.err-\(id)")
    // Without input the same as cron and CI give.
    let inPath = input.isEmpty ? "/dev/null" : "\(directory)/.in-\(id)"
    if !input.isEmpty { try Data(input).write(to: URL(fileURLWithPath: inPath)) }
    var variables = [
      "PATH": "\(Self.products):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      "HOME": directory, "HERE": directory, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
      "XDG_RUNTIME_DIR": "\(directory).runtime",
      "CACHETRONOMY_DB": "\(directory)/store/cache.db", "PACKAGE": Self.package,
    ]
    // `make coverage` wants to know what the built binary ran, too.
    variables["LLVM_PROFILE_FILE"] = ProcessInfo.processInfo.environment["COMMAND_PROFILES"]
    variables.merge(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inPath, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outPath, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT, 0o600)
    let words = ["bash", "-c", "cd \"$HERE\"; \(script)"]
    var argv = words.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    // The pool threads that tests run on block signals; a command must not inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    let start = Date()
    let code = posix_spawn(&process, "/bin/bash", &actions, &attributes, &argv, &envp)
    try #require(code == 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let seconds = Date().timeIntervalSince(start)
    let output = [UInt8](FileManager.default.contents(atPath: outPath) ?? Data())
    let errors = String(
      decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self)
    for path in [outPath, errorPath] { unlink(path) }
    if !input.isEmpty { unlink(inPath) }
    #expect(!errors.contains("Fatal error"), "a trap: \(errors)")
    let signal = status & 0x7f
    return Outcome(
      output: output, errors: errors, status: signal == 0 ? status >> 8 & 0xff : 128 + signal,
      seconds: seconds)
  }
}
