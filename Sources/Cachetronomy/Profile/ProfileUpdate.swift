extension Profile {
  /// The profile with some settings changed, each given as `name=value` with a value as YAML.
  ///
  /// - Throws: `Failure.badSetting` if there is no such setting or the value does not fit it.
  public func updated(_ assignments: [String]) throws(Failure) -> Profile {
    var profile = self
    for text in assignments {
      guard let cut = text.firstIndex(of: "=") else {
        throw .badSetting("setting '\(text)'", "want name=value")
      }
      let (name, value) = (String(text[..<cut]), String(text[text.index(after: cut)...]))
      do throws(Diagnostic) {
        guard let setting = ProfileSetting(rawValue: name) else {
          let known = ProfileSetting.allCases.map(\.rawValue)
          throw SettingReader(file: "").unknown(Node(text: name), known)
        }
        let node = try YAMLReader.documents(Array(value.utf8), file: "").first ?? Node(text: "")
        try setting.read(node, with: SettingReader(file: ""), into: &profile)
      } catch {
        throw .badSetting("setting '\(text)'", error.message)
      }
    }
    return profile
  }
}
