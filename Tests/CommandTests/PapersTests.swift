import Foundation
import Testing

@testable import Cachetronomy
@testable import CommandCache

/// Man pages and completions say what the built binary does, no more and no less.
@Suite struct PapersTests {
  // MARK: the architecture

  @Test func `the table of targets is that of the package`() throws {
    let package = try String(contentsOfFile: Sandbox.package + "/Package.swift", encoding: .utf8)
    let page = try String(
      contentsOfFile: Sandbox.package + "/docs/architecture.md", encoding: .utf8)
    func names(_ text: some StringProtocol) -> Set<String> {
      Set(String(text).matches(of: /\w+/).map { String($0.output) })
    }
    var rows = 0
    for row in page.matches(of: /(?m)^\| (\w+) \| ([\w, ]+) \|$/)
    where row.1 != "target" && row.1 != "directory" {
      rows += 1
      let start = try #require(
        package.range(of: "arget(\n      name: \"\(row.1)\"")
          ?? package.range(of: "arget(name: \"\(row.1)\""), "\(row.1)")
      let rest = package[start.upperBound...]
      let body = rest[..<(rest.range(of: "swiftSettings")?.lowerBound ?? rest.endIndex)]
      let dependencies = Set(
        body.matches(of: /"(\w+)"/).map { String($0.1) }
      ).intersection(names(package)).subtracting(["Remote"])
      #expect(names(row.2) == dependencies, "\(row.1)")
    }
    #expect(rows == 8)
    for directory in page.matches(of: /(?m)^\| `([\w\/]+)`(?:, `([\w\/]+)`)? \|/) {
      for name in [directory.1, directory.2].compactMap({ $0 }) {
        let path = Sandbox.package + "/Sources/" + name
        #expect(FileManager.default.fileExists(atPath: path), "\(name)")
      }
    }
  }

  // MARK: the binary's own account of its grammar

  /// One command of `--experimental-dump-help`.
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var arguments: [Argument]?
    var subcommands: [Command]?

    var children: [Command] { subcommands ?? [] }

    /// Its options as `-q`, `--quiet`, `--db <file>`; a hidden one is nobody's business.
    var options: Set<String> {
      var options: Set<String> = []
      for argument in arguments ?? [] where argument.kind != "positional" {
        for name in argument.names ?? [] where argument.shouldDisplay {
          let value = argument.kind == "option" ? " <\(argument.valueName ?? "")>" : ""
          options.insert((name.kind == "long" ? "--" : "-") + name.name + value)
        }
      }
      return options
    }

    /// The same without `--version`, which the page of the whole tool describes.
    var ownOptions: Set<String> { options.subtracting(["--version"]) }
  }

  struct Argument: Decodable {
    var kind: String
    var names: [Name]?
    var valueName: String?
    var shouldDisplay: Bool
  }

  struct Name: Decodable {
    var kind: String
    var name: String
  }

  private struct Dump: Decodable {
    var command: Command
  }

  /// The root command, without the parser's own `help`.
  private func grammar() throws -> Command {
    let outcome = try Sandbox().bash("cachetronomy --experimental-dump-help")
    #expect(outcome.status == 0)
    var root = try JSONDecoder().decode(Dump.self, from: Data(outcome.output)).command
    root.subcommands = root.children.filter { $0.commandName != "help" }
    // An empty grammar would make every other test here hold.
    try #require(root.children.count > 5)
    return root
  }

  // MARK: the pages

  /// A man page as its source.
  struct Page {
    var name: String
    var lines: [String]

    init(_ name: String) throws {
      self.name = name
      let path = "\(Sandbox.package)/man/\(name).1"
      lines = try String(contentsOfFile: path, encoding: .utf8)
        .replacing("\\-", with: "-").split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init)
    }

    /// What follows a macro that stands once in a page.
    func text(of macro: String) -> String? {
      let found = lines.filter { $0.hasPrefix(".\(macro) ") }
      return found.count == 1 ? String(found[0].dropFirst(macro.count + 2)) : nil
    }

    /// The lines of one `.Ss` or `.Sh`.
    func section(_ title: String) -> [String] {
      guard let start = lines.firstIndex(where: { $0 == ".Ss \(title)" || $0 == ".Sh \(title)" })
      else { return [] }
      return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") && !$0.hasPrefix(".Ss ") })
    }

    /// The options that have an item: `.It Fl q , Fl Fl quiet`, `.It Fl Fl db Ar file`.
    static func options(_ lines: [String]) -> Set<String> {
      var options: Set<String> = []
      for line in lines where line.hasPrefix(".It Fl ") {
        var words = line.split(separator: " ").dropFirst()
        var (names, value): ([String], String) = ([], "")
        while let word = words.popFirst() {
          switch word {
          case "Fl" where words.first == "Fl":
            words = words.dropFirst()
            names.append("--" + (words.popFirst() ?? ""))
          case "Fl": names.append("-" + (words.popFirst() ?? ""))
          case "Ar": value = " <\(words.popFirst() ?? "")>"
          case ",": continue
          default: names.append("unreadable: \(line)")
          }
        }
        options.formUnion(names.map { $0 + value })
      }
      return options
    }

    var options: Set<String> { Self.options(lines) }
  }

  private func pageNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(Sandbox.package)/man")
      .filter { $0.hasSuffix(".1") }.map { String($0.dropLast(2)) }.sorted()
  }

  private func pages() throws -> [Page] {
    let pages = try pageNames().map { try Page($0) }
    try #require(!pages.isEmpty)
    return pages
  }

  // MARK: tests

  @Test func `there is a page for every command, and none for any other`() throws {
    let root = try grammar()
    let wanted =
      [root.commandName] + root.children.map { "\(root.commandName)-\($0.commandName)" }
    #expect(try pageNames() == wanted.sorted())
    let overview = try Page(root.commandName).section("Commands")
    let listed = overview.filter { $0.hasPrefix(".It Xr ") }.map { $0.dropFirst(7).dropLast(2) }
    #expect(listed.map(String.init).sorted() == wanted.dropFirst().sorted())
  }

  @Test func `a page has the options of its command and no others`() throws {
    for command in try grammar().children where command.children.isEmpty {
      let page = try Page("cachetronomy-\(command.commandName)")
      #expect(page.options == command.ownOptions, "\(page.name)")
    }
  }

  @Test func `a page of several commands has the options of each`() throws {
    for group in try grammar().children where !group.children.isEmpty {
      let page = try Page("cachetronomy-\(group.commandName)")
      let common = Page.options(page.section("Common options"))
      var all = common
      for command in group.children {
        let own = Page.options(page.section(command.commandName))
        #expect(common.union(own) == command.ownOptions, "\(group.commandName) \(command)")
        #expect(common.isDisjoint(with: own))
        all.formUnion(own)
      }
      #expect(page.options == all)
    }
  }

  @Test func `the overview has the options that all commands share`() throws {
    let root = try grammar()
    var shared: Set<String>?
    for command in root.children.flatMap({ $0.children.isEmpty ? [$0] : $0.children }) {
      shared = shared?.intersection(command.options) ?? command.options
    }
    #expect(try Page(root.commandName).options == root.options.union(shared ?? []))
  }

  @Test func `a page is named and summed up as its command`() throws {
    let root = try grammar()
    for command in [root] + root.children {
      let isRoot = command.commandName == root.commandName
      let page = try Page(
        isRoot ? root.commandName : "\(root.commandName)-\(command.commandName)")
      var abstract = try #require(command.abstract)
      #expect(abstract.removeLast() == ".")
      #expect(page.text(of: "Nd") == abstract.prefix(1).lowercased() + abstract.dropFirst())
      #expect(page.section("NAME").first == ".Nm \(page.name)")
      #expect(page.text(of: "Dt") == "\(page.name.uppercased()) 1")
    }
  }

  @Test func `a page names the version that the binary says`() throws {
    let version = try Sandbox().bash("cachetronomy --version").lines.first ?? "none"
    for page in try pages() {
      #expect(page.text(of: "Os") == "cachetronomy \(version)", "\(page.name)")
    }
  }

  @Test func `pages refer to pages that exist`() throws {
    let names = try pageNames()
    for page in try pages() {
      for line in page.lines where line.contains("Xr cachetronomy") {
        let words = line.split(separator: " ").drop { !$0.hasSuffix("Xr") }
        #expect(names.contains(words.dropFirst().first.map(String.init) ?? ""), "\(line)")
      }
    }
  }

  @Test func `the page of profile files has every setting, each with type, default, example`()
    throws
  {
    let page = try String(
      contentsOfFile: "\(Sandbox.package)/man/cachetronomy-profile.5", encoding: .utf8)
    func items(_ title: String) -> [Substring] {
      let section = page.components(separatedBy: ".Ss \(title)\n").last ?? ""
      let list = section.components(separatedBy: "\n.El\n").first ?? ""
      return Array(list.split(separator: ".It Cm ").dropFirst())
    }
    func names(_ items: [Substring]) -> [String] {
      items.map { String($0.prefix { $0 != " " }) }.sorted()
    }
    let (ofProfile, ofRun) = (items("Settings of a profile"), items("Settings of run and of rules"))
    #expect(names(ofProfile) == (ProfileSetting.allCases.map(\.rawValue) + ["extends"]).sorted())
    #expect(names(ofRun) == RunSetting.allCases.map(\.rawValue).sorted())
    for item in ofProfile + ofRun {
      #expect(item.contains(" : ") && item.contains("\nDefault: ") && item.contains("\nExample:\n"))
    }
  }

  @Test func `the page of run lists the ignored variables in full`() throws {
    let wanted =
      IgnoredVariables.names.map(\.description) + IgnoredVariables.prefixes.map { "\($0)*" }
    let section = try Page("cachetronomy-run").section("ENVIRONMENT")
    let list = try #require(section.firstIndex { $0.hasPrefix(".Bl") })
    let rest = section[list...]
    let listed = rest.prefix { $0 != ".El" }.filter { $0.hasPrefix(".Ev ") }.flatMap {
      $0.split(separator: " ").dropFirst().filter { $0 != "," }.map(String.init)
    }
    #expect(listed.sorted() == wanted.sorted())
    let others = rest.filter { $0.hasPrefix(".It Ev ") }.flatMap {
      $0.split(separator: " ").dropFirst(2)
    }
    .filter { $0 != "," }
    #expect(others.sorted() == IgnoredVariables.partial.map { Substring($0.description) }.sorted())
  }

  private static func isInstalled(_ program: String) -> Bool {
    ["/usr/local/bin", "/usr/bin", "/bin"].contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  @Test(.enabled(if: isInstalled("mandoc"), "mandoc is not installed"))
  func `mandoc has no fault to find`() throws {
    let outcome = try Sandbox().bash("mandoc -Tlint -W warning \"$PACKAGE\"/man/*.[1-9] 2>&1")
    #expect(outcome.text == "")
    #expect(outcome.status == 0)
  }

  @Test(.enabled(if: isInstalled("groff"), "groff is not installed"))
  func `groff has nothing to say`() throws {
    let outcome = try Sandbox().bash(
      "for page in \"$PACKAGE\"/man/*.[1-9]; do groff -mandoc -ww -Tutf8 \"$page\" >/dev/null; done"
    )
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completions are those that the binary makes, and the shell reads them`(
    shell: String
  ) throws {
    let outcome = try Sandbox().bash(
      """
      file="$PACKAGE/completions/cachetronomy.\(shell)"
      cachetronomy --generate-completion-script \(shell) > made && test -s made || echo "none made"
      cmp made "$file" || echo "run 'make completions'"
      \(shell) -n "$file" || echo "\(shell) does not read it"
      """)
    #expect(outcome.text == "")
    #expect(outcome.errors == "")
  }

  /// On a pseudo-terminal: what stands on the line after a tab.
  @Test(arguments: ["bash", "zsh", "fish"])
  func `after its options the completion of the command takes over`(shell: String) throws {
    let lines = [
      ("run -- cat some", "run -- cat somefile"),
      ("run --ttl 1h cat some", "run --ttl 1h cat somefile"),
      ("run --ttl=1h -v -- cat d/", "run --ttl=1h -v -- cat d/inner"),
      ("explain -- cat some", "explain -- cat somefile"), ("run -- mktem", "run -- mktemp"),
      ("run --file x --no-stor", "run --file x --no-store"),
    ]
    let outcome = try Sandbox().bash(
      """
      touch somefile; mkdir d; touch d/inner
      \(lines.map { line in
        "\"$PACKAGE/Tests/complete\" \(shell) \"$PACKAGE/completions/cachetronomy.\(shell)\" "
          + "'cachetronomy \(line.0)' > out; grep -qF 'cachetronomy \(line.1)' out "
          + "|| { echo '\(line.0)'; cat out; }"
      }.joined(separator: "\n"))
      """)
    #expect(outcome.text == "", "\(outcome.text) \(outcome.errors)")
  }
}
