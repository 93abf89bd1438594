extension Store {
  /// Tags that begin with a text, in their order.
  ///
  /// - Parameters:
  ///   - prefix: what they begin with.
  ///   - limit: how many at most.
  ///   - rows: how many entries to examine, so that a person who waits for it can.
  public func tags(
    beginning prefix: String, limit: Int, rows: Int = 20_000
  ) throws(Failure) -> [String] {
    var statement = try connection.prepare(
      """
      SELECT DISTINCT t.value FROM (SELECT tags FROM cache LIMIT \(max(0, rows))) c,
        json_each(CASE WHEN json_valid(c.tags) THEN c.tags ELSE '[]' END) t
      WHERE t.type = 'text' AND substr(t.value, 1, length(?1)) = ?1
      ORDER BY t.value LIMIT \(max(0, limit))
      """)
    statement.bind(1, prefix)
    var tags: [String] = []
    while try statement.step() { tags.append(statement.text(0)) }
    return tags
  }
}
