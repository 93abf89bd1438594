internal import ArgumentParser
internal import Cachetronomy
internal import CommandCache
internal import Glibc

/// `cachetronomy help`: the overview, or the man page of a command, as with git.
enum Manual {
  /// Runs `help` and `help COMMAND`.
  ///
  /// - Returns: the status; nil for any other line, or where there is no page or nothing to show
  ///   it.
  static func open(_ words: [[UInt8]]) throws(Failure) -> Int32? {
    guard words.first == Array("help".utf8) else { return nil }
    if words.count == 1 {
      try Output.write(overview)
      return Status.done
    }
    let verb = ArgumentBytes.text(words[1])
    let (name, section) = verb == "tutorial" ? ("cachetronomy", "7") : ("cachetronomy-\(verb)", "1")
    guard verb.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "-") }),
      let page = page(name, section)
    else {
      guard words.count == 2, !verb.hasPrefix("-"), !ExternalCommand.own.contains(verb) else {
        return nil
      }
      Output.say("'\(verb)' is not a cachetronomy command")
      return Status.usage
    }
    let environment = ArgumentBytes.environment()
    do throws(Failure) {
      let plan = try ResolvedCommand(
        .words([Array("man".utf8), Array(page.utf8)]), profile: Profile(name: Profile.defaultName),
        flags: RunSettings())
      throw CachedRun.exec(
        try plan.invocation(directory: [UInt8(ascii: "/")], environment: environment))
    } catch {
      guard case .cannotRun = error else { throw error }
      return nil
    }
  }

  /// The file of a page: installed in the same prefix as this program, or where it was built.
  private static func page(_ name: String, _ section: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { readlink("/proc/self/exe", $0, buffer.count) } ?? -1
    }
    guard count > 0, count < bytes.count,
      let path = String(validating: bytes[..<count], as: UTF8.self),
      let slash = path.lastIndex(of: "/")
    else { return nil }
    let prefix = path[..<slash] + "/.."
    let file = "\(name).\(section)"
    return [
      "\(prefix)/share/man/man\(section)/\(file)", "\(prefix)/share/man/man\(section)/\(file).gz",
      "\(prefix)/man/\(file)",
    ].first { access($0, R_OK) == 0 }
  }

  private static var overview: String {
    var text = Tool.helpMessage()
    if !text.hasSuffix("\n") { text += "\n" }
    let extras = ExternalCommand.found()
    if !extras.isEmpty {
      text += "\nON PATH:\n" + extras.map { "  \(Terminal.printable($0))\n" }.joined()
    }
    return text + "\n'cachetronomy help tutorial' is where to begin.\n"
  }
}
