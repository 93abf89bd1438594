internal import CPOSIX
internal import Glibc

extension Child {
  /// `POSIX_SPAWN_SETSID`, which the headers show to C programs with `_GNU_SOURCE` alone.
  private static let ownSession: Int16 = 0x80

  /// Starts our own program again, in a session of its own, with none of our descriptors, and does
  /// not wait for it.
  ///
  /// - Returns: false if it could not be started.
  @discardableResult
  static func detach(words: [String], environment: Environment) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // Nobody should be kept from unmounting where the caller stood.
    posix_spawn_file_actions_addchdir_np(&actions, "/")
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | ownSession)
    var argv = (["cachetronomy"] + words).map { strdup($0) }
    var envp = environment.variables.map { variable in
      (variable.name + [0x3d] + variable.value).withCPath { strdup($0) }
    }
    argv.append(nil)
    envp.append(nil)
    defer { for text in argv + envp { free(text) } }
    var process = pid_t()
    return posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &argv, &envp) == 0
  }
}
