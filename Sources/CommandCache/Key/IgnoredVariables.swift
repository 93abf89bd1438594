internal import Cachetronomy
internal import System

/// Environment variables that name a session, window, process, socket or step and do not affect
/// what a command prints to a pipe: left out of the cache key unless `env` lists their exact name.
///
/// Each group names the program that sets its variables. After a change `IgnoredVariableTests`
/// prints the new value of `IgnoredVariableFilter.bits`.
enum IgnoredVariables {
  /// Exact names, the most frequent first, since the list is searched from the start.
  static let names: [StaticString] = [
    // Shells: bookkeeping and prompts. The working directory has its own part of the key. bash sets
    // HOSTNAME; in a container it is the container's ID.
    "_", "PWD", "SHLVL", "OLDPWD", "PS1", "RPROMPT", "PROMPT_COMMAND", "HOSTNAME",
    // Python's virtual environments and conda: parts of the prompt.
    "VIRTUAL_ENV_PROMPT", "CONDA_PROMPT_MODIFIER",
    // nushell: how long the previous command took.
    "CMD_DURATION_MS",
    // OpenSSH: sockets and addresses that are new at every login.
    "SSH_AUTH_SOCK", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "SSH_AGENT_PID",
    "SSH_AGENT_LAUNCHER", "SSH_USER_AUTH",
    // GnuPG.
    "GPG_TTY", "GPG_AGENT_INFO",
    // tmux, screen, zellij, dvtm, abduco.
    "TMUX", "TMUX_PANE", "STY", "ZELLIJ", "DVTM", "DVTM_WINDOW_ID", "DVTM_CMD_FIFO",
    "ABDUCO_SESSION", "ABDUCO_SOCKET",
    // Terminals in general: which program and window shows the output.
    "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "WINDOWID", "SHELL_SESSION_ID",
    // iTerm2.
    "ITERM_SESSION_ID", "ITERM_PROFILE", "LC_TERMINAL", "LC_TERMINAL_VERSION",
    // Terminals on VTE, Tilix, Terminator, Guake, Ptyxis, xterm.
    "VTE_VERSION", "TILIX_ID", "TERMINATOR_UUID", "TERMINATOR_DBUS_NAME", "TERMINATOR_DBUS_PATH",
    "GUAKE_TAB_UUID", "PTYXIS_PROFILE", "PTYXIS_VERSION", "XTERM_VERSION",
    // Windows Terminal and the Windows Subsystem for Linux.
    "WT_SESSION", "WT_PROFILE_ID", "WSL_INTEROP",
    // Terminals of editors: Neovim, Vim, JetBrains' IDEs, Cursor.
    "NVIM", "NVIM_LISTEN_ADDRESS", "VIM_SERVERNAME", "VIM_TERMINAL", "TERMINAL_EMULATOR",
    "__INTELLIJ_COMMAND_HISTFILE__", "CURSOR_TRACE_ID",
    // asciinema.
    "ASCIINEMA_SESSION",
    // Desktop sessions (logind, D-Bus, X11, GNOME): seats, buses and startup tokens.
    "DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY", "SESSION_MANAGER", "XDG_SEAT", "XDG_SEAT_PATH",
    "XDG_VTNR", "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID", "DESKTOP_AUTOSTART_ID",
    "GIO_LAUNCHED_DESKTOP_FILE", "GIO_LAUNCHED_DESKTOP_FILE_PID", "AT_SPI_BUS_ADDRESS",
    "GNOME_KEYRING_CONTROL", "GNOME_KEYRING_PID", "WINDOWPATH",
    // direnv: its own state. The variables that it loads stay.
    "DIRENV_DIR", "DIRENV_FILE", "DIRENV_DIFF", "DIRENV_WATCHES", "DIRENV_IN_ENVRC",
    "DIRENV_REQUIRED", "DIRENV_DUMP_FILE_PATH",
    // mise, starship, Oh My Posh, Powerlevel10k.
    "MISE_SHELL", "STARSHIP_SESSION_KEY", "STARSHIP_SHELL", "POSH_SESSION_ID", "POSH_PID",
    "_P9K_TTY", "_P9K_SSH_TTY", "P9K_TTY",
    // atuin and McFly: shell history.
    "ATUIN_SESSION", "ATUIN_HISTORY_ID", "ATUIN_SHLVL", "MCFLY_SESSION_ID",
    // systemd: identities of one start of a unit.
    "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "MAINPID", "MANAGERPID",
    "MANAGERPIDFDID", "NOTIFY_SOCKET", "FDSTORE", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID",
    "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES", "SO_COOKIE", "MONITOR_INVOCATION_ID",
    "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE", "TRIGGER_TIMER_REALTIME_USEC",
    "TRIGGER_TIMER_MONOTONIC_USEC",
    // sudo.
    "SUDO_COMMAND", "SUDO_TTY",
    // GNU make and BSD make: see `partial` for MAKEFLAGS.
    "MAKELEVEL", "MAKE_TERMOUT", "MAKE_TERMERR", "MAKE_JOBS_FIFO",
    // fzf: the state of its list and windows. What the user typed or chose, and the sizes of
    // windows, stay: FZF_QUERY, FZF_PROMPT, FZF_CURRENT_ITEM, FZF_PREVIEW_LINES and others.
    "FZF_POS", "FZF_MATCH_COUNT", "FZF_SELECT_COUNT", "FZF_TOTAL_COUNT", "FZF_PORT", "FZF_SOCK",
    "FZF_ACTION", "FZF_KEY", "FZF_IDLE_TIME", "FZF_IDLE_TIME_MS", "FZF_PREVIEW_TOP",
    "FZF_PREVIEW_LEFT", "FZF_PREVIEW_LABEL", "FZF_BORDER_LABEL", "FZF_LIST_LABEL",
    "FZF_INPUT_LABEL", "FZF_HEADER_LABEL", "FZF_FOOTER_LABEL", "FZF_DIRECTION",
    "FZF_INPUT_STATE", "FZF_WRAP", "FZF_RAW", "FZF_GHOST", "FZF_POINTER",
    "FZF_CLICK_HEADER_LINE", "FZF_CLICK_HEADER_COLUMN", "FZF_CLICK_FOOTER_LINE",
    "FZF_CLICK_FOOTER_COLUMN",
    // Nix: the temporary directory of a build or a nix-shell; see `partial` for TMPDIR.
    "NIX_BUILD_TOP", "NIX_LOG_FD",
    // OpenTelemetry and other tracers (B3, Jaeger, AWS X-Ray, BuildKit): the span of the caller.
    "TRACEPARENT", "TRACESTATE", "BAGGAGE", "B3", "UBER_TRACE_ID", "_X_AMZN_TRACE_ID",
    "X_AMZN_TRACE_ID", "OTEL_TRACE_PARENT", "OTEL_TRACE_STATE",
    // hyperfine: an offset of random length, which moves a program's stack, and the number of the
    // run.
    "HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET", "HYPERFINE_ITERATION",
    // pytest: the test that runs.
    "PYTEST_CURRENT_TEST",
    // GitHub Actions: files with random names for each step.
    "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY",
    "RUNNER_TRACKING_ID",
    // Jenkins: cookies by which it finds the processes of a build.
    "JENKINS_NODE_COOKIE", "JENKINS_SERVER_COOKIE", "HUDSON_COOKIE", "HUDSON_SERVER_COOKIE",
  ]

  /// Prefixes of names.
  static let prefixes: [StaticString] = [
    // Settings of cachetronomy choose the store and the profile, not what a command prints.
    "CACHETRONOMY_",
    // zellij, byobu.
    "ZELLIJ_", "BYOBU_",
    // GNOME Terminal, Konsole, kitty, Alacritty, WezTerm, Ghostty, VS Code.
    "GNOME_TERMINAL_", "KONSOLE_", "KITTY_", "ALACRITTY_", "WEZTERM_", "GHOSTTY_", "VSCODE_",
    // logind.
    "XDG_SESSION_",
    // mise.
    "__MISE_",
    // GNU parallel: number, slot, process and host of a job.
    "PARALLEL_",
    // Zipkin: the span of the caller in the headers of B3.
    "X_B3_",
  ]

  /// Names that are ignored in part, or only if another variable is set: see
  /// `Environment.partialUse(of:)`.
  static let partial: [StaticString] = [
    // GNU make, and cargo for build scripts: the part about jobs is ignored.
    "MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS",
    // screen: ignored if STY is set, since the name is a common word elsewhere.
    "WINDOW",
    // Nix: ignored if they name the directory of NIX_BUILD_TOP.
    "TMPDIR", "TEMPDIR", "TMP", "TEMP",
  ]

  static func isNamed(
    _ name: UnsafeBufferPointer<UInt8>, in names: [StaticString] = names
  ) -> Bool {
    for word in names where word.utf8CodeUnitCount == name.count {
      if matches(word, name) { return true }
    }
    return false
  }

  static func hasPrefix(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
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
