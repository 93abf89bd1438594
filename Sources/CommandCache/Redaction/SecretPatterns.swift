internal import Cachetronomy
internal import System

/// Secrets that a word before them tells of: `Bearer`, `PASSWORD '...'`, a private key.
extension SecretShapes {
  mutating func afterBlank(_ at: Int, _ spans: inout RedactedSpans) -> Int {
    guard last.upperBound == at else { return at + 1 }
    let word = bytes.part(last.lowerBound, at)
    let from = bytes.place(from: at) { !ByteKind.isBlank($0) }
    guard from < bytes.count else { return at + 1 }
    switch word.count {
    case 2 where word.isSame("BY") && ByteKind.isQuote(bytes[from]):
      return hideQuoted(from, &spans)
    case 5 where word.isSame("BASIC"): return hideCredentials(from, isCertain: false, &spans)
    case 5 where word.isSame("LOGIN"), 7 where word.isSame("MACHINE"): isNetrc = true
    case 6 where word.isSame("BEARER"):
      return hideCredentials(from, isCertain: ByteKind.isCapital(word[0]), &spans)
    case 8 where word.isSame("PASSWORD"):
      if ByteKind.isQuote(bytes[from]) { return hideQuoted(from, &spans) }
      if !isNetrc { return at + 1 }
      let end = bytes.place(from: from, where: ByteKind.isBlank)
      hide(from, end, &spans)
      return end
    case 10... where word.ends("-----BEGIN"): return hidePrivateKey(from, &spans)
    default: break
    }
    return at + 1
  }

  /// The text in SQL's quotes after `PASSWORD` and `IDENTIFIED BY`.
  private func hideQuoted(_ from: Int, _ spans: inout RedactedSpans) -> Int {
    let end = quotedEnd(from)
    hide(from, end, &spans)
    return max(from, end)
  }

  /// What follows the scheme of an authorization.
  ///
  /// - Parameter isCertain: whether any word but those of prose is one.
  private func hideCredentials(
    _ from: Int, isCertain: Bool, _ spans: inout RedactedSpans
  ) -> Int {
    let end = bytes.place(from: from) { !ByteKind.isInToken($0) }
    let token = bytes.part(from, end)
    guard let first = token.first, first != 0x2d else { return from }
    let isProse = token.isOne(of: "TOKEN TOKENS AUTH AUTHENTICATION AUTHORIZATION")
    let looksRandom =
      token.count >= 4
      && token.dropFirst().contains { ByteKind.isDigit($0) || ByteKind.isCapital($0) || $0 == 0x3d }
    guard !isProse, isCertain || looksRandom else { return from }
    hide(from, end, &spans)
    return end
  }

  /// The block of a private key, without its first line.
  private func hidePrivateKey(_ from: Int, _ spans: inout RedactedSpans) -> Int {
    var label = from
    while label < bytes.count, bytes[label] != 0x2d, label - from < 64 { label += 1 }
    guard bytes.part(from, label).ends("PRIVATE KEY"), bytes.has("-----", at: label) else {
      return from
    }
    let body = label + 5
    var end = body
    while end < bytes.count, !bytes.has("-----END", at: end) { end += 1 }
    hide(body, end, &spans)
    return max(body, end)
  }
}

/// Tokens that services mark with their own beginning.
enum KnownTokens {
  /// Shorter runs of bytes are not examined.
  static let shortest = 20

  private static let beginnings: StaticString =
    "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- xoxb- xoxp- xoxa- xoxr- xoxs- xapp- sk- sk_live_ sk_test_ rk_live_ rk_test_ whsec_ npm_ pypi- dckr_pat_ dop_v1_ hvs. hvb. SG. AIza ya29. GOCSPX- AGE-SECRET-KEY- shpat_ shpss_ tskey- lin_api_ sntrys_ figd_ ATATT eyJ"

  /// Whether a run of bytes is one, in the case given.
  static func contains(_ run: ByteText) -> Bool {
    let text = ByteText(start: beginnings.utf8Start, count: beginnings.utf8CodeUnitCount)
    guard run.contains(where: ByteKind.isDigit) else { return false }
    var start = 0
    for at in 0...text.count where at == text.count || text[at] == 0x20 {
      let size = at - start
      if run.count >= size, (0..<size).allSatisfy({ run[$0] == text[start + $0] }) {
        // A JSON web token has two dots in it.
        return size != 3 || run[0] != UInt8(ascii: "e")
          || run.reduce(0) { $1 == 0x2e ? $0 + 1 : $0 } >= 2
      }
      start = at + 1
    }
    return false
  }
}

extension SecretShapes {
  func hideKnownToken(_ spans: inout RedactedSpans) {
    let run = bytes.part(last.lowerBound, last.upperBound)
    if KnownTokens.contains(run) { hide(last.lowerBound, last.upperBound, &spans) }
  }
}
