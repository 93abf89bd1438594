/// What the runtime asks for when a program starts: the path of its printer of stack traces.
///
/// There is none beside a static binary, and to look for it where there is no `/proc` ends the program
/// before `main`. `make build` has the linker take this instead.
@c(__wrap_swift_copyAuxiliaryExecutablePath)
func noAuxiliaryExecutable(
  _ directory: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer? { nil }
