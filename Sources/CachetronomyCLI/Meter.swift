internal import Cachetronomy

/// Shows on a terminal how far something long has come: part, rate and time left.
final class Meter {
  private let isShown: Bool
  private let start: Timestamp
  private var last: Timestamp
  private var isDrawn = false

  init(isShown: Bool, since start: Timestamp) {
    self.isShown = isShown
    (self.start, last) = (start, start)
  }

  /// Draws again, five times a second at most.
  func show(_ seen: Int64, _ part: Double) {
    guard isShown else { return }
    let now = Timestamp.now()
    guard now.since(last) >= 200_000 else { return }
    last = now
    let taken = max(1, now.since(start))
    let rate = Int64(Double(seen) / Double(taken) * 1e6)
    var text = "\(Int(min(1, part) * 100))%, \(rate) entries/s"
    if part > 0.01 {
      text += ", \(Formatting.duration(Int64(Double(taken) * (1 - min(1, part)) / part))) left"
    }
    Output.draw(text)
    isDrawn = true
  }

  /// Takes the line away.
  func clear() {
    if isDrawn { Output.draw("") }
    isDrawn = false
  }
}
