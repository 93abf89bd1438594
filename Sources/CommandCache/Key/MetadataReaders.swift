internal import Cachetronomy
internal import System

/// Programs whose output depends on the metadata of the files they are given: times, owner, inode,
/// link targets.
enum MetadataReaders {
  private static let names: StaticString = """
     bsdtar cpio date dir du exa eza fd fdfind find getfacl gmake gtar ls lsattr lsd make namei ninja pax \
    readlink realpath rsync stat tar tree vdir zip 
    """

  /// Operators of `test` and tests of `find` that compare times.
  private static let operators: StaticString = " -nt -ot -ef -newer "

  /// Whether an argument is such an operator, or its last path component is such a program.
  static func contains(_ word: some Collection<UInt8>) -> Bool {
    word.first == 0x2d ? operators.lists(word) : names.lists(Wrappers.lastComponent(word))
  }

  /// Whether a script contains one of them as a word.
  static func areNamed(in script: [UInt8]) -> Bool {
    script.split { !isInWord($0) }.contains { contains($0) }
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    ShellWords.isNameByte(byte) || byte == 0x2d || byte == 0x2f || byte == 0x2e || byte >= 0x80
  }
}

extension Invocation {
  /// Whether the command, or a program it starts as far as its arguments show, reads file metadata.
  ///
  /// A false positive only makes a `touch` of the file a miss.
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
