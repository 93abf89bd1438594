import CachetronomyFront
import Glibc
import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache
@testable import CachetronomyFront

/// Arguments and an environment as the kernel gives them to a process.
final class RawCall {
  private var strings: [UnsafeMutablePointer<CChar>?] = []
  private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let argumentCount: Int

  /// - Parameters:
  ///   - arguments: those after the name of the program.
  ///   - environment: whole entries; none may hold a NUL.
  init(_ arguments: [[UInt8]], _ environment: [[UInt8]]) {
    argumentCount = arguments.count + 1
    for string in [Array("cachetronomy".utf8)] + arguments { strings.append(Self.copy(string)) }
    strings.append(nil)
    for entry in environment { strings.append(Self.copy(entry)) }
    strings.append(nil)
    pointers = .allocate(capacity: strings.count)
    pointers.initialize(from: strings, count: strings.count)
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
    // Of the exact size, so that the address sanitizer sees a read beyond the end.
    let copy = malloc(bytes.count + 1)?.assumingMemoryBound(to: CChar.self)
    for (at, byte) in bytes.enumerated() { copy?[at] = CChar(bitPattern: byte) }
    copy?[bytes.count] = 0
    return copy
  }

  deinit {
    for string in strings { free(string) }
    pointers.deallocate()
  }

  /// As the library reads it.
  var environment: Environment { Environment(pointers + argumentCount + 1) }

  /// As the front reads it, of this process's user.
  var call: Call {
    var call = Call(
      arguments: UnsafeRawPointer(pointers), count: argumentCount,
      environment: UnsafeRawPointer(pointers + argumentCount + 1))
    (call.user, call.effectiveUser) = (getuid(), geteuid())
    (call.group, call.effectiveGroup) = (getgid(), getegid())
    return call
  }
}

/// A store with an entry and its manifest in a memory tier, and the front to serve from it.
final class FrontFixture {
  let root: Scratch
  let scratch: Scratch
  let store: Store
  let place: TierDirectory
  let memory = UnsafeMutableRawPointer.allocate(byteCount: Front.spaceSize, alignment: 4096)
  var arguments: [String] = []
  var variables: [String] = []
  var manifest: ManifestFile
  var entry: [UInt8]

  static let key = Key(stored: "run:true#00")

  init() throws {
    root = try Scratch(in: "/dev/shm")
    scratch = try Scratch()
    store = try scratch.store()
    let tier = try #require(SharedTier(store: store.path, root: root.path))
    tier.begin()
    entry = Self.entry(output: "out", errors: "err", status: 3)
    try tier.publish((Self.key, entry)) {
      (
        HotProfiles.encode([Profile(name: "default")], active: "default"),
        TierIndex.Limits(entries: 10, bytes: 8 << 20)
      )
    }
    place = TierDirectory(
      store: store.path, try #require(StoreVersion.File(store.path)), root: root.path)
    // A file under the journal's name would grow until the front gives way.
    try #require(mkdir(store.path + "-access", 0o700) == 0)
    arguments = ["run", "--db", store.path, "--", "true"]
    manifest = ManifestFile(
      call: [], profilesSum: try #require(TierIndex.read(in: place)?.profilesSum), verb: .run,
      oldest: nil,
      statuses: [0, 3], key: Self.key, profile: "default", observations: [])
    try write()
  }

  deinit {
    memory.deallocate()
    close(null)
  }

  /// The file of an entry, as `HotEntry` has it.
  static func entry(
    output: String, errors: String, status: Int32, input: UInt32 = 3, kind: UInt32 = 1,
    created: Timestamp = .now(), expiry: Timestamp = .never
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(little: UInt64(0x7972_746e_6579_6e74))
    bytes.append(little: UInt32(3))
    bytes.append(little: UInt32(key.text.utf8.count))
    bytes.append(little: UInt64(0))
    bytes.append(little: UInt64(0))
    bytes.append(little: created.microseconds)
    bytes.append(little: expiry.microseconds)
    bytes.append(little: Int64(77))
    bytes.append(little: status)
    bytes.append(little: kind)
    bytes.append(little: UInt64(2))
    bytes.append(little: Int64(0))
    bytes.append(little: input)
    bytes.append(little: UInt32(0))
    bytes.append(contentsOf: key.text.utf8)
    bytes.append(little: UInt64(output.utf8.count * 2))
    bytes.append(little: UInt64(errors.utf8.count * 2 + 1))
    bytes.append(contentsOf: output.utf8)
    bytes.append(contentsOf: errors.utf8)
    bytes.put(little: UInt64(bytes.count), at: 24)
    return sealed(bytes)
  }

  /// A file of the tier with a checksum that fits.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 24 else { return bytes }
    var bytes = bytes
    let sum = bytes.withUnsafeBytes {
      System.Checksum.ofLanes(UnsafeRawBufferPointer(rebasing: $0[24...]))
    }
    bytes.put(little: sum, at: 16)
    return bytes
  }

  /// The call; nil for one of the arguments and variables.
  var raw: RawCall?

  private var current: RawCall {
    raw ?? RawCall(arguments.map { Array($0.utf8) }, variables.map { Array($0.utf8) })
  }

  /// The digest of the call, as the library computes it.
  func digest() throws -> [UInt8] {
    let environment = current.environment
    return try #require(
      CommandCache.CallDigest.of(
        arguments.map { Array($0.utf8) }, environment: environment,
        directory: try WorkingDirectory.path(named: environment["PWD"])))
  }

  /// Writes the manifest for the call.
  func write() throws {
    manifest.call = try digest()
    try write(ManifestFile.name(of: manifest.call), try #require(manifest.encoded()))
  }

  /// Writes a file of the tier.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = try #require(fopen(place.path(name), "w"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    chmod(place.path(name), 0o600)
  }

  struct Served: Equatable {
    var status: Int32
    var output = ""
    var errors = ""

    static let givenWay = Served(status: -1)
  }

  /// Serves the call.
  func serve() throws -> Served {
    let output = try capture()
    let errors = try capture()
    defer {
      close(output)
      close(errors)
    }
    let status = serve(output, errors)
    return Served(status: max(-1, status), output: try text(output), errors: try text(errors))
  }

  /// Serves the call, whatever is printed.
  func serveToNull() throws -> Int32 { serve(null, null) }

  private let null = open("/dev/null", O_RDWR | O_CLOEXEC)

  private func serve(_ output: Int32, _ errors: Int32) -> Int32 {
    let raw = current
    return withExtendedLifetime(raw) {
      root.path.withCString { root in
        let bytes = Bytes(UnsafeRawPointer(root), strlen(root))
        guard var front = Front(raw.call, memory, root: bytes) else { return -1 }
        front.streams = (Int(null), Int(output), Int(errors))
        return front.serve()
      }
    }
  }

  private func capture() throws -> Int32 {
    var name = Array("/dev/shm/front-XXXXXX".utf8CString)
    let descriptor = name.withUnsafeMutableBufferPointer {
      $0.baseAddress.map { mkstemp($0) } ?? -1
    }
    try #require(descriptor >= 0)
    unlink(name)
    return descriptor
  }

  private func text(_ descriptor: Int32) throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
  }
}
