import Testing

@testable import Cachetronomy

@Suite struct NoiseTests {
  /// The list of the design, word for word.
  static let listed = """
    _ SHLVL OLDPWD PWD PS1 RPROMPT PROMPT_COMMAND VIRTUAL_ENV_PROMPT CONDA_PROMPT_MODIFIER
    CACHETRONOMY_*
    TMUX TMUX_PANE STY ZELLIJ ZELLIJ_*
    TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID ITERM_SESSION_ID LC_TERMINAL
    LC_TERMINAL_VERSION WINDOWID VTE_VERSION SHELL_SESSION_ID GNOME_TERMINAL_* KONSOLE_* KITTY_*
    ALACRITTY_* WEZTERM_* WT_SESSION WT_PROFILE_ID TILIX_ID TERMINATOR_UUID VSCODE_* NVIM
    NVIM_LISTEN_ADDRESS
    SSH_AUTH_SOCK SSH_AGENT_PID SSH_AGENT_LAUNCHER SSH_CLIENT SSH_CONNECTION SSH_TTY GPG_TTY
    GPG_AGENT_INFO
    XDG_SESSION_* XDG_SEAT XDG_SEAT_PATH XDG_VTNR XDG_ACTIVATION_TOKEN DBUS_SESSION_BUS_ADDRESS
    SESSION_MANAGER DESKTOP_STARTUP_ID GIO_LAUNCHED_DESKTOP_FILE GIO_LAUNCHED_DESKTOP_FILE_PID
    XAUTHORITY MANAGERPID
    DIRENV_DIR DIRENV_FILE DIRENV_DIFF DIRENV_WATCHES DIRENV_IN_ENVRC __MISE_* MISE_SHELL
    STARSHIP_SESSION_KEY STARSHIP_SHELL ATUIN_SESSION ATUIN_HISTORY_ID MCFLY_SESSION_ID _P9K_TTY
    _P9K_SSH_TTY P9K_TTY
    INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID MAINPID NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC
    LISTEN_PID LISTEN_FDS LISTEN_FDNAMES MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE
    TRIGGER_TIMER_REALTIME_USEC TRIGGER_TIMER_MONOTONIC_USEC
    SUDO_COMMAND MAKE_TERMOUT MAKE_TERMERR FZF_POS FZF_MATCH_COUNT FZF_SELECT_COUNT FZF_TOTAL_COUNT
    FZF_PORT FZF_ACTION FZF_KEY FZF_PREVIEW_TOP FZF_PREVIEW_LEFT
    GITHUB_OUTPUT GITHUB_ENV GITHUB_PATH GITHUB_STATE GITHUB_STEP_SUMMARY RUNNER_TRACKING_ID
    JENKINS_NODE_COOKIE JENKINS_SERVER_COOKIE HUDSON_COOKIE
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  private func isNoise(_ name: String) -> Bool {
    Array(name.utf8).withUnsafeBufferPointer { Noise.contains($0) }
  }

  @Test(arguments: NoiseTests.listed) func everyListedNameIsNoise(name: String) {
    if name.hasSuffix("*") {
      #expect(isNoise(String(name.dropLast())))
      #expect(isNoise(name.dropLast() + "ANYTHING"))
    } else {
      #expect(isNoise(name))
      // A name in full is no beginning of others, and lower case is another name.
      if name != "ZELLIJ" { #expect(!isNoise(name + "_X")) }
      if name != "_" { #expect(!isNoise(name.lowercased())) }
    }
  }

  @Test func nothingElseIsNoise() {
    let names = Set(Noise.names.map(\.description))
    let prefixes = Set(Noise.prefixes.map { "\($0)*" })
    #expect(names.union(prefixes) == Set(Self.listed))
  }

  @Test(arguments: [
    "SSH_HOST", "TERMINUS_SITE", "COLUMNS", "LINES", "TERM", "COLORTERM", "HOME", "PROMPT",
    "DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "I3SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME", "WINDOW",
    "FZF_QUERY", "FZF_PREVIEW_COLUMNS", "FZF_PREVIEW_LINES", "MAKEFLAGS", "MAKELEVEL",
    "VIRTUAL_ENV", "PATH", "USER", "LANG", "LC_ALL", "TZ", "CACHETRONOMY", "ZELLI", "KITTY",
    "KUBECONFIG", "GITHUB_TOKEN", "GITHUB_RUN_ID", "CI_JOB_ID", "BUILD_TAG", "EDITOR", "", "X_",
    "XDG_CONFIG_HOME", "DIRENV_LOG_FORMAT", "SSH_ASKPASS",
  ]) func namesThatChangeWhatIsPrintedAreNot(name: String) { #expect(!isNoise(name)) }
}
