internal import Cachetronomy
internal import Glibc

/// Where the store is when nobody says.
enum StoreLocation {
  /// `--db`, else `CACHETRONOMY_DB`, else the user's cache directory.
  ///
  /// - Returns: the path, and whether somebody named it; nil if there is no home to put it in.
  static func find(
    _ flag: String?, _ environment: Environment
  ) throws(Failure) -> (path: String, isNamed: Bool)? {
    if let flag {
      let path = try Words.plain(flag, "store path")
      guard !path.isEmpty else { throw .badSetting("store path", "it is empty") }
      return (path, true)
    }
    if let named = environment["CACHETRONOMY_DB"], !named.isEmpty {
      guard let path = String(validating: named, as: UTF8.self) else {
        throw .badSetting("CACHETRONOMY_DB", "it is not valid UTF-8")
      }
      return (path, true)
    }
    let file = "cachetronomy/cachetronomy.db"
    // A relative XDG_CACHE_HOME is to be ignored, says the specification.
    if let cache = environment.text("XDG_CACHE_HOME"), cache.hasPrefix("/") {
      return ("\(cache)/\(file)", false)
    }
    let home = environment.text("HOME") ?? homeFromPasswd()
    return home.map { ("\($0)/.cache/\(file)", false) }
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

  /// Our uid's line in `/etc/passwd`: a static program has no `getpwuid` to rely on.
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
