internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// Finds the path of the store.
enum StoreLocation {
  /// `--db`, else `CACHETRONOMY_DB`, else a file in the user's cache directory.
  ///
  /// - Returns: the path, and whether the user named it; nil if there is no home directory.
  static func find(
    _ flag: String?, _ environment: Environment
  ) throws(Failure) -> (path: String, isNamed: Bool)? {
    if let flag {
      let path = try ArgumentBytes.plain(flag, "store path")
      guard !path.isEmpty else { throw .badSetting("store path", "it is empty") }
      return (try expand(path, "--db", environment), true)
    }
    if let named = environment["CACHETRONOMY_DB"], !named.isEmpty {
      guard let path = String(validating: named, as: UTF8.self) else {
        throw .badSetting("CACHETRONOMY_DB", "it is not valid UTF-8")
      }
      return (try expand(path, "CACHETRONOMY_DB", environment), true)
    }
    let file = "cachetronomy/cachetronomy.db"
    // A relative XDG_CACHE_HOME is to be ignored, says the specification.
    if let cache = environment.text("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      return ("\(cache)/\(file)", false)
    }
    return home(environment).map { ("\($0)/.cache/\(file)", false) }
  }

  /// Expands `~/`, as no shell does for a variable in a crontab or unit file, or for `--db=~/x`.
  ///
  /// - Throws: `Failure.badSetting` for `~user` and `$NAME`, which would make a directory of that
  ///   name.
  private static func expand(
    _ path: String, _ setting: String, _ environment: Environment
  ) throws(Failure) -> String {
    switch path.utf8.first {
    case UInt8(ascii: "$"):
      throw .badSetting(
        "\(setting) '\(path)'",
        "variables are not expanded here (write the path in full, or ~/ for your home directory)")
    case UInt8(ascii: "~"):
      let rest = path.dropFirst()
      guard rest.isEmpty || rest.hasPrefix("/") else {
        throw .badSetting(
          "\(setting) '\(path)'",
          "only ~/ is expanded, not ~user (write the path in full, or ./\(path) for a file of that name)"
        )
      }
      guard let home = home(environment) else {
        throw .badSetting("\(setting) '\(path)'", "there is no HOME to expand ~/ with")
      }
      return home + rest
    default: return path
    }
  }

  /// Refuses to make a directory that is named like a variable, as of `/home/$USER/c.db` in a
  /// crontab.
  static func checkVariables(in place: (path: String, isNamed: Bool)) throws(Failure) {
    guard place.isNamed, let cut = place.path.lastIndex(of: "/") else { return }
    let directory = place.path[..<cut]
    guard directory.split(separator: "/").contains(where: { $0.hasPrefix("$") && $0.count > 1 }),
      access(String(directory), F_OK) != 0
    else { return }
    throw .badSetting(
      "store path '\(place.path)'",
      "variables are not expanded here (write the path in full, or make the directory first)")
  }

  private static func home(_ environment: Environment) -> String? {
    environment.text("HOME") ?? homeFromPasswd()
  }

  /// Refuses to make a default store as root in another user's home, as sudo without `-H` would:
  /// that user would be shut out of it.
  static func checkHome(of place: (path: String, isNamed: Bool)) throws(Failure) {
    guard !place.isNamed, geteuid() == 0 else { return }
    var path = Substring(place.path)
    var status = stat()
    while stat(String(path), &status) != 0 {
      guard let cut = path.lastIndex(of: "/"), cut != path.startIndex else { return }
      path = path[..<cut]
    }
    guard status.st_uid != 0, status.st_mode & S_ISVTX == 0, path != place.path else { return }
    throw .store(
      path: place.path, .notTrusted,
      detail: "'\(path)' belongs to another user (sudo -H uses root's own)")
  }

  /// This UID's line in `/etc/passwd`: a static program has no `getpwuid` to rely on.
  private static func homeFromPasswd() -> String? {
    guard let bytes = try? Input.read(Array("/etc/passwd".utf8), limit: 4 << 20) else {
      return nil
    }
    let wanted = getuid().description
    for line in bytes.split(separator: 0x0a) {
      let fields = line.split(separator: 0x3a, omittingEmptySubsequences: false)
      if fields.count >= 6, fields[2].elementsEqual(wanted.utf8), !fields[5].isEmpty {
        return String(validating: fields[5], as: UTF8.self)
      }
    }
    return nil
  }
}
