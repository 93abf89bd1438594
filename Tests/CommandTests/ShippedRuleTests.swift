import Foundation
import Testing

@testable import Cachetronomy
@testable import CommandCache

/// Each rule of the shipped profiles that keeps results: what changes its commands' results is seen.
///
/// A fake program prints a file or a variable that the real one reads; Git is the real one.
@Suite struct ShippedRuleTests {
  /// What a command reads, and so has to be seen.
  enum Input {
    /// A file, below the working directory or after `~/` below the home.
    case file(String)
    /// A variable.
    case variable(String)
    /// A change of the repository, for the real Git.
    case git(String)
    /// The program itself, after an upgrade.
    case program
    /// What no file shows, as the network: the time to live is the bound, in seconds.
    case ttl(atMost: Int64)
  }

  /// The profile that a file defines, with all that it extends.
  static func profile(_ name: String) throws -> Profile {
    let files = try (name == "default" ? [name] : [name, "default"]).map { name in
      let path = "\(Sandbox.package)/profiles/\(name).yaml"
      return try ProfileFile([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), path: path)
    }
    return try #require(try ProfileFile.flatten(files).first { $0.name == name })
  }

  /// Arguments that a sample needs beyond the words of its rule.
  private static let arguments = [
    "git rev-parse **": "HEAD", "git rev-list **": "--all", "git merge-base **": "--all HEAD HEAD",
    "gh pr view **": "5", "gh pr checks **": "5", "gh pr diff **": "5",
    "git describe **": "--all --long", "git log **": "--oneline --decorate=full",
  ]

  /// A command that a rule takes, with `3` for each star.
  private static func sample(_ match: String) -> String {
    let words = match.split(separator: " ").filter { $0 != "**" }
      .map { $0.replacingOccurrences(of: "*", with: "3") }
    return (words + [arguments[match] ?? ""]).joined(separator: " ")
  }

  @Test(arguments: table.keys.sorted())
  func `the table has each rule that keeps results, and its sample is taken by it`(
    name: String
  ) throws {
    let profile = try Self.profile(name)
    let kept = profile.rules.filter { $0.settings.cache != false }
    let table = try #require(Self.table[name])
    #expect(
      kept.map { $0.match.joined(separator: " ") }.sorted() == table.keys.sorted())
    for rule in kept {
      let match = rule.match.joined(separator: " ")
      let words = try ShellWords.split(Self.sample(match)).map { Array($0.utf8) }
      let plan = try ResolvedCommand(.words(words), profile: profile, flags: RunSettings())
      #expect(plan.rule == rule, "\(name): \(Self.sample(match))")
    }
  }

  @Test(arguments: table.keys.sorted())
  func `what no file shows is kept for a short time, and a variable tells entries apart`(
    name: String
  ) throws {
    let profile = try Self.profile(name)
    for rule in profile.rules where rule.settings.cache != false {
      let match = rule.match.joined(separator: " ")
      let words = try ShellWords.split(Self.sample(match)).map { Array($0.utf8) }
      let settings = try ResolvedCommand(.words(words), profile: profile, flags: RunSettings())
        .settings
      let stale = settings.staleWhileRevalidate?.microseconds ?? 0
      let age = (settings.timeToLive ?? profile.timeToLive).microseconds + stale
      let inputs = Self.table[name]?[match] ?? []
      for case .ttl(let limit) in inputs {
        #expect(age <= limit * 1_000_000, "\(name): \(match)")
        #expect(inputs.contains { if case .variable = $0 { true } else { false } }, "\(match)")
      }
      // Whatever it reads, only what is wholly in the key may be kept for long.
      let isShort = age <= 3_600_000_000
      #expect(isShort || inputs.allSatisfy { if case .program = $0 { true } else { false } })
    }
  }

  @Test func `what no rule of the interactive profile names is at most 10 seconds old`() throws {
    let profile = try Self.profile("interactive")
    let stale = profile.run.staleWhileRevalidate?.microseconds ?? 0
    #expect(profile.timeToLive.microseconds + stale <= 10_000_000)
  }

  @Test(arguments: table.keys.sorted())
  func `a change of what a command reads is seen`(name: String) throws {
    var script = Self.start(profile: name)
    for (index, (match, inputs)) in (Self.table[name] ?? [:]).sorted(by: { $0.key < $1.key })
      .enumerated()
    {
      let command = Self.sample(match)
      let program = command.split(separator: " ").first.map(String.init) ?? ""
      for (place, input) in inputs.enumerated() {
        let value = "\(index)-\(place)"
        switch input {
        case .ttl: continue
        case .file(let path):
          script += "see_file '\(path)' \(value) \(command)\n"
        case .variable(let variable):
          script += "see_variable \(variable) \(value) \(command)\n"
        case .program: script += "see_program \(program) \(value) \(command)\n"
        case .git(let change): script += "see_git '\(change)' \(command)\n"
        }
      }
    }
    let outcome = try Sandbox().bash(script + "echo end")
    #expect(outcome.lines == ["end"], "\(outcome.text)\(outcome.errors)")
  }

  /// Functions that try one input each, and print what is wrong.
  private static func start(profile: String) -> String {
    #"""
    unset LANG LC_ALL; mkdir -p fake profiles home work/sub; : > count; export PATH="$HERE/fake:$PATH" HOME=$HERE/home
    for f in \#(profile) default; do
      sed -E "s#(^|[^A-Za-z0-9_}~.])/(etc|usr|var)/#\1$HERE/work/\2/#g" "$PACKAGE/profiles/$f.yaml" > profiles/$f.yaml
    done
    cachetronomy profile apply profiles -q --use \#(profile)
    cat > program <<'P'
    #!/bin/sh
    echo x >> "$HERE/count"
    cat "$CACHETRONOMY_FILE" 2> /dev/null; printenv "$CACHETRONOMY_NAME"; echo "run $(wc -l < "$HERE/count")"
    P
    chmod +x program; cd work; export HERE=$HERE
    for p in 3 apt apt-cache aws az curl dig docker dpkg dpkg-query gcloud getent gh helm host kubectl npm \
      nslookup pip3 terraform wget whois; do cp ../program ../fake/$p; done
    path() { case $1 in '~/'*) file="$HOME/${1#??}";; *) file=$1;; esac; mkdir -p "$(dirname "$file")"; }
    # An old result, the same from the cache, and a new one.
    check() {
      case $a in *"$2"*) ;; *) echo "$1: $2 is not in $a";; esac
      [ "$a" = "$b" ] || echo "$1: not kept: $a, $b"
      case $c in *"$3"*) ;; *) echo "$1: not seen: $3 in $c";; esac
    }
    ask() { cachetronomy run -q -- "$@"; }
    see_file() {
      path "$1"; export CACHETRONOMY_FILE=$file CACHETRONOMY_NAME=; local value=$2 name=$1; shift 2
      echo "old-$value" > "$file"; a=$(ask "$@"); b=$(ask "$@"); echo "new-$value" > "$file"; c=$(ask "$@")
      check "$name: $*" "old-$value" "new-$value"
    }
    see_variable() {
      export CACHETRONOMY_FILE= CACHETRONOMY_NAME=$1; local value=$2 name=$1; shift 2
      a=$(export "$name=old-$value"; ask "$@"); b=$(export "$name=old-$value"; ask "$@")
      c=$(export "$name=new-$value"; ask "$@"); check "$name: $*" "old-$value" "new-$value"
    }
    see_program() {
      export CACHETRONOMY_FILE= CACHETRONOMY_NAME=; local value=$2 name=$1; shift 2
      for v in old new; do
        printf '#!/bin/sh\necho %s-%s\n' $v $value > t; chmod +x t; mv t ../fake/$name
        if [ $v = old ]; then a=$(ask "$@"); b=$(ask "$@"); else c=$(ask "$@"); fi
      done
      check "program: $*" "old-$value" "new-$value"; cp ../program ../fake/$name
    }
    export GIT_AUTHOR_NAME=a GIT_COMMITTER_NAME=a EMAIL=a@b
    git init -q .; git init -q -b main r; (cd r; mkdir sub; git commit -q --allow-empty -m 1; git commit -q --allow-empty -m 2)
    git -C r worktree add -q -b tree ../w; mkdir w/sub; git -C w branch -q keep
    see_git() {
      local change=$1 place; shift
      for place in r/sub w/sub; do
        cd $place; base=main; [ $place = r/sub ] || base=tree; a=$(ask "$@"); b=$(cachetronomy run -v -- "$@" 2>&1 > /dev/null)
        case $b in *HIT*) ;; *) echo "$place: not kept: $* $b";; esac
        eval "$change"
        c=$(ask "$@"); [ "$c" = "$("$@")" ] || echo "$place: not seen: $change: $* $c"; cd ../..
      done
    }

    """#
  }

  @Test func `the branch of the worktree is shown in a prompt, and status never from the cache`()
    throws
  {
    let outcome = try Sandbox().bash(
      """
      export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_COMMITTER_NAME=a EMAIL=a@b
      cachetronomy profile apply "$PACKAGE/profiles" -q --use interactive
      ask() { cachetronomy run -- "$@"; }
      git init -q -b main r; cd r; mkdir sub; echo 1 > f; git add f; git commit -qm 1
      ask git status --porcelain; echo 2 > f; ask git status --porcelain
      cd sub; ask git branch --show-current; git checkout -qb other; ask git branch --show-current
      git worktree add -q ../../w -b side; cd ../../w; ask git branch --show-current
      git checkout -qb again; ask git branch --show-current; cd ..; ask git branch --show-current; echo $?
      """)
    #expect(
      outcome.lines == [" M f", "main", "other", "side", "again", "128"],
      "\(outcome.text)\(outcome.errors)")
    #expect(!outcome.errors.contains("git:"), "\(outcome.errors)")
  }
}
