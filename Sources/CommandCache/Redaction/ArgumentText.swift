internal import Cachetronomy
internal import System

/// An argument, or a part of one as a shell reads it, with the place of each byte in the argument.
struct ArgumentText {
  let bytes: ByteText
  /// The place of the first byte, if the others follow it.
  private let start: Int
  /// The place of each byte, if something was left out between them.
  private let places: UnsafeBufferPointer<Int>?

  init(_ bytes: ByteText, at start: Int = 0) {
    (self.bytes, self.start, places) = (bytes, start, nil)
  }

  init(_ bytes: ByteText, places: UnsafeBufferPointer<Int>) {
    (self.bytes, start, self.places) = (bytes, 0, places)
  }

  /// A part of this text.
  func part(_ from: Int, _ end: Int) -> ArgumentText {
    let bytes = bytes.part(from, end)
    guard let places else { return ArgumentText(bytes, at: start + from) }
    return ArgumentText(bytes, places: UnsafeBufferPointer(rebasing: places[from..<end]))
  }

  /// The place in the argument of a byte of this text.
  func place(_ index: Int) -> Int { places.map { $0[index] } ?? start + index }

  /// Hides a part of this text.
  func hide(_ from: Int, _ end: Int, in spans: inout RedactedSpans) {
    guard from < end else { return }
    spans.add(place(from), place(end - 1) + 1)
  }
}
