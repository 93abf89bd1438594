internal import Cachetronomy
internal import System

/// Users and passwords in addresses.
extension SecretShapes {
  /// Hides the password of `scheme://user:password@host`, and a user that is a token.
  mutating func hideUser(ofAddress from: Int, _ spans: inout RedactedSpans) -> Int {
    var end = from
    var at = from
    var host = from
    while at < bytes.count, !endsAuthority(bytes[at]) {
      if bytes[at] == 0x40 { host = at + 1 }
      at += 1
    }
    end = at
    if host == from, let found = lateHost(from, end) { host = found }
    guard host > from else { return from }
    hideUserInfo(from, host - 1, &spans)
    floor = host
    return host
  }

  private func endsAuthority(_ byte: UInt8) -> Bool {
    ByteKind.isBlank(byte) || ByteKind.isQuote(byte) || byte == 0x2f || byte == 0x3f || byte == 0x23
  }

  /// Where the host begins although a password with one of `/?#` in it comes before.
  private func lateHost(_ from: Int, _ end: Int) -> Int? {
    let colon = bytes.place(of: 0x3a, from: from)
    guard colon < end, end < bytes.count, !ByteKind.isBlank(bytes[end]),
      bytes[(colon + 1)..<end].contains(where: { !ByteKind.isDigit($0) })
    else { return nil }
    var at = end
    // A longer one is none; each byte is examined a bounded number of times.
    while at < bytes.count, at - from < 256, !ByteKind.isBlank(bytes[at]),
      !ByteKind.isQuote(bytes[at])
    {
      if bytes[at] == 0x40 { return at + 1 }
      at += 1
    }
    return nil
  }

  private func hideUserInfo(_ from: Int, _ end: Int, _ spans: inout RedactedSpans) {
    let colon = bytes.place(of: 0x3a, from: from)
    guard colon < end else {
      // What is too long for a name is a token.
      if end - from >= 20 { hide(from, end, &spans) }
      return
    }
    let password = bytes.part(colon + 1, end)
    let isToken =
      colon - from >= 20
      || colon > from && (password.isEmpty || password.isOne(of: "X-OAUTH-BASIC X"))
    hide(isToken ? from : colon + 1, end, &spans)
  }

  /// Hides the password of `user:password@host` without a scheme, as drivers of databases and
  /// proxies have it.
  mutating func hideUser(before at: Int, _ spans: inout RedactedSpans) {
    let isDriver = bytes.hasOne(of: "tcp( unix( udp( tls( (", at: at + 1)
    guard isDriver || isHost(at + 1) else { return }
    var from = at
    var colon = -1
    while from > floor {
      let byte = bytes[from - 1]
      if ByteKind.isBlank(byte) || ByteKind.isQuote(byte) || byte == 0x3d { break }
      if byte == 0x2f, !isDriver { break }
      from -= 1
      if byte == 0x3a { colon = from }
    }
    floor = at + 1
    guard colon >= from, colon + 1 < at, !bytes.has("//", at: colon + 1),
      !bytes.part(from, colon).isOne(
        of: "MAILTO SIP SIPS ACCT XMPP NPM FILE GIT FROM TO CC BCC AUTHOR")
    else { return }
    hide(colon + 1, at, &spans)
  }

  /// Whether a host begins at a place that a port, a path or a module follows.
  private func isHost(_ from: Int) -> Bool {
    let end = bytes.place(from: from) { !ByteKind.isInName($0) }
    guard end > from, !bytes.has("sha", at: from) else { return false }
    // A name with a dot and letters after it, which no version has.
    if end == bytes.count || ByteKind.isBlank(bytes[end]) {
      let last = bytes.part(from, end).lastIndex(of: 0x2e) ?? end
      return end - from - last > 2 && bytes[(from + last + 1)..<end].allSatisfy(ByteKind.isLetter)
    }
    if bytes[end] == 0x2f { return true }
    guard bytes[end] == 0x3a, end + 1 < bytes.count else { return false }
    return ByteKind.isDigit(bytes[end + 1]) || bytes[end + 1] == 0x2f || bytes[end + 1] == 0x3a
  }
}
