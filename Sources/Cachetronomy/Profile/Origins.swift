/// Where the settings of a profile were written, by name: `time_to_live`, `run.env_ignore`.
///
/// Rules and commands to warm carry their own place.
public struct Origins: Sendable, Equatable {
  private var places: [String: String] = [:]

  /// Nothing known.
  public init() {}

  /// Where a setting was written; nil if that is not known.
  public subscript(name: String) -> String? { places[name] }

  /// Notes a place; for a list that adds up after those that are known.
  mutating func add(_ place: String, for name: String, addsUp: Bool) {
    let before = addsUp ? places[name].map { $0 + ", " } ?? "" : ""
    places[name] = before + place
  }

  /// These, with the settings in which two profiles differ said to be from one place.
  public func changed(_ old: Profile, _ new: Profile, by place: String) -> Origins {
    var result = self
    for difference in new.differences(from: old) { result.places[difference.setting] = place }
    return result
  }

  /// As text for the store.
  var encoded: String {
    JSONWriter.text(
      .map(places.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }))
  }

  /// As they were kept in the store.
  init(decoding text: String) {
    guard case .map(let pairs)? = try? JSONReader.decode(Array(text.utf8)) else { return }
    for pair in pairs {
      if let name = pair.key.text, let place = pair.value.text { places[name] = place }
    }
  }
}

/// A setting as it holds now, and where that comes from.
public struct EffectiveSetting: Sendable {
  /// `time_to_live`, `run.env_ignore`, `rule 'kubectl get **'`.
  public var name: String
  /// What holds, as a file would say it.
  public var text: String
  /// What holds, for `--json`.
  public var value: Value
  /// `ci.yaml:5`, `built in`.
  public var origin: String

  /// A setting that is no profile's.
  public init(name: String, text: String, value: Value, origin: String) {
    (self.name, self.text, self.value, self.origin) = (name, text, value, origin)
  }
}

extension Profile {
  /// All settings with their origins.
  public func effective(_ origins: Origins) -> [EffectiveSetting] {
    let builtIn = Profile(name: name)
    var found: [EffectiveSetting] = []
    func add(_ name: String, _ node: Node, _ origin: String?) {
      found.append(
        EffectiveSetting(
          name: name, text: YAMLText.flow(node), value: node.asTypedValue,
          origin: origin ?? origins[name] ?? "the store"))
    }
    func addEach(_ kind: String, _ node: Node, _ places: [(words: [String], source: String?)]) {
      guard case .sequence(let items) = node.content else { return }
      for (item, place) in zip(items, places) {
        add("\(kind) '\(place.words.joined(separator: " "))'", item, place.source)
      }
    }
    for setting in ProfileSetting.allCases {
      guard let node = setting.node(of: self) else { continue }
      switch setting {
      case .run: for pair in run.pairs { add("run.\(pair.0)", pair.1, nil) }
      case .rules: addEach("rule", node, rules.map { ($0.match, $0.source) })
      case .warm: addEach("warm", node, warm.map { ($0.words, $0.source) })
      default:
        let isBuiltIn = origins[setting.rawValue] == nil && node == setting.node(of: builtIn)
        add(setting.rawValue, node, isBuiltIn ? "built in" : nil)
      }
    }
    return found
  }
}
