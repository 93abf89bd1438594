internal import CPOSIX
internal import Cachetronomy
internal import System

/// Programs that start another program, which their arguments name.
///
/// The same list is used for arguments and for scripts: after one of these every later word is
/// looked up as a program too. A false positive costs a search of `PATH`, a false negative a wrong
/// result.
enum Wrappers {
  /// Whether a word names such a program, by its last path component.
  static func contains(_ word: some Collection<UInt8>) -> Bool {
    names.lists(lastComponent(word))
  }

  /// Whether such a program may search for the other one outside the `PATH` it has.
  static func replacesPath(_ word: some Collection<UInt8>) -> Bool {
    switch String(decoding: lastComponent(word), as: UTF8.self) {
    case "env", "sudo", "doas", "su", "runuser", "systemd-run", "chroot", "nsenter", "command",
      "setpriv", "pkexec", "bwrap", "unshare", "proot", "machinectl", "super", "sudo-rs":
      true
    default: false
    }
  }

  /// The search path of programs that are started with a new environment.
  static let standardPath = Array(
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin".utf8)

  static func lastComponent<C: Collection<UInt8>>(_ word: C) -> C.SubSequence {
    var start = word.startIndex
    var at = start
    while at != word.endIndex {
      let byte = word[at]
      at = word.index(after: at)
      if byte == UInt8(ascii: "/") { start = at }
    }
    return word[start...]
  }

  // Stored as one text, since building a set of this size would slow down a hit.
  private static let names: StaticString = """
     env genv exec command builtin coproc nice gnice ionice nohup gnohup stdbuf gstdbuf setsid time \
    gtime timeout gtimeout timelimit chronic flock lckdo setlock with-lock-ex chrt taskset numactl \
    schedtool cpulimit prlimit softlimit choom setarch linux32 linux64 uname26 i386 x86_64 \
    caffeinate script unbuffer socat eatmydata faketime datefudge xvfb-run xwfb-run \
    dbus-run-session dbus-launch ssh-agent systemd-run systemd-inhibit systemd-cat systemd-nspawn \
    gnome-session-inhibit daemonize daemon start-stop-daemon dumb-init tini catatonit \
    s6-setuidgid s6-envdir s6-env envdir envuidgid setuidgid chpst pgrphack direnv dotenv envchain \
    aws-vault chamber op doppler sops mise asdf rtx poetry pipenv pdm hatch uv uvx pipx bundle npx \
    pnpx bunx opam nix nix-shell conda mamba micromamba rustup pyenv rbenv nodenv goenv jenv \
    sudo sudo-rs doas su runuser pkexec super gosu su-exec setpriv capsh sg chroot schroot fakeroot \
    fakechroot pseudo proot bwrap firejail unshare nsenter ip minijail0 nsjail aa-exec runcon \
    torsocks torify tsocks proxychains proxychains4 machinectl sshpass xargs gxargs parallel sem \
    find gfind fd fdfind watch entr retry hyperfine bench multitime when-changed pee ifne mispipe \
    strace ltrace perf valgrind gdb lldb rr catchsegv heaptrack uftrace memusage sotruss \
    tracexec vgrun with-contenv exec-env run-one keychain gpg-agent ssh-ident logsave rlwrap \
    apptainer singularity toolbox distrobox-enter flatpak-spawn busybox toybox \

    """
}

extension StaticString {
  /// Whether this text contains a name, with a blank on each side.
  func lists(_ name: some Collection<UInt8>) -> Bool {
    guard name.count >= 2, name.count < 24, !name.contains(0x20) else { return false }
    return ([0x20] + Array(name) + [0x20]).withUnsafeBytes { wanted in
      cachetronomy_find(utf8Start, utf8CodeUnitCount, wanted.baseAddress, wanted.count)
    }
  }
}
