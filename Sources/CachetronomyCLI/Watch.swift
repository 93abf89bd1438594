internal import CPOSIX
internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// `gc --watch`: passes at the profile's intervals, and earlier when memory runs short.
///
/// The store is opened for each pass and closed after it: nothing is held while it sleeps, what
/// stands in the profile now is what counts, and a database that was replaced is found.
struct Watch {
  let common: CommonValues
  let environment: Environment
  let json: Bool
  /// How long one pass may take.
  var limit = TimeToLive.never

  private let signals = WatchSignals()
  private let notifier: Notifier?
  private var pressure = PressureTrigger()
  private var profile = Profile(name: Profile.defaultName)
  private var passes: Int64 = 0
  private var warnings: [String: String] = [:]
  private var nextPass: Int64 = 0
  private var nextLook: Int64 = 0

  init(common: CommonValues, environment: Environment, json: Bool) {
    (self.common, self.environment, self.json) = (common, environment, json)
    notifier = Notifier(environment)
  }

  /// How long a pass waits for the lock: a signal to end must not wait for long.
  private static let lockTimeout: Int32 = 2000

  /// Makes passes until a signal ends it.
  mutating func run() throws(Failure) {
    guard let place = try StoreLocation.find(common.store, environment) else {
      throw .missing(nil)
    }
    try StoreLocation.checkHome(of: place)
    try begin(place)
    var lock = try GCLock.watch(store: place.path)
    notifier?.send("READY=1\nSTATUS=watching \(place.path)")
    defer { notifier?.send("STOPPING=1") }
    while !signals.isEnding {
      let now = Clock.now
      if now >= nextPass {
        if !lock.isNamed { lock = try GCLock.watch(store: place.path) }
        try pass()
      } else if now >= nextLook {
        try look()
      }
      sleep()
    }
  }

  /// A store that was named has to exist, and a profile; the usual store may come later.
  private mutating func begin(_ place: (path: String, isNamed: Bool)) throws(Failure) {
    if let store = try open() {
      profile = try common.profile(in: store, environment)
    } else if place.isNamed {
      throw .missing(place.path)
    }
  }

  private func open() throws(Failure) -> Store? {
    try common.writing(environment, create: false, lockTimeout: Self.lockTimeout)
  }

  // MARK: what is due

  private mutating func pass() throws(Failure) {
    passes += 1
    let started = Timestamp.now()
    do throws(Failure) {
      if let store = try open() {
        readProfile(in: store)
        var sweep = GCPass(store, profile: profile, now: started)
        sweep.lockTimeout = Self.lockTimeout
        sweep.limit = limit
        let (signals, notifier) = (signals, notifier)
        sweep.isStopping = {
          notifier?.beat()
          return signals.look()
        }
        let report = try sweep.run()
        warnings["pass"] = nil
        if report.didSomething { try say(GCReport(report, from: started)) }
      }
    } catch {
      if case .file = error { throw error }
      warn("pass", error)
    }
    nextPass = Clock.after(profile.ttlCleanupInterval)
    nextLook = profile.memoryBasedEviction ? Clock.after(profile.memoryCleanupInterval) : .max
  }

  private mutating func say(_ record: GCReport) throws(Failure) {
    var record = record
    record.number = passes
    notifier?.send("STATUS=pass \(passes): \(record.line)")
    if json {
      try Output.write(json: record.value)
    } else if !common.quiet {
      Output.say("pass \(passes): \(record.line)")
    }
  }

  /// A profile that is gone is said once, and the built-in settings hold until it is back.
  private mutating func readProfile(in store: Store) {
    do throws(Failure) {
      profile = try common.profile(in: store, environment)
      warnings["profile"] = nil
    } catch {
      warn("profile", error)
      profile = Profile(name: Profile.defaultName)
    }
  }

  /// Only what has not been said yet.
  private mutating func warn(_ about: String, _ failure: Failure) {
    let text = failure.description
    if warnings[about] != text { Output.warn(failure) }
    warnings[about] = text
  }

  /// A pass comes early if memory is short.
  private mutating func look() throws(Failure) {
    if MemoryPressure.read()?.isUnder(profile.freeMemoryTarget) == true { return try pass() }
    nextLook = Clock.after(profile.memoryCleanupInterval)
  }

  // MARK: sleeping

  private mutating func sleep() {
    if signals.isEnding { return }
    // One that came during a pass has been read already.
    let wake = signals.isAsking ? 0 : min(nextPass, nextLook, notifier?.nextBeat ?? .max)
    let left = wake == .max ? -1 : Int32(clamping: (max(0, wake - Clock.now) + 999) / 1000)
    var polled = [
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pressure.descriptor, events: Int16(POLLPRI), revents: 0),
    ]
    poll(&polled, 2, left)
    notifier?.beat()
    signals.look()
    if signals.isAsking {
      signals.isAsking = false
      nextPass = 0
    }
    if polled[1].revents & Int16(POLLERR) != 0 { pressure.close() }
    if polled[1].revents & Int16(POLLPRI) != 0, profile.memoryBasedEviction { nextLook = 0 }
  }
}

extension Failure {
  /// There is no store at a named path; nil if there is no path.
  static func missing(_ path: String?) -> Failure {
    guard let path else {
      return .store(
        path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
    }
    return .store(path: path, .missing, detail: "No such file or directory")
  }
}

/// Microseconds on a clock that never steps.
enum Clock {
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// This many seconds from now; 0 means never.
  static func after(_ seconds: Int64) -> Int64 {
    seconds > 0 ? now + min(seconds, 31_536_000) * 1_000_000 : .max
  }
}

/// The signals that steer a watcher, read when it has time for them.
final class WatchSignals {
  let descriptor: Int32
  /// TERM or INT came.
  private(set) var isEnding = false
  /// HUP came.
  var isAsking = false

  init() {
    var ours = sigset_t()
    sigemptyset(&ours)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ours, signal) }
    sigprocmask(SIG_BLOCK, &ours, nil)
    descriptor = signalfd(-1, &ours, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
  }

  deinit { close(descriptor) }

  /// Reads pending signals; true if the process has to end.
  @discardableResult
  func look() -> Bool {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while read(descriptor, &info, size) == size {
      if info.ssi_signo == UInt32(SIGHUP) { isAsking = true } else { isEnding = true }
    }
    return isEnding
  }
}

/// The kernel's word that programs wait for memory, where it gives it to us.
struct PressureTrigger {
  private(set) var descriptor: Int32

  init() {
    descriptor = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    // 150 ms of 2 s: windows that are multiples of 2 s need no privilege.
    let wish = Array("some 150000 2000000".utf8CString)
    if write(descriptor, wish, wish.count) != wish.count { close() }
  }

  mutating func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }
}
