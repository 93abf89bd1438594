internal import System

/// The profiles of a store as the head of its memory tier has them: what `run` needs of each, and
/// nothing decoded that is not asked for.
package struct HotProfiles {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  // The name of the active profile; then for each profile its size (4), name, `run:` as JSON, and
  // for each rule its size (4), its number of words (4), the words, the whole rule as JSON.

  /// All profiles of a store, and which is active.
  static func encode(_ profiles: [Profile], active: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(counted: Array(active.utf8))
    for profile in profiles {
      var one: [UInt8] = []
      one.append(counted: Array(profile.name.utf8))
      one.append(counted: json(ProfileSetting.run.node(of: profile)))
      for rule in profile.rules {
        var alone = Profile(name: profile.name)
        alone.rules = [rule]
        var item: [UInt8] = []
        item.append(little: UInt32(clamping: rule.match.count))
        for word in rule.match { item.append(counted: Array(word.utf8)) }
        item.append(counted: json(ProfileSetting.rules.node(of: alone)))
        one.append(counted: item)
      }
      bytes.append(counted: one)
    }
    return bytes
  }

  private static func json(_ node: Node?) -> [UInt8] {
    node.map { JSONWriter.encode($0.asValue) } ?? []
  }

  /// The profile that a choice means, with its `run:` and no rule but the first that the command
  /// matches.
  ///
  /// - Parameter words: the words of the command, once `run:` has said which shell a pipeline has.
  /// - Throws: `Failure.unknownProfile` if there is none, or it cannot be read: the store has the
  ///   last word then.
  package func profile(
    _ choice: ProfileChoice, for words: (Profile) throws(Failure) -> [[UInt8]]
  ) throws(Failure) -> Profile {
    let result: Result<Profile, Failure> = bytes.withUnsafeBytes { bytes in
      Result { () throws(Failure) in try Self.find(choice, in: bytes, words) }
    }
    return try result.get()
  }

  private static func find(
    _ choice: ProfileChoice, in bytes: UnsafeRawBufferPointer,
    _ words: (Profile) throws(Failure) -> [[UInt8]]
  ) throws(Failure) -> Profile {
    var reader = FieldReader(bytes)
    guard let active = reader.text() else { throw unreadable }
    let wanted =
      switch choice {
      case .flag(let name), .environment(let name): name
      case .active: active
      }
    while let one = reader.counted() {
      var part = FieldReader(one)
      guard let name = part.counted() else { throw unreadable }
      if name.elementsEqual(wanted.utf8) { return try read(wanted, &part, words) }
    }
    throw unreadable
  }

  // Not nil: an optional structure of this size costs its metadata.
  private static var unreadable: Failure { .unknownProfile("", near: nil) }

  private static func read(
    _ name: String, _ part: inout FieldReader,
    _ words: (Profile) throws(Failure) -> [[UInt8]]
  ) throws(Failure) -> Profile {
    var profile = Profile(name: name)
    guard let run = part.counted() else { throw unreadable }
    if !run.isEmpty, !set(.run, run, &profile) { throw unreadable }
    var argv: [[UInt8]]?
    while let item = part.counted() {
      var rule = FieldReader(item)
      guard let count = rule.number(UInt32.self) else { throw unreadable }
      var match: [String] = []
      for _ in 0..<count {
        guard let word = rule.text() else { throw unreadable }
        match.append(word)
      }
      if argv == nil { argv = try words(profile) }
      guard Profile.Rule.matches(match, argv ?? []) else { continue }
      guard let text = rule.counted(), set(.rules, text, &profile) else { throw unreadable }
      return profile
    }
    return profile
  }

  private static func set(
    _ setting: ProfileSetting, _ json: UnsafeRawBufferPointer, _ profile: inout Profile
  ) -> Bool {
    guard let value = try? JSONReader.decode(Array(json)) else { return false }
    let reader = SettingReader(file: "")
    return (try? setting.read(Node(value), with: reader, into: &profile)) != nil
  }
}
