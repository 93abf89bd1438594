import Glibc
import Testing

@testable import Cachetronomy
@testable import Remotes
@testable import CommandCache
@testable import CachetronomyFront

/// Changes one thing between two calls, and compares the front with the key maker: what the front serves
/// by a manifest has the key that is made anew.
@Suite struct ManifestDifferenceTests {
  @Test func `a manifest holds only while the key is the same`() throws {
    var world = try World()
    let count = Fuzzing.count(usual: 1000)
    var counts = (served: 0, changed: 0)
    for round in 0..<count {
      let change = try world.change()
      let call = try #require(world.calls.randomElement(using: &world.random))
      guard let answer = try world.ask(call) else { continue }
      if answer.isServed { counts.served += 1 }
      if !answer.isSame { counts.changed += 1 }
      #expect(
        !answer.isServed || answer.isSame,
        "round \(round): \(call.argv) after \(change), seed \(Fuzzing.seed)")
      if answer.isServed, !answer.isSame { return }
    }
    // Both kinds are common, or the test says nothing.
    #expect(
      counts.served > count / 20 && counts.changed > count / 20, "\(counts)")
  }
}

/// A tree of files, an environment, commands that depend on them, and the manifests of earlier calls.
private struct World {
  struct Call {
    var argv: [String]
    var settings = RunSettings()
  }

  private let fixture: FrontFixture
  private let tree: Scratch
  var random = FixedGenerator(seed: Fuzzing.seed)
  private(set) var calls: [Call] = []
  private var variables: [String: String] = [:]
  private var known: [[UInt8]: (manifest: ManifestFile, key: Key)] = [:]
  private var serial = 0
  private let files = ["f1", "f2", "f3", "d1/a", "d1/b", "d2/a", "d1/c", "none"]

  init() throws {
    fixture = try FrontFixture()
    // With timestamps that tell two changes apart.
    tree = try Scratch(in: "/dev/shm")
    for directory in ["bin1", "bin2", "d1", "d2", "e", "repo", "repo/.git"] {
      try #require(mkdir(tree(directory), 0o755) == 0)
    }
    for name in files.dropLast(2) { try write(name) }
    try tree.write("repo/.git/HEAD", "ref: refs/heads/x\n")
    try tree.write("repo/.git/config", "[remote \"origin\"]\nurl = https://h/x\n")
    try tree.write("bin2/scripted", "#!\(tree("bin1/inter"))\n")
    try tool("bin2/tool")
    try tool("bin1/inter")
    chmod(tree("bin2/scripted"), 0o755)
    symlink(tree("f1"), tree("link"))
    symlink("d1", tree("dlink"))
    variables = [
      "PATH": "\(tree("bin1")):\(tree("bin2")):/usr/bin:/bin", "VAR": "a", "NAME": tree("f1"),
      "OLDPWD": tree("d1"), "TMUX": tree("f2"), "HOME": tree.path,
    ]
    makeCalls()
  }

  private mutating func makeCalls() {
    func add(_ words: String..., change: (inout RunSettings) -> Void = { _ in }) {
      var call = Call(argv: words.map { $0.replacing("T/", with: tree.path + "/") })
      change(&call.settings)
      call.settings.file = call.settings.file.map { $0.replacing("T/", with: tree.path + "/") }
      call.settings.mtime = call.settings.mtime.map { $0.replacing("T/", with: tree.path + "/") }
      calls.append(call)
    }
    add("cat", "T/f1", "T/f2")
    add("cat", "T/link", "--x=T/none")
    add("cat", "T/dlink/a")
    add("ls", "T/d1", "T/f1")
    add("tool", "T/f3")
    add("env", "tool")
    add("timeout", "9", "tool")
    add("scripted")
    add("env", "-C", "T/d1", "cat", "a")
    add("sh", "-c", "cat T/d1/*; tool")
    add("sh", "-c", "cat $NAME; echo $VAR")
    add("sh", "-c", "for f in T/d[12]/?; do cat $f; done")
    add("sh", "-c", "cat {T/f1,T/f3} T/d?/a")
    add("sh", "-c", "[ -r T/f1 ] && cat \"$OLDPWD/a\" $TMUX")
    add("cat", "T/f1") { $0.env = ["VAR", "TMUX"] }
    add("cat", "T/f1") { $0.argFiles = .stat }
    add("cat", "T/d1/a", "T/d1") { ($0.argFiles, $0.executable) = (.content, .stat) }
    add("true") { $0.file = ["T/f3", "T/d1/*", "T/d1"] }
    add("true") { $0.mtime = ["T/d1", "-T/none"] }
    add("true") { ($0.cwd, $0.file) = (.repository, ["-git:HEAD", "$NAME"]) }
    add("T/bin2/tool") { $0.cwd = .repository }
  }

  // MARK: a call

  struct Answer {
    /// Whether the front serves the call by an earlier manifest.
    var isServed: Bool
    /// Whether that manifest has the key that is made now.
    var isSame: Bool
  }

  /// Asks the front, then makes the key; nil if there is no such program, or no earlier manifest.
  mutating func ask(_ call: Call) throws -> Answer? {
    var settings = call.settings
    settings.scope =
      "\(calls.firstIndex { $0.argv == call.argv && $0.settings == call.settings } ?? -1)"
    fixture.arguments =
      ["run", "--db", fixture.store.path, "--scope", settings.scope ?? "", "--"] + call.argv
    fixture.variables = variables.map { "\($0)=\($1)" }.sorted()
    let digest = try fixture.digest()
    var environment = Environment(
      variables.map { Environment.Variable($0, $1) }.sorted {
        $0.name.lexicographicallyPrecedes($1.name)
      })
    environment.probe = Probe(keeps: true, began: .max / 2)
    let earlier = known[digest]
    var isServed = false
    if let earlier {
      fixture.manifest = earlier.manifest
      try fixture.write()
      isServed = try fixture.serveToNull() >= 0
    }
    guard
      let made = try? Invocation(
        argv: call.argv.map { Array($0.utf8) }, directory: Array(tree("repo").utf8),
        environment: environment, settings: settings)
    else { return earlier.map { _ in Answer(isServed: isServed, isSame: false) } }
    let key = made.key()
    let maker = ManifestMaker(arguments: fixture.arguments.map { Array($0.utf8) }, of: made)
    if let observations = maker.observations() {
      var manifest = fixture.manifest
      (manifest.call, manifest.observations) = (digest, observations)
      known[digest] = (manifest, key)
    } else {
      known[digest] = nil
    }
    return earlier.map { Answer(isServed: isServed, isSame: $0.key == key) }
  }

  // MARK: a change

  /// Changes one thing; rarely nothing, if what it is about is not there.
  ///
  /// - Returns: what it was.
  mutating func change() throws -> String {
    let file = pick(files)
    let choice = below(26)
    switch choice {
    case 0, 1: try write(file)
    case 2, 3:
      try write("new")
      rename(tree("new"), tree(file))
    case 4: move(file)
    case 5: chmod(tree(file), pick([0o644, 0o600, 0o444, 0o755]))
    case 6: try link("link", to: tree(pick(files)))
    case 7: try link("dlink", to: pick(["d1", "d2", "e"]))
    case 8: try tool("bin1/tool")
    case 9: try tool("bin2/tool")
    case 10: move("bin1/tool")
    case 11: chmod(tree(pick(["bin1/tool", "bin2/tool"])), pick([0o755, 0o644]))
    case 12: try tool("bin1/inter")
    case 13: try write("d1/" + pick(["a", "b", "x", "y"]))
    case 14: move("d1/" + pick(["a", "b", "x", "y"]))
    case 15: variables["VAR"] = pick(["a", "b"])
    case 16: variables["NAME"] = tree(pick(files))
    case 17: variables["OLDPWD"] = tree(pick(["d1", "d2"]))
    case 18: variables["TMUX"] = tree(pick(files))
    case 19: variables["EXTRA"] = pick(["x", nil])
    case 20:
      variables["PATH"] =
        pick(["\(tree("bin1")):", ""]) + "\(tree("bin2")):/usr/bin:/bin"
    case 21:
      // One file under two names, and the same contents under another inode.
      unlink(tree(file))
      Glibc.link(tree("f2"), tree(file))
    case 22: swapDirectories()
    case 23:
      try tree.write("repo/.git/HEAD", pick(["ref: refs/heads/x\n", "ref: refs/heads/yy\n"]))
    case 24: utimes(tree(file), nil)
    default: try kind()
    }
    return "\(choice) \(file)"
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  /// Some of the same size, some not.
  private mutating func write(_ name: String) throws {
    serial += 1
    let digits = String(serial)
    guard let file = fopen(tree(name), "w") else { return }
    fputs(String(repeating: "0", count: 9 - digits.count) + digits + pick(["", "", "xxx"]), file)
    fclose(file)
  }

  private mutating func tool(_ name: String) throws {
    rmdir(tree(name))
    try write("tool.new")
    chmod(tree("tool.new"), 0o755)
    rename(tree("tool.new"), tree(name))
  }

  private func move(_ name: String) {
    let (path, away) = (tree(name), tree(name) + ".away")
    if access(path, F_OK) == 0 { rename(path, away) } else { rename(away, path) }
  }

  private func link(_ name: String, to target: String) throws {
    unlink(tree(name))
    try #require(symlink(target, tree(name)) == 0)
  }

  private mutating func swapDirectories() {
    if access(tree("d3"), F_OK) != 0 {
      mkdir(tree("d3"), 0o755)
      for name in ["a", "b"] { try? write("d3/\(name)") }
    }
    rename(tree("d1"), tree("d4"))
    rename(tree("d3"), tree("d1"))
    rename(tree("d4"), tree("d3"))
  }

  /// A file, a directory or nothing under one name.
  private mutating func kind() throws {
    if rmdir(tree("bin1/tool")) == 0 { return }
    if unlink(tree("bin1/tool")) == 0 {
      mkdir(tree("bin1/tool"), 0o755)
    } else {
      try tool("bin1/tool")
    }
  }
}
