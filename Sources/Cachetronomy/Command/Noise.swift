/// Environment variables that name a session, window, process, socket or step and change nothing
/// that a command prints to a pipe: left out of the key unless named in full by `env`.
enum Noise {
  /// Exact names.
  static let names: [StaticString] = [
    // Shell bookkeeping; the working directory has its own part of the key.
    "_", "SHLVL", "OLDPWD", "PWD", "PS1", "RPROMPT", "PROMPT_COMMAND", "VIRTUAL_ENV_PROMPT",
    "CONDA_PROMPT_MODIFIER",
    // Multiplexers: which pane or session one sits in.
    "TMUX", "TMUX_PANE", "STY", "ZELLIJ",
    // Terminal windows: which program and window shows the output.
    "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "ITERM_SESSION_ID", "LC_TERMINAL",
    "LC_TERMINAL_VERSION", "WINDOWID", "VTE_VERSION", "SHELL_SESSION_ID", "WT_SESSION",
    "WT_PROFILE_ID", "TILIX_ID", "TERMINATOR_UUID", "NVIM", "NVIM_LISTEN_ADDRESS",
    // Login and agents: sockets and addresses that are new at every login.
    "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_AGENT_LAUNCHER", "SSH_CLIENT", "SSH_CONNECTION",
    "SSH_TTY", "GPG_TTY", "GPG_AGENT_INFO",
    // Desktop session: seats, buses and start-up tokens.
    "XDG_SEAT", "XDG_SEAT_PATH", "XDG_VTNR", "XDG_ACTIVATION_TOKEN", "DBUS_SESSION_BUS_ADDRESS",
    "SESSION_MANAGER", "DESKTOP_STARTUP_ID", "GIO_LAUNCHED_DESKTOP_FILE",
    "GIO_LAUNCHED_DESKTOP_FILE_PID", "XAUTHORITY", "MANAGERPID",
    // Shell hooks: the bookkeeping of direnv, mise and prompts; what they set stays.
    "DIRENV_DIR", "DIRENV_FILE", "DIRENV_DIFF", "DIRENV_WATCHES", "DIRENV_IN_ENVRC", "MISE_SHELL",
    "STARSHIP_SESSION_KEY", "STARSHIP_SHELL", "ATUIN_SESSION", "ATUIN_HISTORY_ID",
    "MCFLY_SESSION_ID", "_P9K_TTY", "_P9K_SSH_TTY", "P9K_TTY",
    // Service manager: identities of one start of a unit.
    "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "MAINPID", "NOTIFY_SOCKET",
    "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
    "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE", "TRIGGER_TIMER_REALTIME_USEC",
    "TRIGGER_TIMER_MONOTONIC_USEC",
    // Callers: how sudo, make and fzf came to start us.
    "SUDO_COMMAND", "MAKE_TERMOUT", "MAKE_TERMERR", "FZF_POS", "FZF_MATCH_COUNT",
    "FZF_SELECT_COUNT", "FZF_TOTAL_COUNT", "FZF_PORT", "FZF_ACTION", "FZF_KEY",
    "FZF_PREVIEW_TOP", "FZF_PREVIEW_LEFT",
    // As long as chance has it, to move a program's stack: every timed run would be a miss.
    "HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET",
    // CI plumbing: random file names and cookies per step.
    "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY",
    "RUNNER_TRACKING_ID", "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE", "HUDSON_COOKIE",
  ]

  /// Beginnings of names.
  static let prefixes: [StaticString] = [
    // Our own settings say how to look, not what a command prints.
    "CACHETRONOMY_",
    // Windows and sessions again, by families.
    "ZELLIJ_", "GNOME_TERMINAL_", "KONSOLE_", "KITTY_", "ALACRITTY_", "WEZTERM_", "VSCODE_",
    "XDG_SESSION_", "__MISE_",
  ]

  fileprivate static func isNamed(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    for word in names where word.utf8CodeUnitCount == name.count {
      if matches(word, name) { return true }
    }
    return false
  }

  fileprivate static func hasPrefix(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    for word in prefixes where word.utf8CodeUnitCount <= name.count {
      if matches(word, name) { return true }
    }
    return false
  }

  private static func matches(_ word: StaticString, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = word.utf8Start
    for index in 0..<word.utf8CodeUnitCount where text[index] != name[index] { return false }
    return true
  }
}

/// Tells most names from noise by three of their features, without a look at the list.
struct NoiseFilter {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private var starts: UInt64 = 0

  init() {
    for word in Noise.names {
      set(Self.feature(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)))
    }
    for word in Noise.prefixes { starts |= 1 << UInt64(word.utf8Start[0] & 63) }
  }

  /// Whether a variable is noise.
  func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard name.count > 0 else { return false }
    if has(Self.feature(name)), Noise.isNamed(name) { return true }
    return starts >> UInt64(name[0] & 63) & 1 == 1 && Noise.hasPrefix(name)
  }

  private static func feature(_ name: UnsafeBufferPointer<UInt8>) -> UInt8 {
    name[0] &* 29 &+ name[name.count - 1] &* 13 &+ UInt8(truncatingIfNeeded: name.count) &* 7
  }

  private mutating func set(_ feature: UInt8) {
    let bit: UInt64 = 1 << UInt64(feature & 63)
    switch feature >> 6 {
    case 0: bits.0 |= bit
    case 1: bits.1 |= bit
    case 2: bits.2 |= bit
    default: bits.3 |= bit
    }
  }

  private func has(_ feature: UInt8) -> Bool {
    let word =
      switch feature >> 6 {
      case 0: bits.0
      case 1: bits.1
      case 2: bits.2
      default: bits.3
      }
    return word >> UInt64(feature & 63) & 1 == 1
  }
}
