internal import CPOSIX

/// What the runtime asks for when a program starts: the path of its printer of stack traces.
///
/// There is none next to a static binary, and to look for it where there is no `/proc` ends the
/// program before `main`. `make build` has the linker take this instead.
@c(__wrap_swift_copyAuxiliaryExecutablePath)
func noAuxiliaryExecutable(
  _ directory: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer? { nil }

#if STATIC_BINARY
  /// The arguments of the process, for the runtime.
  ///
  /// A static binary's own way to find them is to read `/proc/self/maps` before `main`, a sixth of
  /// a hit. The C library keeps them: with this and the next function the runtime's file is not
  /// linked.
  @c(_swift_stdlib_getUnsafeArgvArgc)
  func commandLineOfProcess(
    _ count: UnsafeMutablePointer<Int32>
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? { cachetronomy_words_or_none(count) }

  /// Replaces those words; not called here.
  @c(_swift_stdlib_overrideUnsafeArgvArgc)
  func replaceCommandLine(
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int32
  ) {}
#endif
