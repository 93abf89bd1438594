import Testing

@testable import Cachetronomy
@testable import CommandCache

@Suite struct RedactorTests {
  private let secrets = Redactor(
    Environment([
      .init("GH_TOKEN", "ghp_12345678"), .init("my_secret", "s3cr3t-value"),
      .init("DB_PASSWORD", "hunter22"), .init("API_KEY", "short"), .init("HOME", "/home/alice"),
      .init("LONG_AUTH", "ghp_12345678-and-more"), .init("SESSION_COOKIE", "crumbs--"),
      .init("AWS_CREDENTIAL", "credential-1"),
    ]))

  private func masked(_ words: String...) -> [String] {
    secrets.redacted(words.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aValueOfASecretVariableIsWrittenAsItsName() {
    #expect(masked("curl", "x-ghp_12345678-x") == ["curl", "x-$GH_TOKEN-x"])
    #expect(masked("hunter22hunter22") == ["$DB_PASSWORD$DB_PASSWORD"])
    #expect(masked("s3cr3t-value") == ["$my_secret"])
    #expect(masked("crumbs--", "credential-1") == ["$SESSION_COOKIE", "$AWS_CREDENTIAL"])
  }

  @Test func theLongestValueIsHiddenFirst() {
    #expect(masked("ghp_12345678-and-more") == ["$LONG_AUTH"])
  }

  @Test func shortValuesAndOrdinaryVariablesStay() {
    #expect(masked("short", "/home/alice", "hunter2") == ["short", "/home/alice", "hunter2"])
  }

  @Test func whatFollowsAnOptionThatTakesASecretIsHidden() {
    for option in [
      "-u", "--user", "--password", "--token", "--proxy-user", "--pass", "--oauth2-bearer",
      "--vault-password", "--passphrase", "--client-secret", "--api-key", "--apikey",
      "--secret_key",
      "--accessToken",
    ] {
      #expect(masked("curl", option, "a:b", "url") == ["curl", option, "***", "url"])
    }
    #expect(
      masked("curl", "--password=x", "--token=", "--user=a=b") == [
        "curl", "--password=***", "--token=", "--user=***",
      ])
    #expect(masked("--password=a b") == ["--password=***"])
    let others = [
      "--users=x", "-U", "x", "--key", "id.pem", "--sort-key=2", "--password-file", "x",
      "--no-password",
      "db", "--author=ada",
    ]
    #expect(masked("--users=x", "-U", "x") == ["--users=x", "-U", "x"])
    for pair in others.indices.dropLast() {
      #expect(masked(others[pair], others[pair + 1]) == [others[pair], others[pair + 1]])
    }
  }

  @Test func anAuthorizationHeaderIsHidden() {
    #expect(masked("-H", "Authorization: Bearer x") == ["-H", "Authorization: ***"])
    #expect(masked("--header", "authorization:x") == ["--header", "authorization:***"])
    #expect(masked("-HAuthorization: x") == ["-HAuthorization: ***"])
    #expect(masked("--header=Cookie: a=b") == ["--header=Cookie: ***"])
    #expect(masked("-H", "Proxy-Authorization: x") == ["-H", "Proxy-Authorization: ***"])
    #expect(masked("-H", "Accept: */*") == ["-H", "Accept: */*"])
    #expect(masked("-H", "X: ghp_12345678") == ["-H", "X: $GH_TOKEN"])
    #expect(masked("-H", "Authorization:\u{301}x") == ["-H", "Authorization:***"])
  }

  @Test(arguments: [
    ("X-Api-Key: x y", "X-Api-Key: ***"), ("Private-Token:x", "Private-Token:***"),
    ("X-Amz-Security-Token: x", "X-Amz-Security-Token: ***"),
    ("X-Request-Id: x", "X-Request-Id: x"),
  ]) func aHeaderIsHiddenThatItsNameTellsOf(header: String, shown: String) {
    #expect(masked("curl", "-H", header) == ["curl", "-H", shown])
    #expect(masked("curl", "-H\(header)") == ["curl", "-H\(shown)"])
    #expect(masked("curl", "--header=\(header)") == ["curl", "--header=\(shown)"])
    #expect(masked("http", header) == ["http", shown], "HTTPie takes headers without an option")
    #expect(masked("http", "Authorization:Bearer x") == ["http", "Authorization:***"])
    #expect(masked("x", "cookie-policy: x") == ["x", "cookie-policy: x"])
  }

  @Test(arguments: [
    ("API_TOKEN=abc", "API_TOKEN=***"), ("password=a b", "password=***"),
    ("PASSWORD=", "PASSWORD="),
    ("-Ddb.password=x", "-Ddb.password=***"),
    ("--build-arg=NPM_TOKEN=x", "--build-arg=NPM_TOKEN=***"),
    ("a=1&token=x&b=2", "a=1&token=***&b=2"), ("if=key.bin", "if=key.bin"), ("=x", "=x"),
    ("https://h/p?api_key=x&q=1#f", "https://h/p?api_key=***&q=1#f"),
    ("postgres://ada:hunter2@db/x", "postgres://ada:***@db/x"),
    ("https://a:b@c@h/", "https://a:***@h/"), ("ssh://git@h/r.git", "ssh://git@h/r.git"),
    ("https://0123456789abcdefghij@h/", "https://***@h/"), ("https://h/@x:y@", "https://h/@x:y@"),
    ("a@b", "a@b"), ("://", "://"), ("://@", "://@"), ("x://:@", "x://:@"),
  ]) func aValueIsHiddenThatItsNameOrPlaceTellsOf(word: String, shown: String) {
    #expect(masked("x", word) == ["x", shown])
    // A shell would end the value elsewhere.
    if word.contains(" ") || word.hasSuffix("=") { return }
    #expect(masked("sh", "-c", "x '\(word)'  y") == ["sh", "-c", "x '\(shown)'  y"])
  }

  @Test func bytesThatAreNotTextAreSearchedToo() {
    let secrets = Redactor(
      Environment([.init(Array("A_KEY".utf8), [0xff, 1, 2, 3, 4, 5, 6, 7])]))
    #expect(
      secrets.redacted([[0x61, 0xff, 1, 2, 3, 4, 5, 6, 7, 0x62]])
        == [Array("a$A_KEYb".utf8)])
  }

  @Test func theNumberOfWordsStays() {
    #expect(masked("", "-u") == ["", "-u"])
    #expect(secrets.redacted([]) == [])
  }

  @Test(arguments: [
    ("true -u  admin:hunter2", "true -u  ***"),
    ("true \\\n\t--user admin:hunter2", "true \\\n\t--user ***"),
    ("true\n-u admin:hunter2", "true\n-u ***"), ("true\t-u\tadmin:hunter2", "true\t-u\t***"),
    ("curl -H \"Authorization:Bearer hunter2\" x", "curl -H \"Authorization:***\" x"),
    ("curl -H 'Authorization: Bearer hunter2' x", "curl -H 'Authorization: ***' x"),
    ("curl -uadmin:hunter2 x", "curl -u*** x"), ("env -uHOME x", "env -uHOME x"),
    ("a  b\t\nc", "a  b\t\nc"), ("TOKEN=abc curl x", "TOKEN=*** curl x"),
    ("PASSWORD='a b' x", "PASSWORD=*** x"), ("PASSWORD='a b", "PASSWORD=***"),
    ("curl -H 'X-Api-Key: abc' x", "curl -H 'X-Api-Key: ***' x"),
    ("grep key: f g", "grep key: f g"),
    ("curl 'https://a:b@h/?q=1' | jq .", "curl 'https://a:***@h/?q=1' | jq ."),
  ]) func aScriptIsReadAtAnyBlank(script: String, shown: String) {
    #expect(masked("sh", "-c", script) == ["sh", "-c", shown])
  }

  @Test func aJoinedOptionHidesItsSecretToo() {
    #expect(masked("curl", "-uadmin:x", "url") == ["curl", "-u***", "url"])
  }

  @Test(arguments: [
    #"PASSWORD="a\"hunter2" x"#, "PASSWORD='a'hunter2 x", "PASSWORD=a'hunter2' x",
    #"PASSWORD=a\ hunter2 x"#,
    #"PASSWORD=a\&hunter2 x"#, #"x --token=a"hunter2" y"#, #"x -u "name:pa hunter2" y"#,
    #"x --password "two hunter2""#, #"x -uname:"a hunter2""#, #"x "--token" hunter2"#,
    #"x "-u" "me:hunter2""#,
    #"x -H "Cookie: a='x' hunter2""#, #"x -H "Authorization: Bearer \"t\" hunter2" y"#,
    #"it's -u me:hunter2"#,
    #"x "y -u me:hunter2""#,
  ]) func `no quote brings a secret to light`(script: String) {
    let shown = masked("sh", "-c", script)
    #expect(!shown.joined().contains("hunter2"), "\(shown)")
    #expect(shown[2].contains("***"))
  }

  @Test func `a value of a variable is found whatever quotes are in it`() {
    #expect(
      masked("sh", "-c", "x ghp_'123'45\\678 -H 'X-Api> ghp_12'345678") == [
        "sh", "-c", "x $GH_TOKEN -H 'X-Api> $GH_TOKEN",
      ])
    #expect(masked("ghp_12 345678", "hunter2'") == ["ghp_12 345678", "hunter2'"])
  }

  @Test func `a word that is no script is hidden to its end`() {
    #expect(masked("echo", "-uname:pa hunter2") == ["echo", "-u***"])
    #expect(masked("x", "--build-arg=API_TOKEN=a hunter2") == ["x", "--build-arg=API_TOKEN=***"])
    #expect(masked("x", "--build-arg=API_TOKEN=a&hunter2") == ["x", "--build-arg=API_TOKEN=***"])
  }
}
