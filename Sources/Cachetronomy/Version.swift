/// The version of the library and the tool, in one place.
public enum Version {
  /// The release, as `--version`, the man pages and the changelog say it.
  public static let current = "0.1.0"
}
