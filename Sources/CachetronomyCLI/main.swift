internal import CPOSIX
internal import Cachetronomy
internal import CommandCache
internal import Glibc
internal import System
internal import Trace

/// All of the program, from its first line to its end.
func runProgram() -> Never {
  // A descriptor that the caller closed would be given to the next opened file, and the output
  // would go there: hold its place with something that cannot be written.
  for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
    _ = open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
  }

  #if DEBUG
    // Tests let a process die at a place of their choice; the shipped tool knows nothing of it.
    if let count = ArgumentBytes.environment().text("CACHETRONOMY_FAULT").flatMap({ Int($0) }) {
      Fault.arm(count)
    }
  #endif

  let words = ArgumentBytes.own()
  // This program again, as the tracer of a command.
  if words.first?.elementsEqual(TraceLoop.verb.utf8) == true {
    _exit(TraceLoop.run(Array(words.dropFirst())))
  }
  let (status, signal) = Tool.start(words)
  if let signal {
    // The command died of a signal that was meant for both: this process dies of it too, and the
    // shell sees it.
    Glibc.signal(signal, SIG_DFL)
    raise(signal)
  }
  #if COVERAGE
    // What was run is written at exit.
    exit(status)
  #else
    _exit(status)
  #endif
}

cachetronomy_with_stack { runProgram() }
