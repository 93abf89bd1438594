internal import Cachetronomy
internal import System

extension KeyParts {
  /// Returns the parts of the key that differ on every machine, each with the setting that avoids
  /// it.
  ///
  /// Other parts, such as the values of variables, may be the same elsewhere.
  func machineBound(of call: Invocation) -> [String] {
    var bound: [String] = []
    if call.settings.executable == .stat {
      bound.append("executable by inode, size and times (executable: content)")
    } else if FileIdentity.isByStat(executable) {
      bound.append("executable, which cannot be read or is over content_limit, by inode and times")
    }
    let files = argumentFiles.map(\.parts) + scriptInputs.filter { !$0.isProgram }.map(\.parts)
    if files.contains(where: FileIdentity.isByStat) {
      bound.append("argument files by inode, size and times (arg_files: content)")
    }
    if call.settings.argFiles == nil, files.contains(where: FileIdentity.isOfDirectory) {
      bound.append("directories among the arguments by inode and times (arg_files: content)")
    }
    switch call.settings.cwd ?? .path {
    case .none: break
    case .path:
      bound.append("cwd \(ShellWords.quote(call.directory)) (cwd: repository, or false)")
    case .repository:
      if Repository(of: call.directory, call.probe)?.isPortable != true {
        bound.append(
          "cwd \(ShellWords.quote(call.directory)), in no repository with an origin (cwd: false)")
      }
    }
    if !mtimes.isEmpty { bound.append("mtimes (file instead of mtime)") }
    return bound
  }
}
