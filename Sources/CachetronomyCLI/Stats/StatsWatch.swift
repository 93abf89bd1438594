internal import Cachetronomy
internal import Glibc

/// `stats --watch`: on a terminal a screen that is drawn over, else one text after the other.
struct StatsWatch {
  let interval: TimeToLive

  /// Writes what the body says until a signal ends it.
  func run(_ body: () throws -> String) throws {
    let signals = WatchSignals()
    let isScreen = Terminal.isOutput
    // The screen that was there comes back at the end.
    if isScreen { try Output.write("\u{1b}[?1049h\u{1b}[?25l") }
    defer { if isScreen { try? Output.write("\u{1b}[?25h\u{1b}[?1049l") } }
    let pause = Int32(clamping: max(50, interval.microseconds / 1000))
    while !signals.isEnding {
      let text = try body()
      try Output.write(isScreen ? Self.screen(text, lines: Terminal.height) : text)
      var polled = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&polled, 1, pause)
      signals.look()
    }
  }

  /// One write, each line wiped only behind its text: nothing flickers.
  static func screen(_ text: String, lines: Int) -> String {
    let shown = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(
      max(1, lines - 1))
    return "\u{1b}[H" + shown.joined(separator: "\u{1b}[K\r\n") + "\u{1b}[K\u{1b}[J"
  }
}
