internal import CPOSIX
internal import Glibc
internal import System

/// Notes what a command and all that it starts do with paths.
struct Tracer {
  private let calls = WatchedCall.table()
  private let tracee = Tracee()
  var inputs = InputSet()
  /// Whether the times of all files count.
  private let isTimed: Bool
  /// The first reason why the result depends on more than files.
  private(set) var refusal: Refusal?

  /// Whether it asked for the name of the machine or the version of the kernel.
  private(set) var usesMachine = false

  init(isTimed: Bool) { self.isTimed = isTimed }

  /// What was used for which the result may hold for a while only, or not at all.
  private mutating func refuse(_ kind: Refusal.Kind, _ detail: String) {
    // A reason that no ttl helps against comes first.
    if let refusal, refusal.kind.isFinal || !kind.isFinal { return }
    refusal = Refusal(kind: kind, detail: detail)
  }

  mutating func noteLeftRunning() { refuse(.leftRunning, "") }

  // MARK: threads

  mutating func begin(_ thread: Int32) { tracee[thread].insert(.known) }

  /// A new thread or process runs its parent's program.
  mutating func begin(_ thread: Int, from parent: Int32) {
    tracee[thread] = tracee[parent].union(.known)
  }

  func knows(_ thread: Int32) -> Bool { owns(Int(thread)) }
  private func owns(_ process: Int) -> Bool { tracee[process].contains(.known) }

  /// A thread of which it is not known what program it runs: times count.
  mutating func beginUnknown(_ thread: Int32) {
    tracee[thread].formUnion([.known, .timed, .exact])
  }

  mutating func end(_ thread: Int32) { tracee[thread] = [] }

  /// A thread executes another program now.
  mutating func executed(_ thread: Int32) {
    let count = tracee.program(of: thread)
    let path = count > 0 ? Self.bytes(tracee.path, count) : []
    let arguments = KernelFile.bytes("/proc/\(thread)/cmdline", limit: 1 << 17) ?? []
    if TimedPrograms.usesAccessTimes(path, arguments) { refuse(.device, "times of access") }
    var traits = tracee[thread].intersection(.known)
    if isTimed || TimedPrograms.contains(path, arguments) { traits.insert(.timed) }
    if TimedPrograms.isExact(path, arguments) { traits.insert(.exact) }
    if TimedPrograms.isShell(path) { traits.insert(.shell) }
    if TimedPrograms.isWalker(path) { traits.insert(.walker) }
    tracee[thread] = traits
  }

  private static func bytes(_ path: UnsafePointer<CChar>, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: path, count: count))
  }

  /// A script that a shell reads says whether it compares times.
  private func examine(_ thread: Int32) {
    guard tracee[thread].intersection([.shell, .timed]) == .shell else { return }
    let path = String(cString: tracee.path)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let text = KernelFile.bytes(path, limit: 1 << 16), text.first != 0x7f,
      TimedPrograms.comparesTimes(text)
    else { return }
    tracee[thread].insert(.timed)
  }

  // MARK: calls

  mutating func saw(_ thread: Int32, _ call: UnsafePointer<UInt64>) {
    tracee[thread].insert(.known)
    let (architecture, number) = (call[0], call[1])
    let arguments = call + 2
    guard architecture == WatchedCall.architecture, number < UInt64(WatchedCall.limit) else {
      return refuse(.call, "calls of another architecture")
    }
    let watched = calls[Int(number)]
    let directory =
      watched.directory < 0
      ? AT_FDCWD : Int32(truncatingIfNeeded: arguments[Int(watched.directory)])
    switch watched.kind {
    case .none: refuse(.call, Int(number) == Int(SYS_clone) ? "a new namespace" : "call \(number)")
    case .refused: refuse(.call, Self.name(of: Int(number)))
    case .path: note(thread, directory, arguments[Int(watched.path)], watched.use)
    case .open:
      open(
        thread, directory, arguments[Int(watched.path)],
        Int32(truncatingIfNeeded: arguments[Int(watched.flags)]))
    case .openHow:
      var flags: UInt64 = 0
      guard tracee.copy(thread, arguments[2], to: &flags, 8) else { return }
      open(thread, directory, arguments[1], Int32(truncatingIfNeeded: flags))
    case .at: look(thread, directory, arguments, watched)
    case .execute: execute(thread, directory, arguments, watched)
    case .descriptor: note(thread, descriptor: directory, watched.use)
    case .two, .twoAt: move(thread, directory, arguments, watched)
    case .changeDirectory: note(thread, AT_FDCWD, arguments[0], watched.use)
    case .changeDirectoryTo: note(thread, descriptor: directory, watched.use)
    case .peer, .address:
      peer(
        thread, arguments[Int(watched.path)],
        UInt64(UInt32(truncatingIfNeeded: arguments[Int(watched.flags)])),
        isOwn: watched.kind == .address)
    case .message:
      var name: (UInt64, UInt64) = (0, 0)
      guard tracee.copy(thread, arguments[1], to: &name, 16), name.0 != 0 else { return }
      peer(thread, name.0, name.1 & 0xffff_ffff)
    case .cloneHow:
      var flags: UInt64 = 0
      if tracee.copy(thread, arguments[0], to: &flags, 8), flags & Self.unseenClones != 0 {
        refuse(.call, "a new namespace")
      }
    case .process:
      let process = Int(Int32(truncatingIfNeeded: arguments[0]))
      if process > 0, !owns(process) { refuse(.device, "process \(process)") }
    case .machine: usesMachine = true
    case .statistics: statistics(thread, directory, arguments, watched)
    }
  }

  private static func name(of number: Int) -> String {
    WatchedCall.refused.first { $0.number == number }.map { $0.name.description }
      ?? "call \(number)"
  }

  private mutating func note(
    _ thread: Int32, _ directory: Int32, _ address: UInt64, _ use: Use
  ) {
    switch tracee.resolve(thread, directory, address) {
    case .path(let count): note(count, thread, use)
    case .empty, .invalid: break
    case .unreadable: refuse(.call, "memory that cannot be read")
    }
  }

  /// Notes the path that `tracee` has found.
  private mutating func note(
    _ count: Int, _ thread: Int32, _ use: Use, isOpen: Bool = false
  ) {
    let path = UnsafeBufferPointer(start: tracee.path, count: count)
    switch Place(path, use, owns: owns) {
    case .ignored: return
    case .refused(let kind, let detail): return refuse(kind, detail)
    case .file: break
    }
    if use.contains(.read) { examine(thread) }
    var use = use
    // Programs that use times ask for them by path.
    if tracee[thread].contains(.timed), !isOpen { use.insert(.timed) }
    if tracee[thread].contains(.exact) { use.insert(.exact) }
    inputs.note(tracee.path, count, use)
  }

  private mutating func note(_ thread: Int32, descriptor: Int32, _ use: Use) {
    let count = tracee.follow(thread, descriptor)
    // Pipes, sockets and anonymous files are none.
    if count > 0 { note(count, thread, use, isOpen: true) }
  }

  private mutating func open(
    _ thread: Int32, _ directory: Int32, _ address: UInt64, _ flags: Int32
  ) {
    var use: Use = flags & O_ACCMODE == O_WRONLY ? .written : .read
    if flags & O_ACCMODE == O_RDWR { use.insert(.written) }
    if flags & O_ACCMODE != O_RDONLY { use.insert(.readFirst) }
    if flags & O_TRUNC != 0 { use = .written }
    if flags & O_CREAT != 0 { use.insert(.created) }
    if flags & O_NOFOLLOW != 0 { use.insert(.itself) }
    // A file without a name, in a directory.
    if flags & Self.temporary == Self.temporary { use = .looked }
    // A handle on what a path leads to.
    if flags & Self.pathOnly != 0 { use = use.intersection(.itself).union(.looked) }
    note(thread, directory, address, use)
  }

  /// Flags of clone(2) for new namespaces and a process that is not traced.
  static let unseenClones: UInt64 = 0x7e82_0000
  private static let temporary: Int32 = 0o20_200_000
  private static let pathOnly: Int32 = 0o10_000_000
  private static let emptyPath: UInt64 = 0x1000
  private static let noFollow: UInt64 = 0x100

  private mutating func look(
    _ thread: Int32, _ directory: Int32, _ arguments: UnsafePointer<UInt64>, _ watched: WatchedCall
  ) {
    let flags = arguments[Int(watched.flags)]
    var use = watched.use
    if flags & Self.noFollow != 0 { use.insert(.itself) }
    switch tracee.resolve(thread, directory, arguments[Int(watched.path)]) {
    case .path(let count): note(count, thread, use)
    case .empty where flags & Self.emptyPath != 0:
      note(thread, descriptor: directory, watched.use)
    case .empty, .invalid: break
    case .unreadable: refuse(.call, "memory that cannot be read")
    }
  }

  private mutating func move(
    _ thread: Int32, _ directory: Int32, _ arguments: UnsafePointer<UInt64>, _ watched: WatchedCall
  ) {
    note(thread, directory, arguments[Int(watched.path)], watched.use)
    let isAt = watched.kind == .twoAt
    let other = isAt ? Int32(truncatingIfNeeded: arguments[2]) : AT_FDCWD
    note(thread, other, arguments[isAt ? 3 : 1], [.created, .written, .itself])
  }

  private mutating func statistics(
    _ thread: Int32, _ directory: Int32, _ arguments: UnsafePointer<UInt64>, _ watched: WatchedCall
  ) {
    // Those that walk trees ask for the kind of file system.
    if watched.path < 0, tracee[thread].contains(.walker) { return }
    let count: Int
    if watched.path >= 0 {
      guard case .path(let found) = tracee.resolve(thread, AT_FDCWD, arguments[0]) else { return }
      count = found
    } else {
      count = tracee.follow(thread, directory)
    }
    let path = UnsafeBufferPointer(start: tracee.path, count: max(0, count))
    // The C library looks whether SELinux is there.
    if path.isEmpty || Place.isIgnored(path) { return }
    refuse(.device, "the free space of \(Place.text(path))")
  }

  private mutating func execute(
    _ thread: Int32, _ directory: Int32, _ arguments: UnsafePointer<UInt64>, _ watched: WatchedCall
  ) {
    switch tracee.resolve(thread, directory, arguments[Int(watched.path)]) {
    case .path(let count): note(count, thread, .read)
    case .empty where watched.flags >= 0:
      let count = tracee.follow(thread, directory)
      guard count > 0 else { return refuse(.call, "a program without a path") }
      note(count, thread, .read)
    case .empty, .invalid: return
    case .unreadable: return refuse(.call, "memory that cannot be read")
    }
    for _ in 0..<5 {
      guard let next = ProgramFile.interpreter(of: tracee.path, into: tracee.path) else { return }
      note(next, thread, .read)
    }
  }

  private mutating func peer(
    _ thread: Int32, _ address: UInt64, _ size: UInt64, isOwn: Bool = false
  ) {
    var bytes = [UInt8](repeating: 0, count: Int(min(size, 128)))
    guard size >= 2,
      bytes.withUnsafeMutableBytes({ buffer in
        buffer.baseAddress.map { tracee.copy(thread, address, to: $0, buffer.count) } ?? false
      })
    else { return }
    // Any port of this machine: programs find out in this way whether there is IPv6.
    if isOwn, bytes.count >= 4, bytes[2] == 0, bytes[3] == 0, bytes[0] != UInt8(AF_UNIX) { return }
    switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
    case AF_UNIX:
      let name = Array(bytes.dropFirst(2).prefix { $0 != 0 })
      // The name service cache: without it the files are read.
      if name.elementsEqual("/var/run/nscd/socket".utf8), access("/var/run/nscd/socket", F_OK) != 0
      {
        return
      }
      let shown = name.isEmpty ? bytes.dropFirst(3).prefix { $0 != 0 } : name[...]
      refuse(.network, "unix:\(String(decoding: shown, as: UTF8.self))")
    case AF_INET where bytes.count >= 8:
      let port = Int(bytes[2]) << 8 | Int(bytes[3])
      refuse(.network, "\(bytes[4]).\(bytes[5]).\(bytes[6]).\(bytes[7]):\(port)")
    case AF_INET6 where bytes.count >= 24:
      let port = Int(bytes[2]) << 8 | Int(bytes[3])
      let groups = (0..<8).map {
        String(Int(bytes[8 + $0 * 2]) << 8 | Int(bytes[9 + $0 * 2]), radix: 16)
      }
      refuse(.network, "[\(groups.joined(separator: ":"))]:\(port)")
    case 0: break
    case AF_NETLINK: refuse(.network, "the kernel (netlink)")
    default: refuse(.network, "a socket")
    }
  }
}
