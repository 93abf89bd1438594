internal import Cachetronomy
internal import CommandCache
internal import Remotes
internal import System

/// What `doctor` examines, one thing after the other; nothing is changed or made.
struct Diagnosis {
  /// How bad something is.
  enum Grade: String { case ok, warning, problem }

  /// What was found of one thing.
  struct Finding {
    var grade: Grade
    var check: String
    var text: String
    var mend: String?
  }

  private let common: CommonValues
  private let environment: Environment
  private let isDeep: Bool
  private var findings: [Finding] = []
  private var store: Store?

  init(_ common: CommonValues, _ environment: Environment, isDeep: Bool) {
    (self.common, self.environment, self.isDeep) = (common, environment, isDeep)
  }

  mutating func make() -> [Finding] {
    note(.ok, "version", "cachetronomy \(Version.current), SQLite \(Store.libraryVersion)")
    do throws(Failure) {
      guard let place = try StoreLocation.find(common.store, environment) else {
        note(.problem, "store", "there is no HOME to put it in", "set HOME or CACHETRONOMY_DB")
        return findings
      }
      let files = try StoreFiles(of: place.path)
      look(at: files)
      if files.isThere { examine(files) }
      lookAtMemory(files)
      lookAtProfile()
    } catch {
      note(.problem, "store", error.description, "name another with --db or CACHETRONOMY_DB")
    }
    return findings
  }

  private func quote(_ text: String) -> String { ShellWords.quote(Array(text.utf8)) }

  private mutating func note(
    _ grade: Grade, _ check: String, _ text: String, _ mend: String? = nil
  ) {
    findings.append(Finding(grade: grade, check: check, text: text, mend: mend))
  }

  private mutating func look(at files: StoreFiles) {
    let directory = files.path.lastIndex(of: "/").map { String(files.path[..<$0]) } ?? "."
    if !files.isThere {
      note(
        .ok, "store", "there is none at '\(files.path)' yet: the first command that stores makes it"
      )
    } else if files.isForeign {
      note(
        .problem, "store", "'\(files.path)' belongs to another user and is not written",
        "use your own store: --db or CACHETRONOMY_DB")
    } else if files.isOpen {
      note(
        .problem, "store", "others may read or change '\(files.path)'",
        "chmod 700 \(quote(directory)); chmod 600 \(quote(files.path))")
    } else if !files.isWritable {
      note(
        .warning, "store", "'\(files.path)' is read-only: nothing new is kept",
        "chmod 600 \(quote(files.path))")
    } else {
      note(.ok, "store", files.path)
    }
    if let system = FileSystem(of: directory.isEmpty ? "/" : directory) { look(at: system) }
    lookBeside(files)
  }

  private mutating func look(at system: FileSystem) {
    if system.isShared {
      note(
        .warning, "disk",
        "the store is on \(system.name), whose locks other machines may not keep",
        "put it on a disk of this machine, and share by 'remote:' (see cachetronomy-remote(1))")
    } else if let free = system.free, free < 64 << 20 {
      note(
        .warning, "disk", "only \(Formatting.size(free)) left on \(system.name)",
        "make room, or lower max_store_size")
    } else {
      note(.ok, "disk", system.name + (system.free.map { ", \(Formatting.size($0)) left" } ?? ""))
    }
  }

  /// Reports the files next to the database: its log, the journal of reads, locks of runs, and
  /// damaged databases that were set aside.
  private mutating func lookBeside(_ files: StoreFiles) {
    if files.logBytes > 64 << 20 {
      note(
        .warning, "log",
        "the write-ahead log has \(Formatting.size(files.logBytes)): some reader holds it",
        "end programs that have the store open, then: cachetronomy gc")
    }
    if files.journalBytes > 16 << 20 {
      note(
        .warning, "journal", "\(Formatting.size(files.journalBytes)) of reads are not added up",
        "cachetronomy gc")
    }
    if files.deadFlights > 0 {
      note(
        .warning, "runs", "\(Formatting.count(files.deadFlights, "file")) of runs that were killed",
        "cachetronomy gc")
    } else if files.flights > 0 {
      note(.ok, "runs", "\(Formatting.count(files.flights, "command")) under way")
    }
    for path in files.setAside {
      note(
        .warning, "damaged", "'\(path)' was set aside",
        "look whether something can be saved ('sqlite3 FILE .recover'), then remove it")
    }
  }

  private mutating func examine(_ files: StoreFiles) {
    do throws(Failure) {
      guard
        let store = try Store.open(
          files.path, for: .inspecting, lockTimeout: 2000, ownsProcess: true)
      else { return }
      self.store = store
      let meter = Meter(isShown: isDeep && Terminal.isErrors && !common.quiet, since: .now())
      defer { meter.clear() }
      report(try store.examine(isDeep: isDeep, at: .now(), meter.show))
    } catch {
      let mend: String? =
        switch error {
        case .store(_, .corrupt, _):
          "the next 'run' sets it aside and makes a new one; or move it away"
        case .store(_, .notOurs, _): "move it away, or name another with --db"
        default: nil
        }
      note(.problem, "database", error.description, mend)
    }
  }

  private mutating func report(_ found: Store.Examination) {
    if found.damage.isEmpty {
      note(
        .ok, "database",
        "\(Formatting.count(found.entries, "entry")), \(Formatting.size(found.bytes)), "
          + (isDeep ? "every page and index is whole" : "every page is whole"))
    } else {
      note(
        .problem, "database", "damaged: " + found.damage.prefix(3).joined(separator: "; "),
        "cachetronomy export > saved.jsonl; move the file away; cachetronomy import saved.jsonl")
    }
    if found.unsound > 0 { reportUnsound(found) }
    if found.fromFuture > 0 {
      note(
        .warning, "clock",
        "\(Formatting.count(found.fromFuture, "entry")) stored in the future: "
          + "the clock was set back, they are not served",
        "set the clock; or cachetronomy clear --all")
    }
    if found.foreign > 0, Store.libraryLosesChanges {
      note(
        .warning, "python",
        "another program writes this file too, and SQLite \(Store.libraryVersion) may "
          + "lose a change if one checkpoints while another writes",
        "SQLite 3.51.3 or later in both")
    }
    if !found.shrinks {
      note(
        .warning, "size", "the file was made by another program and never shrinks",
        "cachetronomy gc --vacuum")
    }
  }

  private mutating func reportUnsound(_ found: Store.Examination) {
    let names = found.unsoundKeys.map { quote($0.text) }
    let more = found.unsound > names.count ? " and others" : ""
    // Another program may have keys that cannot be said to us.
    let canBeSaid = found.unsoundKeys.allSatisfy {
      !$0.text.isEmpty && !$0.text.contains("\u{fffd}")
    }
    note(
      .warning, "entries",
      "\(Formatting.count(found.unsound, "entry")) not as stored, and not served: "
        + names.joined(separator: ", ") + more,
      canBeSaid
        ? "'run' and 'set' replace them; or: cachetronomy delete "
          + names.joined(separator: " ") : "cachetronomy clear --all")
  }

  private mutating func lookAtMemory(_ files: StoreFiles) {
    guard let system = FileSystem(of: "/dev/shm"), system.name == "tmpfs" else {
      note(
        .warning, "memory", "/dev/shm is no tmpfs: hits are served from the database",
        "mount -t tmpfs tmpfs /dev/shm")
      return
    }
    if let free = system.free, free < 1 << 20 {
      note(.warning, "memory", "/dev/shm is full", "remove what is not needed there")
    } else if let memory = try? store?.memory(), let path = memory.path {
      note(
        .ok, "memory",
        "\(Formatting.count(memory.entries, "entry")), \(Formatting.size(memory.bytes)) in \(path)")
    } else {
      note(.ok, "memory", "empty: the next hits fill it")
    }
  }

  private mutating func lookAtProfile() {
    let profile: Profile
    do throws(Failure) {
      profile = try common.profile(in: store, environment)
    } catch {
      note(
        .problem, "profile", error.description,
        "cachetronomy profile list; unset CACHETRONOMY_PROFILE or apply its file")
      return
    }
    note(.ok, "profile", profile.name)
    lookAtLimit(profile)
    for one in (try? store?.profiles()) ?? [] {
      guard let source = try? store?.source(of: one.name),
        let state = ProfileFiles.state(source), state != "same"
      else { continue }
      note(
        .warning, "profile",
        "'\(source.path)', which profile '\(one.name)' came from, "
          + (state == "gone" ? "is gone" : "has changed since it was applied"),
        state == "gone"
          ? "cachetronomy profile delete \(quote(one.name))"
          : "cachetronomy profile diff; cachetronomy profile apply \(quote(source.path))")
    }
    lookAtRemote(profile)
  }

  /// Between its limit and a sixteenth more a store is where it should be.
  private mutating func lookAtLimit(_ profile: Profile) {
    let limit = profile.maxStoreSize
    guard limit > 0, let used = try? store?.usedBytes() else { return }
    let text = "\(Formatting.size(used)) in use, "
    if used <= limit {
      note(.ok, "limit", text + "at most \(Formatting.size(limit))")
    } else if used - limit <= limit / 16 {
      note(
        .ok, "limit",
        text + "over max_store_size of \(Formatting.size(limit)) by less than a sixteenth")
    } else {
      note(
        .warning, "limit", text + "over max_store_size of \(Formatting.size(limit))",
        "cachetronomy gc; or raise max_store_size")
    }
  }

  private mutating func lookAtRemote(_ profile: Profile) {
    do throws(Failure) {
      guard let tier = try RemotePlace.tier(of: profile, store: store, environment) else { return }
      if !RemoteTier.isBuiltIn {
        note(
          .warning, "remote", "the profile has one, this build has not",
          "make build REMOTE=1; or 'remote: off' in the profile")
        return
      }
      try tier.checkKey()
      if isDeep {
        note(.ok, "remote", "\(tier.server) replies in \(Formatting.duration(try tier.ping()))")
      } else if let trouble = tier.trouble {
        note(
          .warning, "remote",
          "\(tier.server): \(trouble.detail), "
            + Formatting.count(trouble.failures, "failure"),
          "cachetronomy remote ping")
      } else {
        note(.ok, "remote", "\(tier.server), no trouble known")
      }
    } catch {
      note(.problem, "remote", error.description, "see cachetronomy-remote(1)")
    }
  }
}
