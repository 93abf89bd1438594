import Testing

@testable import Cachetronomy
@testable import CommandCache

/// `git:NAME` in `file` and `mtime`: what Git has checked out, wherever one is in the repository.
@Suite struct GitFilesTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try sh("git init -q -b main r; cd r; mkdir -p a/b; echo 1 > a/f; git add a; git commit -qm 1")
  }

  @discardableResult
  private func sh(_ script: String) throws -> String {
    let git =
      "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a "
      + "GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; "
      + "unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE; git config --file /dev/null -l; "
    let result = try Shell.run(
      ["bash", "-c", "cd \"$1\" && \(git) \(script)", "bash", scratch.path])
    try #require(result.status == 0, "\(script): \(result.errors)")
    return result.text
  }

  private func look(
    _ name: String, in directory: String = "r", _ view: FileView = .contents,
    _ environment: [String: String] = [:]
  ) -> (parts: [[UInt8]], isMissing: Bool) {
    var notes = KeyNotes()
    var files = WatchedFiles(
      environment: Environment(environment.map { .init($0.key, $0.value) }),
      directory: Array(scratch(directory).utf8))
    let parts = view == .contents ? files.contents(name, &notes) : files.modified(name, &notes)
    return (parts, !notes.missing.isEmpty)
  }

  /// A name, a change that it sees, and whether `file` finds the first value when it is undone.
  static let changes = [
    ("git:HEAD", "git commit -q --allow-empty -m 2", "git reset -q --hard HEAD^"),
    (
      "git:HEAD", "git pack-refs --all; git commit -q --allow-empty -m 2",
      "git reset -q --hard HEAD^"
    ),
    ("git:HEAD", "git checkout -q -b other", "git checkout -q main; git branch -qD other"),
    ("git:HEAD", "git checkout -q --detach", "git checkout -q main"),
    (
      "git:HEAD", "git commit -q --allow-empty -m 2; git pack-refs --all",
      "git reset -q --hard HEAD^; git pack-refs --all"
    ),
    ("git:refs", "git tag t", "git tag -d t"), ("git:refs", "git branch x/y", "git branch -D x/y"),
    ("git:refs", "git update-ref refs/remotes/o/m HEAD", "git update-ref -d refs/remotes/o/m"),
    ("git:refs/tags", "git tag t", "git tag -d t"),
    ("git:refs/heads/main", "git commit -q --allow-empty -m 2", "git reset -q --hard HEAD^"),
    ("git:index", "echo 2 > a/g; git add a/g", ""), ("git:config", "git config x.y z", ""),
    ("git:logs", "git commit -q --allow-empty -m 2", ""),
    ("git:logs/HEAD", "git checkout -q --detach", ""),
    ("git:info/exclude", "echo x > .git/info/exclude", ""),
  ]

  @Test(arguments: changes) func `a change of the repository is seen from any directory`(
    name: String, change: String, undone: String
  ) throws {
    for directory in ["r", "r/a/b"] {
      let (file, mtime) = (look(name, in: directory), look(name, in: directory, .identity))
      #expect(!file.isMissing && !file.parts.isEmpty && !mtime.parts.isEmpty)
      #expect(file.parts == look(name).parts && mtime.parts == look(name, .identity).parts)
      try sh("cd r; \(change)")
      #expect(look(name, in: directory).parts != file.parts)
      #expect(look(name, in: directory, .identity).parts != mtime.parts)
      if undone.isEmpty { break }
      try sh("cd r; \(undone)")
      // Packed refs are a file of their own, so that only HEAD is the same when they come to be.
      if !change.contains("pack-refs") { #expect(look(name, in: directory).parts == file.parts) }
    }
  }

  @Test func `packing refs does not change what is checked out`() throws {
    let first = look("git:HEAD")
    try sh("cd r; git pack-refs --all --prune; [ ! -e .git/refs/heads/main ]")
    #expect(look("git:HEAD").parts == first.parts)
    #expect(!look("git:refs/heads/main").isMissing)
    #expect(look("git:refs/heads/none").isMissing)
  }

  @Test func `worktrees have a HEAD and index of their own and share the rest`() throws {
    try sh("cd r; git worktree add -q ../w -b side; mkdir ../w/deep")
    let (main, side) = (look("git:HEAD"), look("git:HEAD", in: "w/deep"))
    #expect(main.parts != side.parts)
    #expect(look("git:refs").parts == look("git:refs", in: "w").parts)
    #expect(look("git:config").parts == look("git:config", in: "w/deep").parts)
    #expect(look("git:index", .identity).parts != look("git:index", in: "w", .identity).parts)
    try sh("cd w; git commit -q --allow-empty -m 2")
    #expect(look("git:HEAD").parts == main.parts)
    #expect(look("git:HEAD", in: "w/deep").parts != side.parts)
    let refs = look("git:refs", in: "w")
    try sh(
      "cd w; git bisect start -q HEAD HEAD~1 > /dev/null || true; git update-ref refs/bisect/x HEAD"
    )
    #expect(look("git:refs", in: "w").parts != refs.parts)
  }

  @Test func `submodules have a repository of their own`() throws {
    try sh(
      "git init -q -b main s; cd s; git -c protocol.file.allow=always submodule --quiet add ../r m; git commit -qm 1"
    )
    let (outer, inner) = (look("git:HEAD", in: "s"), look("git:HEAD", in: "s/m/a"))
    #expect(outer.parts != inner.parts)
    try sh("cd s/m; git commit -q --allow-empty -m 2")
    #expect(look("git:HEAD", in: "s").parts == outer.parts)
    #expect(look("git:HEAD", in: "s/m/a").parts != inner.parts)
  }

  @Test func `variables of Git say where to look`() throws {
    try sh("git init -q -b main e; cd e; git commit -q --allow-empty -m e; mkdir ../out")
    let (r, e) = (look("git:HEAD"), look("git:HEAD", in: "e"))
    #expect(look("git:HEAD", in: "out").isMissing)
    #expect(look("git:HEAD", in: "out", .contents, ["GIT_DIR": scratch("e/.git")]).parts == e.parts)
    #expect(look("git:HEAD", in: "out", .contents, ["GIT_DIR": "../r/.git"]).parts == r.parts)
    #expect(look("git:HEAD", .contents, ["GIT_DIR": "none"]).isMissing)
    #expect(
      look("git:HEAD", in: "r/a/b", .contents, ["GIT_CEILING_DIRECTORIES": scratch("r")]).isMissing)
    try sh("cp r/.git/index alt")
    let index = look("git:index", .contents, ["GIT_INDEX_FILE": scratch("alt")])
    #expect(index.parts == look("git:index").parts)
    try sh("cd r; echo x > n; GIT_INDEX_FILE=../alt git add n")
    #expect(look("git:index", .contents, ["GIT_INDEX_FILE": scratch("alt")]).parts != index.parts)
    #expect(look("git:index", .contents, ["GIT_INDEX_FILE": "../alt"]).parts != index.parts)
  }

  @Test func `bare repositories, repositories without a commit and broken ones`() throws {
    try sh("git clone -q --bare r bare; git init -q -b main empty; mkdir -p r/a/fake/.git")
    #expect(!look("git:HEAD", in: "bare/objects").isMissing)
    #expect(look("git:HEAD", in: "bare").parts == look("git:HEAD").parts)
    let unborn = look("git:HEAD", in: "empty")
    #expect(!unborn.isMissing)
    try sh("cd empty; git commit -q --allow-empty -m 1")
    #expect(look("git:HEAD", in: "empty").parts != unborn.parts)
    // Git takes no directory for a repository that only has its name.
    #expect(look("git:HEAD", in: "r/a/fake").parts == look("git:HEAD").parts)
    try sh("cd empty; echo 'ref: HEAD' > .git/HEAD")
    _ = look("git:HEAD", in: "empty")
  }

  @Test(arguments: ["git:", "git:/x", "git:a//b", "git:../x", "-git:", "git:a/../b"])
  func `a name that leaves the repository is refused`(name: String) {
    #expect(WatchedPath.validationError(name) != nil)
    #expect(WatchedPath("./git:x").gitName == nil)
  }

  @Test func `tables of refs are seen`() throws {
    try sh("cd r/.git; mkdir reftable; echo 1 > reftable/tables.list")
    let first = ["git:HEAD", "git:refs"].map { look($0).parts }
    try sh("cd r/.git; echo 2 > reftable/tables.list")
    #expect(look("git:HEAD").parts != first[0])
    #expect(look("git:refs").parts != first[1])
  }
}
