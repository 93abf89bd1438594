import Glibc
import Testing

@testable import Cachetronomy
@testable import System
@testable import CommandCache

/// What `--file` and `--mtime` make of trees, patterns and files that are not there.
@Suite struct WatchedFilesTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try sh(
      "mkdir -p src/sub src/.hid; echo 1 > src/a.c; echo 2 > src/sub/b.c; echo 3 > src/.hid/c.c")
  }

  private func sh(_ script: String) throws {
    let result = try Shell.run(["bash", "-c", "cd \"$1\"; \(script)", "bash", scratch.path])
    try #require(result.status == 0, "\(script): \(result.errors)")
  }

  private func look(
    _ path: String, _ view: FileView = .contents, _ environment: [Environment.Variable] = []
  ) -> (parts: [[UInt8]], notes: KeyNotes) {
    var notes = KeyNotes()
    var files = WatchedFiles(
      environment: Environment(environment), directory: Array(scratch.path.utf8))
    let parts =
      view == .contents ? files.contents(path, &notes) : files.modified(path, &notes)
    return (parts, notes)
  }

  /// Changes below `src`, and what undoes each.
  static let changes = [
    ("echo x > src/new", "rm src/new"), ("mkdir src/sub/new", "rmdir src/sub/new"),
    ("mv src/a.c src/z.c", "mv src/z.c src/a.c"), ("echo x > src/sub/b.c", "echo 2 > src/sub/b.c"),
    ("rm src/sub/b.c", "echo 2 > src/sub/b.c"),
    ("touch -r src/a.c t; echo 9 > src/a.c; touch -r t src/a.c", "echo 1 > src/a.c"),
    ("chmod 600 src/a.c", "chmod 644 src/a.c"), ("chmod 700 src/sub", "chmod 755 src/sub"),
    ("echo x > src/.hid/c.c", "echo 3 > src/.hid/c.c"), ("ln -s a.c src/l", "rm src/l"),
    ("rm src/a.c; ln -s sub/b.c src/a.c", "rm src/a.c; echo 1 > src/a.c"),
    ("rm src/a.c; mkdir src/a.c", "rmdir src/a.c; echo 1 > src/a.c"),
    ("mkfifo src/p", "rm src/p"), ("ln -s . src/self", "rm src/self"),
    ("chmod 700 src", "chmod 755 src"),
    (
      "mv src/sub/b.c src/b.c; mkdir src/x; mv src/x src/sub/b.c",
      "rmdir src/sub/b.c; mv src/b.c src/sub/b.c"
    ),
  ]

  @Test(arguments: changes) func `a change in a tree is seen, and one undone by file`(
    change: String, undone: String
  ) throws {
    try sh("chmod -R u=rwX,go=rX src")
    for path in [scratch("src"), scratch("s*"), scratch("{src,none}"), scratch("link")] {
      if path.hasSuffix("link") { try sh("ln -s src link") }
      let (file, mtime) = (look(path), look(path, .identity))
      #expect(look(path).parts == file.parts)
      #expect(look(path, .identity).parts == mtime.parts)
      try sh(change)
      #expect(look(path).parts != file.parts, "\(path)")
      #expect(look(path, .identity).parts != mtime.parts, "\(path)")
      try sh(undone)
      #expect(look(path).parts == file.parts, "\(path)")
      #expect(look(path, .identity).parts != mtime.parts, "\(path)")
    }
  }

  /// Patterns, a change that they see, and one that they do not.
  static let patterns = [
    ("src/*.c", "echo x > src/a.c", "echo x > src/sub/b.c"),
    ("src/*.c", "echo x > src/new.c", "echo x > src/.new.c"),
    ("src/?.c", "rm src/a.c", "echo x > src/ab.c"),
    ("src/?.c", "echo > src/ä.c", "echo > src/äö.c"),
    ("src/[!b-z].c", "mv src/a.c src/0.c", "echo x > src/z.c"),
    ("src/[[:digit:]]*", "echo x > src/1", "echo x > src/x1"),
    ("src/[]a].c", "echo > src/].c", "echo > src/[.c"),
    ("src/**/*.c", "echo x > src/sub/b.c", "echo x > src/.hid/c.c"),
    ("src/**/*.c", "echo x > src/a.c", "echo x > src/a.h"),
    ("src/**/.hid/*.c", "echo x > src/.hid/c.c", "echo x > src/a.c"),
    ("src/.*/c.c", "echo x > src/.hid/c.c", "echo x > src/a.c"),
    ("**/b.c", "echo x > src/sub/b.c", "echo x > src/a.c"),
    ("**", "echo x > src/sub/b.c", "echo x > src/.hid/c.c"),
    ("src/**", "mkdir src/sub/deep", "echo x > src/.hid/new"),
    ("src/**/*", "rm src/sub/b.c", "echo x > src/.hid/new"),
    ("src/**/", "mkdir src/sub/deep", "echo x > src/sub/new"),
    ("src/*/", "echo x > src/sub/new", "echo x > src/new"),
    ("src/{a,sub/b}.c", "echo x > src/sub/b.c", "echo x > src/c.c"),
    ("{src,lib}/{a,b}.c", "mkdir lib; echo > lib/b.c", "echo x > src/c.c"),
    ("src/{*.c,{x,y}.h}", "echo > src/y.h", "echo > src/z.h"),
    ("s*c/sub/../a.c", "echo x > src/a.c", "echo x > src/sub/b.c"),
    ("src/*", "echo x > src/sub/new", "echo x > src/.new"),
    ("src/\\*", "echo > 'src/*'", "echo > src/x"),
    ("src/*.c", "ln -s ../other src/o.c; echo > other", "echo > other2"),
    ("*", "echo x > 'two words'", "echo x > .dot"), ("src//*.c", "echo x > src/a.c", "true"),
    ("src/*.c", "chmod 700 src/a.c", "chmod 700 src/sub"),
    ("src/*.c", "mv src/a.c src/b.c", "true"),
  ]

  @Test(arguments: patterns) func `a pattern sees its matches and no other file`(
    pattern: String, seen: String, unseen: String
  ) throws {
    let path = scratch(pattern)
    for view in [FileView.contents, .identity] {
      try sh("rm -rf ./* .dot; mkdir -p src/sub src/.hid; echo 1 > src/a.c; echo 2 > src/sub/b.c")
      try sh("echo 3 > src/.hid/c.c; umask 22; mkdir -p src")
      let first = look(path, view)
      try sh(unseen)
      #expect(look(path, view).parts == first.parts, "\(pattern): \(unseen)")
      try sh(seen)
      #expect(look(path, view).parts != first.parts, "\(pattern): \(seen)")
    }
  }

  @Test func `a file named like a pattern is that file`() throws {
    for name in ["*.c", "[a]", "{a,b}", "a?", "**"] {
      try sh("rm -rf w; mkdir w; echo 1 > 'w/\(name)'; echo 1 > w/a.c")
      let path = scratch("w/\(name)")
      let first = look(path)
      #expect(first.parts == look(scratch("w/a.c")).parts, "\(name)")
      try sh("echo 2 > w/a.c; echo 2 > w/a; echo 2 > w/ab")
      #expect(look(path).parts == first.parts, "\(name)")
      try sh("echo 2 > 'w/\(name)'")
      #expect(look(path).parts != first.parts, "\(name)")
    }
  }

  @Test func `what is in the value of a variable is no pattern`() throws {
    try sh("mkdir '[x]' x; echo 1 > '[x]/f1'; echo 2 > x/f1")
    let environment = [Environment.Variable("D", scratch("[x]")), .init("HOME", scratch("[x]"))]
    for path in ["$D/f*", "~/f*", "${NONE:-$D}/f?"] {
      let first = look(path, .contents, environment)
      #expect(first.notes.missing == [], "\(path)")
      try sh("echo 9 >> x/f1")
      #expect(look(path, .contents, environment).parts == first.parts, "\(path)")
      try sh("echo 9 >> '[x]/f1'")
      #expect(look(path, .contents, environment).parts != first.parts, "\(path)")
    }
    // Another home with the same files has the same key.
    try sh("mkdir one two; echo 1 > one/f1; echo 1 > two/f1")
    #expect(
      look("~/f*", .contents, [.init("HOME", scratch("one"))]).parts
        == look("~/f*", .contents, [.init("HOME", scratch("two"))]).parts)
  }

  @Test func `a plain file is its contents alone, a missing one a value`() throws {
    let file = scratch("src/a.c")
    #expect(look(file).parts == [Digest.of(Array("1\n".utf8), size: 32)])
    try sh("chmod 600 src/a.c; touch src/a.c")
    #expect(look(file).parts == [Digest.of(Array("1\n".utf8), size: 32)])
    let none = look(scratch("none"))
    #expect(none.parts == [Invocation.bytes(Int64(ENOENT))])
    #expect(look(scratch("none"), .identity).parts == [])
  }

  @Test func `what names nothing is noted as written, unless it is optional`() throws {
    func missing(_ path: String, _ environment: [Environment.Variable] = []) -> [[String]] {
      [FileView.contents, .identity].map { look(path, $0, environment).notes.missing }
    }
    for name in ["none", "none/x", "no*", "**/*.rs", "src/a.c/x", "src/\\*"] {
      let path = scratch(name)
      #expect(missing(path) == [[path], [path]], "\(name)")
      #expect(missing("-" + path) == [[], []], "\(name)")
    }
    try sh("ln -s nowhere dangling")
    #expect(missing(scratch("dangling")) == [[scratch("dangling")], [scratch("dangling")]])
    #expect(missing("$NONE/f") == [["$NONE/f"], ["$NONE/f"]])
    #expect(missing("-$NONE/f") == [[], []])
    #expect(missing("${NONE:-~/.x}", [.init("HOME", scratch.path)])[0] == ["${NONE:-~/.x}"])
    // Of braces each name is one that was written, of wildcards none.
    #expect(
      missing(scratch("src/{a,none}.c")) == [[scratch("src/none.c")], [scratch("src/none.c")]])
    #expect(missing(scratch("src/*.{c,h}")) == [[], []])
    #expect(missing(scratch("src/sub")) == [[], []])
    #expect(missing("git:HEAD") == [["git:HEAD"], ["git:HEAD"]])
    #expect(missing("-git:HEAD") == [[], []])
    let (there, gone) = (look("-" + scratch("src/a.c")), look("-" + scratch("none")))
    #expect(there.parts == look(scratch("src/a.c")).parts && there.parts != gone.parts)
  }

  @Test func `a mark as optional leaves the key as it is`() throws {
    func key(_ path: String) throws -> Key {
      var settings = RunSettings()
      settings.file = [path]
      settings.mtime = [path]
      return try Invocation(
        argv: [Array("true".utf8)], directory: Array(scratch.path.utf8),
        environment: Environment([.init("PATH", "/bin:/usr/bin")]), settings: settings
      ).key()
    }
    for path in [scratch("src"), scratch("none"), scratch("*")] {
      #expect(try key(path) == key("-" + path))
    }
  }

  @Test func `special files are never opened, cycles end, deep trees are read`() throws {
    try sh(
      """
      mkfifo src/p; ln -s .. src/up; ln -s loop src/loop; ln -s /dev/zero src/zero
      python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('src/s')"
      d=src/deep; for i in $(seq 60); do mkdir $d; d=$d/directory-$i; done; mkdir $d; echo 1 > $d/f
      """)
    for pattern in ["src", "src/*", "src/**", "**/up/*", "src/{p,s,loop}"] {
      _ = look(scratch(pattern))
      _ = look(scratch(pattern), .identity)
    }
    let first = look(scratch("src"))
    try sh("find src -name f -exec sh -c 'echo 2 > \"$1\"' sh {} \\;")
    #expect(look(scratch("src")).parts != first.parts)
  }

  @Test func `a file that cannot be read counts by its identity`() throws {
    try sh("chmod 0 src/a.c src/sub")
    defer { try? sh("chmod 755 src/sub") }
    let first = look(scratch("src"))
    #expect(look(scratch("src")).parts == first.parts)
    try sh(
      "chmod 600 src/a.c; touch -r src/.hid t; echo 7 > src/a.c; chmod 0 src/a.c; touch -r t src/a.c"
    )
    #expect(look(scratch("src")).parts != first.parts)
  }

  @Test func `more files than the limit refuse to be kept`() throws {
    try sh(
      """
      mkdir many; cd many; for d in 1 2 3; do mkdir $d; (cd $d; seq -f f%.0f 30000 | xargs touch); done
      """)
    #expect(look(scratch("many"), .identity).notes.obstacle == nil)
    #expect(look(scratch("many/*/f*"), .identity).notes.obstacle == nil)
    var notes = KeyNotes()
    var files = WatchedFiles(environment: Environment([]), directory: Array(scratch.path.utf8))
    _ = files.modified(scratch("many"), &notes)
    #expect(notes.obstacle == nil)
    // The limit is for all paths of a call.
    _ = files.modified(scratch("many/1"), &notes)
    #expect(notes.obstacle == "more than 100000 files under '\(scratch("many/1"))'")
    try sh("cd many; mkdir 4; cd 4; seq -f f%.0f 10000 | xargs touch")
    for pattern in ["many", "many/**", "ma*", "**/f1"] {
      let obstacle = look(scratch(pattern), .identity).notes.obstacle
      #expect(obstacle == "more than 100000 files under '\(scratch(pattern))'")
    }
  }
}
