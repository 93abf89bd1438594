internal import Cachetronomy
internal import CommandCache

/// One round of `warm` over the commands of a profile.
struct WarmRound {
  let profile: Profile
  let environment: Environment
  let common: CommonOptions
  var before: TimeToLive?
  var isAnyway = false
  private(set) var failed = 0
  private var (fresh, warmed) = (0, 0)

  init(profile: Profile, environment: Environment, common: CommonOptions) {
    (self.profile, self.environment, self.common) = (profile, environment, common)
  }

  /// Checks all, runs those that are due, and reports the results.
  ///
  /// - Returns: the signal that ended it early, if one did.
  mutating func run(_ store: Store?, atOnce limit: Int) throws(Failure) -> Int32? {
    if profile.warm.isEmpty {
      common.say("nothing to warm: profile '\(profile.name)' has no 'warm'")
      return nil
    }
    var wanted: [(command: Profile.WarmCommand, isMissing: Bool, job: WorkerPool.Job)] = []
    for command in profile.warm {
      do throws(Failure) {
        let item = try look(command, store, before)
        switch item.state {
        case .fresh: fresh += 1
        case .refused(let why): complain(command, item.shown, why)
        case .missing: wanted.append((command, true, try job(command, item, [])))
        case .due: wanted.append((command, false, try job(command, item, ["--refresh"])))
        }
      } catch {
        complain(command, nil, error.description)
      }
    }
    let began = Timestamp.now()
    let isShown = Terminal.isErrors && !common.quiet
    let count = wanted.count
    var ended = 0
    var crew = WorkerPool(wanted.map(\.job), environment: environment, atOnce: limit)
    func draw() { if isShown { Output.draw("\(ended) of \(Formatting.count(count, "command"))") } }
    if count > 0 { draw() }
    let signal = try crew.run { index, end in
      ended += 1
      if isShown { Output.draw("") }
      judge(wanted[index].command, wanted[index].isMissing, end, since: began)
      draw()
    }
    if isShown, count > 0 { Output.draw("") }
    let left = count - ended
    if !common.quiet {
      try Output.write(
        "\(warmed) warmed, \(fresh) fresh, \(failed) failed"
          + (left > 0 ? ", \(left) not started" : "") + "\n")
    }
    return signal
  }

  private func look(
    _ command: Profile.WarmCommand, _ store: Store?, _ before: TimeToLive?
  ) throws(Failure) -> Warming {
    try Warming(
      command, profile: profile, store: store, environment: environment, before: before,
      isAnyway: isAnyway, at: .now())
  }

  /// The same as the user would type, so that the entry is the one which that finds.
  private func job(
    _ command: Profile.WarmCommand, _ item: Warming, _ options: [String]
  ) throws(Failure) -> WorkerPool.Job {
    guard let place = try StoreLocation.find(common.store, environment) else {
      throw .store(path: "", .missing, detail: "no HOME, and neither --db nor CACHETRONOMY_DB")
    }
    var path = Array(place.path.utf8)
    if path.first != UInt8(ascii: "/") {
      path = try WorkingDirectory.path(named: environment["PWD"]) + [UInt8(ascii: "/")] + path
    }
    let words = ["run", "--no-stdin", "--profile", profile.name] + options + ["--db"]
    return WorkerPool.Job(
      ArgumentBytes.all().prefix(1) + words.map { Array($0.utf8) } + [path, Array("--".utf8)]
        + command.words.map { Array($0.utf8) },
      in: item.directory)
  }

  private mutating func judge(
    _ command: Profile.WarmCommand, _ wasMissing: Bool, _ end: WorkerPool.JobResult,
    since began: Timestamp
  ) {
    do throws(Failure) {
      // Opened again: there may have been none before.
      let item = try look(command, try common.reading(), TimeToLive(microseconds: 0))
      if let why = item.failure(end, wasMissing: wasMissing, since: began, at: .now()) {
        complain(command, item.shown, why)
      } else {
        warmed += 1
      }
    } catch {
      complain(command, nil, error.description)
    }
  }

  private mutating func complain(
    _ command: Profile.WarmCommand, _ shown: String?, _ why: String
  ) {
    failed += 1
    let place = command.source.map { "\($0): " } ?? ""
    Output.say("\(place)\(shown.map { "'\($0)': " } ?? "")\(why)")
  }
}
