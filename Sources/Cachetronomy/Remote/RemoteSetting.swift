/// The settings of `remote:` by name.
enum RemoteSetting: String, CaseIterable {
  case url
  case urlVariable = "url_env"
  case passwordVariable = "password_env"
  case passwordFile = "password_file"
  case keyFile = "key_file"
  case certificates = "ca_file"
  case mode
  case namespace
  case timeToLive = "time_to_live"
  case maxEntrySize = "max_entry_size"
  case timeout

  /// Reads `remote:` over what the profile that is extended says; `off` drops that.
  static func read(
    _ node: Node, over base: RemoteChoice, with reader: SettingReader
  ) throws(Diagnostic) -> RemoteChoice {
    if let word = node.text {
      guard ["off", "false", "no"].contains(word.lowercased()) else {
        throw reader.complaint(node, "want a mapping that begins with 'url:', or off")
      }
      return .off
    }
    var settings = base.settings ?? RemoteSettings()
    for pair in try reader.pairs(node, "a mapping that begins with 'url:', or off") {
      guard let setting = RemoteSetting(rawValue: pair.name.text ?? "") else {
        throw reader.unknown(pair.name, allCases.map(\.rawValue))
      }
      try setting.read(pair.value, with: reader, into: &settings)
    }
    guard settings.url != nil || settings.urlVariable != nil else {
      throw reader.complaint(node, "a remote without 'url' or 'url_env'")
    }
    guard settings.keyFile != nil else {
      throw reader.complaint(
        node, "a remote without 'key_file' (make one with 'cachetronomy remote keygen FILE')")
    }
    return .on(settings)
  }

  private func read(
    _ node: Node, with reader: SettingReader, into settings: inout RemoteSettings
  ) throws(Diagnostic) {
    switch self {
    case .url:
      let text = try reader.text(node, "a URL")
      let address: RemoteAddress
      do throws(Failure) {
        address = try RemoteAddress(text)
      } catch {
        throw reader.complaint(node, error.description)
      }
      guard address.password == nil else {
        throw reader.complaint(
          node, "a password in a file that others read: use password_env or password_file")
      }
      settings.url = text
    case .urlVariable: settings.urlVariable = try variable(node, reader)
    case .passwordVariable: settings.passwordVariable = try variable(node, reader)
    case .passwordFile: settings.passwordFile = try path(node, reader)
    case .keyFile: settings.keyFile = try path(node, reader)
    case .certificates: settings.certificates = try path(node, reader)
    case .mode:
      guard let mode = RemoteSettings.Mode(rawValue: node.text ?? "") else {
        let all = RemoteSettings.Mode.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.complaint(node, "want \(all)")
      }
      settings.mode = mode
    case .namespace: settings.namespace = try reader.text(node)
    case .timeToLive:
      settings.timeToLive = try reader.duration(node)
      guard settings.timeToLive.microseconds >= 1_000_000 else {
        throw reader.complaint(node, "want at least 1s")
      }
    case .maxEntrySize:
      settings.maxEntrySize = try reader.size(node)
      guard settings.maxEntrySize <= Self.sizeLimit else {
        throw reader.complaint(node, "want at most 256 MiB: it is held in memory")
      }
    case .timeout:
      settings.timeout = try reader.duration(node)
      guard (1000...60_000_000).contains(settings.timeout.microseconds) else {
        throw reader.complaint(node, "want 1ms to 60s")
      }
    }
  }

  private static let sizeLimit: Int64 = 256 << 20

  private func path(_ node: Node, _ reader: SettingReader) throws(Diagnostic) -> String {
    let path = try reader.text(node, "a path")
    guard path.hasPrefix("/") || path.hasPrefix("~/") else {
      throw reader.complaint(node, "want a path that begins with / or ~/")
    }
    return path
  }

  private func variable(_ node: Node, _ reader: SettingReader) throws(Diagnostic) -> String {
    let name = try reader.text(node, "the name of a variable")
    guard !name.isEmpty, !name.contains("="), !name.utf8.contains(0) else {
      throw reader.complaint(node, "want the name of a variable")
    }
    return name
  }

  /// What a remote says, as it would be written in a file.
  static func node(of choice: RemoteChoice) -> Node? {
    guard let settings = choice.settings else { return nil }
    let builtIn = RemoteSettings()
    return Node(
      pairs: allCases.compactMap { setting in
        guard let text = setting.text(settings), text != setting.text(builtIn) else { return nil }
        return (setting.rawValue, Node(text: text))
      })
  }

  private func text(_ settings: RemoteSettings) -> String? {
    switch self {
    case .url: settings.url
    case .urlVariable: settings.urlVariable
    case .passwordVariable: settings.passwordVariable
    case .passwordFile: settings.passwordFile
    case .keyFile: settings.keyFile
    case .certificates: settings.certificates
    case .mode: settings.mode.rawValue
    case .namespace: settings.namespace
    case .timeToLive: settings.timeToLive.description
    case .maxEntrySize: settings.maxEntrySize.description
    case .timeout: settings.timeout.description
    }
  }
}
