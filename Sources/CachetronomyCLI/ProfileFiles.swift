internal import Cachetronomy
internal import Glibc
internal import System

/// Profile files on disk.
enum ProfileFiles {
  /// Reads files, and of directories every `.yaml` and `.yml` file, in the order of their names.
  static func read(_ paths: [String]) throws(Failure) -> [ProfileFile] {
    var files: [ProfileFile] = []
    for path in paths {
      let path = try ArgumentBytes.plain(path, "path")
      for file in try expand(path) {
        if let who = exposed(file) {
          Output.say("warning: \(who) can be changed by every user")
        }
        let read = try ProfileFile(try Input.settings(file), path: file)
        for hint in read.hints { Output.say("warning: \(Terminal.shown(hint.description))") }
        files.append(read)
      }
    }
    return files
  }

  /// A profile file, or the directory it is in, that every user of the machine may write to; nil if
  /// neither is.
  private static func exposed(_ file: String) -> String? {
    var status = stat()
    guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    if status.st_mode & 0o002 != 0 { return "profile file '\(file)'" }
    let cut = file.lastIndex(of: "/")
    let directory = cut.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
    guard stat(directory, &status) == 0, status.st_mode & 0o1002 == 0o002 else { return nil }
    return "directory '\(directory)' of profile file '\(file)'"
  }

  private static func expand(_ path: String) throws(Failure) -> [String] {
    guard let all = Input.names(in: path) else { return [path] }
    let names = all.filter {
      !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
    }.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
    guard !names.isEmpty else {
      throw .file(verb: "read", path: path, reason: "no .yaml file in it")
    }
    return names.sorted()
  }

  /// For each profile's name the absolute path and the digest of its file.
  static func sources(
    _ files: [ProfileFile]
  ) throws(Failure) -> [String: (path: String, digest: String)] {
    var sources: [String: (path: String, digest: String)] = [:]
    for file in files {
      var path = file.path
      if let real = realpath(file.path, nil) {
        path = String(cString: real)
        free(real)
      }
      for name in file.names { sources[name] = (path, file.digest) }
    }
    return sources
  }

  /// A profile that is in the store, or the default one where there is no store yet.
  static func stored(_ name: String, in store: Store?) -> ProfileFile.Resolved? {
    guard let store else {
      return name == Profile.defaultName ? ProfileFile.Resolved(profile: Profile(name: name)) : nil
    }
    guard let profile = try? store.profile(name) else { return nil }
    return ProfileFile.Resolved(
      profile: profile, origins: (try? store.origins(of: name)) ?? Origins())
  }

  /// Whether a file is still what it was when it was applied: `same`, `changed` or `gone`.
  static func state(_ source: (path: String, digest: String)) -> String? {
    guard let bytes = try? Input.settings(source.path) else {
      return "gone"
    }
    return Digest.hex(Digest.of(bytes)) == source.digest ? "same" : "changed"
  }
}
