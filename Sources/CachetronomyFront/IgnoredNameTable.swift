// Printed by scripts/ignored-names from the table of the library: see `make front-names`.

/// The ignored variables, by the length of their names.
extension IgnoredNames {
  /// The first letters of the names of a length, as a mask of their codes modulo 64.
  static func letters(_ count: Int) -> UInt64 {
    switch count {
    case 1: 0x0000_0000_8000_0000
    case 2: 0x0000_0000_0000_0004
    case 3: 0x0000_0000_0009_0000
    case 4: 0x0000_0000_0010_4010
    case 5: 0x0000_0000_0008_0000
    case 6: 0x0000_0000_0400_8000
    case 7: 0x0000_0000_000d_20c4
    case 8: 0x0000_0000_8199_0140
    case 9: 0x0000_0000_0018_2040
    case 10: 0x0000_0000_0198_70d0
    case 11: 0x0000_0000_00d0_10d2
    case 12: 0x0000_0000_80d8_2080
    case 13: 0x0000_0000_01a8_43d2
    case 14: 0x0000_0000_0049_34d2
    case 15: 0x0000_0000_0119_0058
    case 16: 0x0000_0000_8008_a242
    case 17: 0x0000_0000_0010_80c2
    case 18: 0x0000_0000_004c_0012
    case 19: 0x0000_0000_0001_5580
    case 20: 0x0000_0000_0118_0110
    case 21: 0x0000_0000_0000_24d8
    case 23: 0x0000_0000_0000_0040
    case 24: 0x0000_0000_0000_0010
    case 25: 0x0000_0000_0000_0080
    case 27: 0x0000_0000_0010_0000
    case 28: 0x0000_0000_0010_0000
    case 29: 0x0000_0000_8000_0080
    case 39: 0x0000_0000_0000_0100
    default: 0
    }
  }

  /// The names of a length, each with `|` after it.
  static func names(_ count: Int) -> Bytes {
    switch count {
    case 1:
      Bytes(
        """
        _|
        """)
    case 2:
      Bytes(
        """
        B3|
        """)
    case 3:
      Bytes(
        """
        PWD|PS1|STY|
        """)
    case 4:
      Bytes(
        """
        TMUX|DVTM|NVIM|
        """)
    case 5:
      Bytes(
        """
        SHLVL|
        """)
    case 6:
      Bytes(
        """
        OLDPWD|ZELLIJ|
        """)
    case 7:
      Bytes(
        """
        RPROMPT|SSH_TTY|GPG_TTY|P9K_TTY|MAINPID|FDSTORE|FZF_POS|FZF_KEY|FZF_RAW|BAGGAGE|
        """)
    case 8:
      Bytes(
        """
        HOSTNAME|WINDOWID|TILIX_ID|XDG_SEAT|XDG_VTNR|POSH_PID|_P9K_TTY|SUDO_TTY|FZF_PORT|\
        FZF_SOCK|FZF_WRAP|
        """)
    case 9:
      Bytes(
        """
        TMUX_PANE|SO_COOKIE|MAKELEVEL|FZF_GHOST|
        """)
    case 10:
      Bytes(
        """
        SSH_CLIENT|WT_SESSION|XAUTHORITY|WINDOWPATH|DIRENV_DIR|MISE_SHELL|MANAGERPID|LISTEN_PID|\
        LISTEN_FDS|FZF_ACTION|NIX_LOG_FD|TRACESTATE|GITHUB_ENV|
        """)
    case 11:
      Bytes(
        """
        LC_TERMINAL|VTE_VERSION|WSL_INTEROP|DIRENV_FILE|DIRENV_DIFF|ATUIN_SHLVL|FZF_POINTER|\
        TRACEPARENT|GITHUB_PATH|
        """)
    case 12:
      Bytes(
        """
        TERM_PROGRAM|VIM_TERMINAL|_P9K_SSH_TTY|WATCHDOG_PID|SUDO_COMMAND|MAKE_TERMOUT|\
        MAKE_TERMERR|GITHUB_STATE|
        """)
    case 13:
      Bytes(
        """
        SSH_AUTH_SOCK|SSH_AGENT_PID|SSH_USER_AUTH|DVTM_CMD_FIFO|ABDUCO_SOCKET|ITERM_PROFILE|\
        XTERM_VERSION|WT_PROFILE_ID|XDG_SEAT_PATH|ATUIN_SESSION|INVOCATION_ID|NOTIFY_SOCKET|\
        WATCHDOG_USEC|FZF_IDLE_TIME|FZF_DIRECTION|NIX_BUILD_TOP|UBER_TRACE_ID|GITHUB_OUTPUT|\
        HUDSON_COOKIE|
        """)
    case 14:
      Bytes(
        """
        PROMPT_COMMAND|SSH_CONNECTION|GPG_AGENT_INFO|DVTM_WINDOW_ID|ABDUCO_SESSION|\
        GUAKE_TAB_UUID|PTYXIS_PROFILE|PTYXIS_VERSION|VIM_SERVERNAME|DIRENV_WATCHES|\
        STARSHIP_SHELL|JOURNAL_STREAM|MANAGERPIDFDID|LISTEN_PIDFDID|LISTEN_FDNAMES|\
        MAKE_JOBS_FIFO|FZF_LIST_LABEL|
        """)
    case 15:
      Bytes(
        """
        CMD_DURATION_MS|TERM_SESSION_ID|TERMINATOR_UUID|CURSOR_TRACE_ID|SESSION_MANAGER|\
        DIRENV_IN_ENVRC|DIRENV_REQUIRED|POSH_SESSION_ID|FZF_MATCH_COUNT|FZF_TOTAL_COUNT|\
        FZF_PREVIEW_TOP|FZF_INPUT_LABEL|FZF_INPUT_STATE|X_AMZN_TRACE_ID|
        """)
    case 16:
      Bytes(
        """
        SHELL_SESSION_ID|ITERM_SESSION_ID|ATUIN_HISTORY_ID|MCFLY_SESSION_ID|SYSTEMD_EXEC_PID|\
        FZF_SELECT_COUNT|FZF_IDLE_TIME_MS|FZF_PREVIEW_LEFT|FZF_BORDER_LABEL|FZF_HEADER_LABEL|\
        FZF_FOOTER_LABEL|_X_AMZN_TRACE_ID|OTEL_TRACE_STATE|
        """)
    case 17:
      Bytes(
        """
        TERMINAL_EMULATOR|ASCIINEMA_SESSION|GNOME_KEYRING_PID|FZF_PREVIEW_LABEL|\
        OTEL_TRACE_PARENT|
        """)
    case 18:
      Bytes(
        """
        VIRTUAL_ENV_PROMPT|SSH_AGENT_LAUNCHER|DESKTOP_STARTUP_ID|AT_SPI_BUS_ADDRESS|\
        RUNNER_TRACKING_ID|
        """)
    case 19:
      Bytes(
        """
        LC_TERMINAL_VERSION|NVIM_LISTEN_ADDRESS|HYPERFINE_ITERATION|PYTEST_CURRENT_TEST|\
        GITHUB_STEP_SUMMARY|JENKINS_NODE_COOKIE|
        """)
    case 20:
      Bytes(
        """
        TERM_PROGRAM_VERSION|TERMINATOR_DBUS_NAME|TERMINATOR_DBUS_PATH|XDG_ACTIVATION_TOKEN|\
        DESKTOP_AUTOSTART_ID|STARSHIP_SESSION_KEY|HUDSON_SERVER_COOKIE|
        """)
    case 21:
      Bytes(
        """
        CONDA_PROMPT_MODIFIER|GNOME_KEYRING_CONTROL|DIRENV_DUMP_FILE_PATH|MONITOR_INVOCATION_ID|\
        MEMORY_PRESSURE_WATCH|MEMORY_PRESSURE_WRITE|FZF_CLICK_HEADER_LINE|FZF_CLICK_FOOTER_LINE|\
        JENKINS_SERVER_COOKIE|
        """)
    case 23:
      Bytes(
        """
        FZF_CLICK_HEADER_COLUMN|FZF_CLICK_FOOTER_COLUMN|
        """)
    case 24:
      Bytes(
        """
        DBUS_SESSION_BUS_ADDRESS|
        """)
    case 25:
      Bytes(
        """
        GIO_LAUNCHED_DESKTOP_FILE|
        """)
    case 27:
      Bytes(
        """
        TRIGGER_TIMER_REALTIME_USEC|
        """)
    case 28:
      Bytes(
        """
        TRIGGER_TIMER_MONOTONIC_USEC|
        """)
    case 29:
      Bytes(
        """
        __INTELLIJ_COMMAND_HISTFILE__|GIO_LAUNCHED_DESKTOP_FILE_PID|
        """)
    case 39:
      Bytes(
        """
        HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET|
        """)
    default: Bytes("")
    }
  }

  /// The first letters of the prefixes.
  static var prefixLetters: UInt64 { 0x0000_0000_85c1_088e }

  /// The prefixes, each with `|` after it.
  static var prefixes: Bytes {
    Bytes(
      """
      CACHETRONOMY_|ZELLIJ_|BYOBU_|GNOME_TERMINAL_|KONSOLE_|KITTY_|ALACRITTY_|WEZTERM_|\
      GHOSTTY_|VSCODE_|XDG_SESSION_|__MISE_|PARALLEL_|X_B3_|
      """)
  }
}
