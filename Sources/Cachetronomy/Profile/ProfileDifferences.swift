extension Profile {
  /// One setting that is not what it was.
  public struct Difference: Sendable, Equatable, CustomStringConvertible {
    /// The setting: `time_to_live`, `run.env_ignore`, `rule 'kubectl get **'`.
    public var setting: String
    /// What it was, as a file would say it; nil if it was not there.
    public var old: String?
    /// What it is; nil if it is gone.
    public var new: String?

    /// `time_to_live 2h -> 1h`, `run.scope added: x`, `rule 'ls' removed: {}`.
    public var description: String {
      switch (old, new) {
      case (let old?, let new?): "\(setting) \(old) -> \(new)"
      case (nil, let new?): "\(setting) added: \(new)"
      case (let old?, nil): "\(setting) removed: \(old)"
      case (nil, nil): setting
      }
    }
  }

  /// What differs from another profile, setting by setting and rule by rule.
  public func differences(from other: Profile?) -> [Difference] {
    let (old, new) = (other?.parts() ?? [], parts())
    let (oldNames, newNames) = (old.map(\.name), new.map(\.name))
    var found: [Difference] = []
    for part in new {
      let before = old.first { $0.name == part.name }?.text
      if before != part.text {
        found.append(Difference(setting: part.name, old: before, new: part.text))
      }
    }
    for part in old where !newNames.contains(part.name) {
      found.append(Difference(setting: part.name, old: part.text))
    }
    // The first rule that matches is taken: their order is a setting too.
    let kept = oldNames.filter { $0.hasPrefix("rule ") && newNames.contains($0) }
    let now = newNames.filter { $0.hasPrefix("rule ") && oldNames.contains($0) }
    if kept != now {
      found.append(
        Difference(
          setting: "order of rules", old: kept.joined(separator: ", "),
          new: now.joined(separator: ", ")))
    }
    return found
  }

  /// Everything a profile says, under names that tell one part from another.
  private func parts() -> [(name: String, text: String)] {
    var parts: [(name: String, text: String)] = []
    func add(_ name: String, _ text: String) {
      var (unique, count) = (name, 1)
      while parts.contains(where: { $0.name == unique }) {
        count += 1
        unique = "\(name) (\(count))"
      }
      parts.append((unique, text))
    }
    for setting in ProfileSetting.allCases {
      guard let node = setting.node(of: self) else { continue }
      switch (setting, node.content) {
      case (.run, .mapping(let pairs)):
        for pair in pairs { add("run.\(pair.name.text ?? "")", YAMLText.flow(pair.value)) }
      case (.rules, .sequence(let items)):
        for (rule, item) in zip(rules, items) {
          guard case .mapping(let pairs) = item.content else { continue }
          var body = item
          body.content = .mapping(pairs.filter { $0.name.text != "match" })
          add("rule '\(rule.match.joined(separator: " "))'", YAMLText.flow(body))
        }
      default: add(setting.rawValue, YAMLText.flow(node))
      }
    }
    return parts
  }
}
