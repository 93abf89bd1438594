/// Programs whose output depends on what `stat` says of the files they are given: times, owner,
/// inode, where a link leads.
enum MetadataReaders {
  private static let names: StaticString = """
     bsdtar cpio date dir du exa eza fd fdfind find getfacl gmake gtar ls lsattr lsd make namei ninja pax \
    readlink realpath rsync stat tar tree vdir zip 
    """

  /// Operators of `test`, and the tests of `find`, that compare times.
  private static let operators: StaticString = " -nt -ot -ef -newer "

  /// Whether a word is such a program, by its last path component, or such an operator.
  static func contains(_ word: some Collection<UInt8>) -> Bool {
    word.first == 0x2d ? operators.lists(word) : names.lists(Wrappers.lastComponent(word))
  }

  /// Whether a script holds one of them as a word.
  static func areNamed(in script: [UInt8]) -> Bool {
    script.split { !isInWord($0) }.contains { contains($0) }
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    Environment.isInName(byte) || byte == 0x2d || byte == 0x2f || byte == 0x2e || byte >= 0x80
  }
}

extension Invocation {
  /// Whether the command, or what it starts as far as its arguments tell, reads metadata of files.
  ///
  /// An argument that only looks like such a name makes a `touch` a miss, and nothing else.
  var readsMetadata: Bool {
    guard let first = argv.first else { return false }
    if MetadataReaders.contains(first) { return true }
    let places = ShellScript.places(in: argv)
    return argv.indices.dropFirst().contains { place in
      if places.contains(place) { return MetadataReaders.areNamed(in: argv[place]) }
      guard isWrapped else {
        return argv[place].first == 0x2d && MetadataReaders.contains(argv[place])
      }
      return MetadataReaders.areNamed(in: argv[place])
    }
  }
}
