internal import System

/// A profile file: YAML text to profiles, with line and column in every complaint.
public struct ProfileFile: Sendable {
  /// The file as the user named it.
  public let path: String
  /// A digest of its bytes, in hexadecimal.
  public let digest: String
  private let profiles: [(name: Node, settings: Node)]

  /// Reads the text of a file; profiles it extends may be in other files.
  public init(_ bytes: [UInt8], path: String) throws(Failure) {
    self.path = path
    digest = Digest.hex(Digest.of(bytes))
    do {
      profiles = try Self.parse(bytes, path)
    } catch {
      throw .profileFile(error)
    }
  }

  private static func parse(
    _ bytes: [UInt8], _ path: String
  ) throws(Diagnostic) -> [(name: Node, settings: Node)] {
    let reader = SettingReader(file: path)
    var found: [(name: Node, settings: Node)] = []
    var names: Set<String> = []
    for document in try YAMLReader.documents(bytes, file: path) where !document.isNull {
      for pair in try reader.pairs(document, "a mapping of profile names to settings") {
        let name = pair.name.text ?? ""
        if name.hasPrefix("x-") || name.hasPrefix(".") { continue }
        guard !name.isEmpty, name.utf8.count <= 255,
          !name.unicodeScalars.contains(where: ShellWords.isUnprintable)
        else { throw reader.complaint(pair.name, "bad profile name") }
        guard names.insert(name).inserted else {
          throw reader.complaint(pair.name, "profile '\(name)' is given twice")
        }
        found.append((pair.name, pair.value))
      }
    }
    return found
  }

  /// Texts that end at a comment which may have been meant as part of them, as in `view #12`.
  ///
  /// In settings that are texts; after a number or a duration nothing else is likely.
  public var hints: [Diagnostic] {
    var found: [Diagnostic] = []
    for profile in profiles { collect(profile.settings, isText: false, &found) }
    return found
  }

  private static let texts: Set<String> = [
    "match", "match_any", "warm", "command", "cwd", "file", "mtime", "scope", "shell", "tags",
    "env",
    "env_ignore",
  ]

  private func collect(_ node: Node, isText: Bool, _ found: inout [Diagnostic]) {
    switch node.content {
    case .scalar(let text, _):
      guard isText, let comment = node.comment else { return }
      // An alias has what its anchor has.
      if found.contains(where: { ($0.line, $0.column) == (comment.line, comment.column) }) {
        return
      }
      found.append(
        Diagnostic(
          file: path, line: comment.line, column: comment.column,
          message:
            "'\(comment.text)' is a comment, so the text is \(text.isEmpty ? "empty" : "'\(text)'")"
            + " (quote the whole text to include it; put a blank after the '#' of a comment)"))
    case .sequence(let items): for item in items { collect(item, isText: isText, &found) }
    case .mapping(let pairs):
      for pair in pairs {
        collect(pair.value, isText: Self.texts.contains(pair.name.text ?? ""), &found)
      }
    }
  }

  /// The names of its profiles.
  public var names: [String] { profiles.compactMap(\.name.text) }

  /// The profiles of some files, each flattened over those it extends.
  ///
  /// - Parameter stored: gives a profile that is in the store but in none of the files.
  public static func flatten(
    _ files: [ProfileFile], stored: (String) -> Profile? = { _ in nil }
  ) throws(Failure) -> [Profile] {
    try resolve(files) { name in stored(name).map { Resolved(profile: $0) } }.map(\.profile)
  }

  /// A profile, and where each of its settings was written.
  public struct Resolved: Sendable {
    /// The profile.
    public var profile: Profile
    /// Where its settings are from.
    public var origins = Origins()

    /// A profile whose settings are from there.
    public init(profile: Profile, origins: Origins = Origins()) {
      (self.profile, self.origins) = (profile, origins)
    }
  }

  /// The profiles of some files, each flattened over those it extends, with their origins.
  ///
  /// - Parameter stored: gives a profile that is in the store but in none of the files.
  public static func resolve(
    _ files: [ProfileFile], stored: (String) -> Resolved?
  ) throws(Failure) -> [Resolved] {
    do throws(Diagnostic) {
      var drafts: [String: (ProfileFile, Node, Node)] = [:]
      for file in files {
        for (name, settings) in file.profiles {
          if let other = drafts[name.text ?? ""] {
            throw SettingReader(file: file.path).complaint(
              name, "profile '\(name.text ?? "")' is also in \(other.0.path):\(other.1.line)")
          }
          drafts[name.text ?? ""] = (file, name, settings)
        }
      }
      var done: [String: Resolved] = [:]
      var result: [Resolved] = []
      for file in files {
        for name in file.names {
          result.append(try resolve(name, drafts, stored, [], &done))
        }
      }
      return result
    } catch {
      throw .profileFile(error)
    }
  }

  /// A longer chain of `extends` is refused: each link is a call within the last.
  private static let extendsLimit = 64

  private static func resolve(
    _ name: String, _ drafts: [String: (ProfileFile, Node, Node)], _ stored: (String) -> Resolved?,
    _ above: [String], _ done: inout [String: Resolved]
  ) throws(Diagnostic) -> Resolved {
    if let resolved = done[name] { return resolved }
    guard let (file, _, settings) = drafts[name] else {
      return Resolved(profile: Profile(name: name))
    }
    let reader = SettingReader(file: file.path)
    var profile = Profile(name: name)
    let pairs = settings.isNull ? [] : try reader.pairs(settings, "a mapping of settings")
    let known = ProfileSetting.allCases.map(\.rawValue) + ["extends"]
    let base = try pairs.first { $0.name.text == "extends" }.map { (pair) throws(Diagnostic) in
      try self.base(pair.value, of: name, reader, drafts, stored, above, &done)
    }
    var origins = base?.origins ?? Origins()
    if let base {
      profile = base.profile
      profile.name = name
    }
    for pair in pairs where pair.name.text != "extends" {
      guard let setting = ProfileSetting(rawValue: pair.name.text ?? "") else {
        throw reader.unknown(pair.name, known)
      }
      try setting.read(pair.value, with: reader, into: &profile)
      note(setting, pair, in: file, &origins)
    }
    if let base = base?.profile {
      profile.tags = base.tags + profile.tags.filter { !base.tags.contains($0) }
      profile.run = base.run.overlaid(by: profile.run)
      if pairs.contains(where: { $0.name.text == "rules" }) { profile.rules += base.rules }
      if pairs.contains(where: { $0.name.text == "warm" }) {
        profile.warm += base.warm.filter { !profile.warm.contains($0) }
      }
    }
    let resolved = Resolved(profile: profile, origins: origins)
    done[name] = resolved
    return resolved
  }

  /// Resolves the profile that `extends` names.
  private static func base(
    _ parent: Node, of name: String, _ reader: SettingReader,
    _ drafts: [String: (ProfileFile, Node, Node)], _ stored: (String) -> Resolved?,
    _ above: [String], _ done: inout [String: Resolved]
  ) throws(Diagnostic) -> Resolved {
    let wanted = try reader.text(parent, "the name of a profile")
    if (above + [name]).contains(wanted) {
      throw reader.complaint(
        parent,
        "'extends' goes in a circle: \((above + [name, wanted]).joined(separator: " -> "))")
    }
    guard above.count < Self.extendsLimit else {
      throw reader.complaint(
        parent, "'extends' goes over more than \(Self.extendsLimit) profiles")
    }
    if drafts[wanted] != nil {
      return try resolve(wanted, drafts, stored, above + [name], &done)
    }
    if let other = stored(wanted) { return other }
    let near = nearest(to: wanted, among: drafts.keys).map { " (did you mean '\($0)'?)" }
    throw reader.complaint(parent, "no profile '\(wanted)'\(near ?? "")")
  }

  private static func note(
    _ setting: ProfileSetting, _ pair: Node.Pair, in file: ProfileFile, _ origins: inout Origins
  ) {
    switch (setting, pair.value.content) {
    case (.rules, _), (.warm, _): break
    case (.run, .mapping(let pairs)):
      for pair in pairs {
        let name = pair.name.text ?? ""
        origins.add(
          "\(file.path):\(pair.name.line)", for: "run.\(name)",
          addsUp: ["env_ignore", "file", "mtime", "output", "redact"].contains(name))
      }
    default:
      origins.add(
        "\(file.path):\(pair.name.line)", for: setting.rawValue, addsUp: setting == .tags)
    }
  }
}
