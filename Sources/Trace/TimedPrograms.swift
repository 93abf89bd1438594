internal import CPOSIX
internal import Glibc
internal import System

/// Programs whose results depend on the times of the files they examine.
enum TimedPrograms {
  private static let always = [
    "make", "gmake", "ninja", "samu", "scons", "stat", "tar", "bsdtar", "rsync", "cpio", "pax",
    "zip",
  ]
  private static let listers = ["ls", "dir", "vdir", "exa", "eza", "lsd", "tree", "busybox"]
  private static let finders = ["find", "bfs", "fd", "fdfind"]
  private static let copiers = ["cp", "mv", "install"]
  /// They compare times by `-nt` and `-ot`, in their arguments or in a script.
  private static let shells = [
    "sh", "dash", "bash", "zsh", "ksh", "mksh", "yash", "fish", "test", "[", "busybox", "perl",
  ]

  /// Programs that walk trees and ask how to do that best on a file system.
  private static let walkers = [
    "find", "du", "rm", "chmod", "chown", "chgrp", "grep", "egrep", "fgrep", "rgrep", "cp", "mv",
    "ls", "dir", "vdir", "tar", "rsync", "git", "install", "tree",
  ]

  static func isWalker(_ path: [UInt8]) -> Bool { walkers.contains(name(of: path)) }

  /// Whether a program shows more of a file than its contents and times: owners, links, blocks, the
  /// time of the last change of attributes.
  static func isExact(_ path: [UInt8], _ arguments: [UInt8]) -> Bool {
    let name = name(of: path)
    let words = arguments.split(separator: 0).dropFirst()
    if ["stat", "du", "getfacl", "getfattr", "lsattr"].contains(name) { return true }
    if listers.contains(name) {
      return words.contains {
        $0.first == 0x2d && $0.dropFirst().first != 0x2d && $0.contains { "cis".utf8.contains($0) }
      }
    }
    return finders.contains(name)
      && words.contains { word in
        ["-cmin", "-ctime", "-cnewer", "-inum", "-samefile", "-links", "printf"].contains {
          word.starts(with: $0.utf8)
        }
      }
  }

  /// Whether a program shows when a file was read last, which every reader changes.
  static func usesAccessTimes(_ path: [UInt8], _ arguments: [UInt8]) -> Bool {
    let name = name(of: path)
    let words = arguments.split(separator: 0).dropFirst().map { Array($0) }
    func hasWord(_ starts: String...) -> Bool {
      words.contains { word in starts.contains { word.starts(with: $0.utf8) } }
    }
    if name == "stat" {
      return !hasWord("-c", "--format", "--printf", "-f")
        || words.contains { holds($0, Array("%x".utf8)) || holds($0, Array("%X".utf8)) }
    }
    if listers.contains(name) {
      return words.contains {
        $0.first == 0x2d && $0.dropFirst().first != 0x2d && $0.contains(0x75)
      }
        || hasWord("--time=a", "--time=u")
    }
    return finders.contains(name) && hasWord("-amin", "-atime", "-anewer", "-used")
  }

  /// Whether a program is one of the shells, whose scripts say whether times are compared.
  static func isShell(_ path: [UInt8]) -> Bool { shells.contains(name(of: path)) }

  /// Whether a program uses times, by its path and its arguments with a NUL after each.
  static func contains(_ path: [UInt8], _ arguments: [UInt8]) -> Bool {
    let name = name(of: path)
    if always.contains(name) { return true }
    // Each argument ends with a NUL.
    if shells.contains(name), comparesTimes(arguments.map { $0 == 0 ? 0x20 : $0 }) { return true }
    let words = arguments.split(separator: 0).dropFirst()
    let options = words.filter { $0.first == 0x2d && $0.count > 1 }
    if listers.contains(name) { return options.contains(where: showsTimes) }
    if finders.contains(name) {
      return words.contains { word in
        ["time", "newer", "min", "-ls", "printf", "changed", "-used"].contains {
          holds(Array(word), Array($0.utf8))
        }
      }
    }
    return copiers.contains(name)
      && options.contains {
        $0[$0.startIndex + 1] == 0x2d || $0.contains { "pua".utf8.contains($0) }
      }
  }

  /// Whether a text of a shell compares the times of files.
  static func comparesTimes(_ text: [UInt8]) -> Bool {
    [" -nt ", " -ot "].contains { holds(text, Array($0.utf8)) }
  }

  private static func showsTimes(_ option: Array<UInt8>.SubSequence) -> Bool {
    if option.dropFirst().first == 0x2d {
      return !["--color", "--all", "--almost-all", "--classify", "--directory", "--recursive"]
        .contains { option.starts(with: $0.utf8) }
    }
    return option.contains { "ltcugonsSi".utf8.contains($0) }
  }

  private static func holds(_ text: [UInt8], _ wanted: [UInt8]) -> Bool {
    cachetronomy_find(text, text.count, wanted, wanted.count)
  }

  /// The last part of a path, without a version at its end.
  private static func name(of path: [UInt8]) -> String {
    var name = path.split(separator: 0x2f).last.map { Array($0) } ?? []
    while name.count > 1, let last = name.last,
      (0x30...0x39).contains(last) || last == 0x2e || last == 0x2d
    {
      name.removeLast()
    }
    return String(decoding: name, as: UTF8.self)
  }
}
