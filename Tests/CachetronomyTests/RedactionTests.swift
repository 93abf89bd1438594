import Testing

@testable import Cachetronomy
@testable import CommandCache

/// What is a secret in the arguments of real programs, and what only looks like one.
@Suite struct RedactionTests {
  private func shown(_ words: [String], _ patterns: [String] = []) -> [String] {
    Redactor(Environment([]), patterns: patterns).redacted(words.map { Array($0.utf8) })
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Words of which those with `S7` are secret in part; as arguments, and as a script in quotes of both
  /// kinds.
  private func expectHidden(_ words: [String]) {
    #expect(!shown(words).contains { $0.contains("S7") }, "\(words): \(shown(words))")
    for quote in ["'", "\""] where !words.contains(where: { $0.contains(quote) }) {
      let script = words.map { word in
        word.contains { " \"'&()$;|<>\n\\".contains($0) } ? quote + word + quote : word
      }.joined(separator: " ")
      for argv in [
        ["sh", "-c", script], ["ssh", "host", script], ["sh", "-c", "x | \(script) | y"],
      ] {
        #expect(!shown(argv).contains { $0.contains("S7") }, "\(argv): \(shown(argv))")
      }
      let inner = quote == "'" ? "\"" : "'"
      if script.contains(inner) { continue }
      let nested = ["sh", "-c", "bash -c \(inner)\(script)\(inner)"]
      #expect(!shown(nested).contains { $0.contains("S7") }, "\(nested): \(shown(nested))")
    }
  }

  static let programs: [[String]] = [
    ["curl", "-su", "user:S7", "https://h/"], ["curl", "-sSLu", "user:S7", "https://h/"],
    ["curl", "-uuser:S7"], ["curl", "-sSuuser:S7"], ["/usr/bin/curl", "-su", "S7:"],
    ["curl", "-sH", "X-Api-Key: S7"], ["curl", "-sSHX-Api-Key: S7"], ["curl", "-U", "u:S7"],
    ["curl", "--proxy-header", "X-Auth: S7"], ["curl", "-b", "sid=S7"], ["curl", "-sb", "sid=S7"],
    ["curl", "--cookie", "sid=S7"], ["curl", "--cookie=sid=S7"], ["curl", "--cert", "c.pem:S7"],
    ["curl", "-E", "c.pem:S7"], ["curl", "-sEc.pem:S7"], ["curl", "--proxy-cert", "c.pem:S7"],
    ["curl", "--user", "S7"], ["curl", "--pass", "S7"], ["curl", "--oauth2-bearer", "S7"],
    ["env", "A=b", "curl", "-su", "u:S7"], ["timeout", "5", "curl", "-su", "u:S7"],
    ["wget", "--header=Authorization: Bearer S7"], ["wget", "--header", "X-Token: S7"],
    ["wget", "--password=S7"], ["wget", "--http-password", "S7"], ["wget", "--proxy-password=S7"],
    ["http", "-a", "u:S7"], ["http", "--auth", "u:S7"], ["http", "--auth=u:S7", "h"],
    ["https", "h", "X-Api-Key:S7"], ["http", "h", "Authorization:Token S7"],
    ["xh", "-a", "u:S7", "h"],
    ["http", "POST", "h", "password=S7"], ["http", "POST", "h", "token:=\"S7\""],
    ["mysql", "-pS7"], ["mysql", "-u", "root", "-pS7", "db"],
    ["mysql", "-uroot", "-h127.0.0.1", "-pS7"],
    ["mysqldump", "-pS7"], ["mariadb-dump", "-vpS7"], ["mysql", "--password=S7"],
    ["mysqladmin", "-u", "root", "password", "S7"], ["docker", "exec", "db", "mysql", "-pS7"],
    ["redis-cli", "-a", "S7", "ping"], ["redis-cli", "-h", "x", "-a", "S7"],
    ["redis-cli", "--pass", "S7"],
    ["redis-cli", "-u", "redis://:S7@h:6379"], ["redis-cli", "AUTH", "S7"],
    ["sshpass", "-p", "S7", "ssh", "h"], ["sshpass", "-pS7", "ssh", "h"],
    ["docker", "login", "-u", "me", "-p", "S7", "h"], ["docker", "login", "-pS7"],
    ["podman", "login", "--password", "S7"], ["buildah", "login", "-p=S7"],
    ["helm", "registry", "login", "-p", "S7"],
    ["docker", "--context", "x", "login", "-p", "S7"],
    ["docker", "run", "-e", "API_TOKEN=S7", "x"],
    ["docker", "run", "--env=DB_PASSWORD=S7", "x"], ["psql", "postgres://u:S7@h/db"],
    ["psql", "host=h password=S7 user=x"], ["smbclient", "-U", "user%S7", "//h/s"],
    ["smbclient", "-Uuser%S7"], ["smbclient", "--user=u%S7"], ["ldapsearch", "-w", "S7"],
    ["ldapsearch", "-xwS7"], ["openssl", "enc", "-k", "S7"],
    ["openssl", "rsa", "-passin", "pass:S7"],
    ["openssl", "rsa", "-passout", "pass:S7"], ["openssl", "enc", "-aes256", "-pass", "pass:S7"],
    ["keytool", "-list", "-storepass", "S7"], ["keytool", "-keypass", "S7"],
    ["keytool", "-srcstorepass", "S7"],
    ["apksigner", "sign", "--ks-pass", "pass:S7"], ["lftp", "-u", "user,S7", "h"],
    ["lftp", "-uuser,S7"],
    ["lftp", "ftp://u:S7@h"], ["ncftpget", "-u", "u", "-p", "S7"],
    ["mongosh", "-u", "u", "-p", "S7"],
    ["mongodump", "-pS7"], ["cqlsh", "-p", "S7"], ["sqlcmd", "-S", "h", "-U", "sa", "-P", "S7"],
    ["bcp", "t", "out", "f", "-PS7"], ["mosquitto_sub", "-u", "u", "-P", "S7"],
    ["ipmitool", "-P", "S7"],
    ["sqlplus", "scott/S7@db"], ["7z", "x", "-pS7", "a"], ["zip", "-P", "S7", "a", "b"],
    ["ssh-keygen", "-t", "rsa", "-N", "S7"], ["snmpwalk", "-v2c", "-c", "S7", "h"],
    ["twine", "upload", "-p", "S7"], ["yt-dlp", "-u", "u", "-p", "S7"], ["ab", "-A", "u:S7", "h"],
    ["gh", "secret", "set", "X", "-b", "S7"], ["gh", "secret", "set", "X", "--body", "S7"],
    ["kubectl", "create", "secret", "generic", "x", "--from-literal=user=S7"],
    ["kubectl", "--token", "S7", "get"], ["az", "login", "-u", "x", "-p", "S7"],
    ["az", "x", "--account-key", "S7"],
    ["az", "x", "--connection-string", "AccountName=x;Key=S7"], ["vault", "login", "S7"],
    ["vault", "kv", "put", "secret/x", "value=S7"], ["vault", "login", "token=S7"],
    ["cargo", "login", "S7"],
    ["aws", "configure", "set", "aws_secret_access_key", "S7"],
    ["npm", "config", "set", "_authToken", "S7"],
    ["npm", "config", "set", "//r/:_authToken=S7"], ["npm", "--otp", "1", "--//r/:_authToken=S7"],
    ["git", "-c", "http.extraHeader=Authorization: Basic S7"],
    ["git", "clone", "https://u:S7@h/r"],
    ["git", "clone", "https://S7abcdefghijklmnopqrstuvw@h/r"],
    ["git", "config", "user.token", "S7"],
    ["jq", "--arg", "token", "S7", "."], ["rclone", "obscure", "S7"],
    ["rclone", "--sftp-pass", "S7"],
    ["restic", "--password-command", "x", "-o", "s3.secret=S7"], ["heroku", "config:set", "X=S7"],
    ["dotnet", "nuget", "push", "x", "-k", "S7"], ["nuget", "push", "-ApiKey", "S7"],
    ["terraform", "apply", "-var", "db_password=S7"], ["ansible", "-e", "ansible_password=S7"],
    ["consul", "-token", "S7"], ["consul", "-token=S7"],
    ["grpcurl", "-H", "authorization: Bearer S7"],
    ["sentry-cli", "--auth-token", "S7"], ["svn", "--password", "S7"],
    ["java", "-Ddb.password=S7"],
    ["swaks", "-ap", "S7"], ["nmcli", "d", "wifi", "connect", "x", "password", "S7"],
    ["x", "--auth", "S7"], ["x", "--auth-key", "S7"], ["x", "--private-key", "S7"],
    ["x", "--jwt", "S7"],
    ["x", "--encryption-key", "S7"], ["x", "--credentials", "S7"], ["x", "--pwd", "S7"],
    ["x", "--pwd=S7"],
    ["x", "--api-key=S7"], ["x", "-u", "me:S7"], ["x", "-ume:S7"], ["x", "--user", "me:S7"],
    ["curl", "u:S7@example.org"], ["x", "--login", "u:S7"], ["x", "--creds", "u:S7"],
    ["x", "--otp=S7"],
    ["vault", "operator", "unseal", "S7"], ["ngrok", "authtoken", "S7"],
    ["xfreerdp", "/u:x", "/p:S7"],
    ["mc", "alias", "set", "x", "https://h", "A", "S7"], ["gem", "push", "--key", "S7"],
    ["lftp", "-c", "open -u u,S7 h; ls"], ["rabbitmqadmin", "-u", "u", "-p", "S7"],
    ["x", "--password1", "S7"], ["x", "-password", "S7"], ["x", "-client-secret=S7"],
  ]

  @Test(arguments: programs) func `a secret is hidden that a program or option tells of`(
    words: [String]
  ) {
    expectHidden(words)
    #expect(shown(words).count == words.count)
    #expect(shown(words)[0] == words[0])
  }

  static let shapes: [String] = [
    "MYSQL_PWD=S7", "PGPASSWORD=S7", "https://h/?sig=S7", "https://h/?a=1&X-Amz-Signature=S7&b=2",
    "https://h/?access_token=S7", "https://h/cb?next=https%3A%2F%2Fh%3Ftoken%3DS7%26x",
    "u:S7@tcp(h)/db",
    "u:S7@tcp(h:3306)/db?x=1", "u:S7@unix(/s)/db", "u:S7@h:3128", "u:S7@example.org/x",
    "mysql://u:S7@h/d",
    "postgres://u:S/S7@h/d", "amqp://u:S7@h", "https://S7:x-oauth-basic@h/", "https://S7:@h/",
    "Authorization: Bearer S7", "authorization:Basic S7", "X: y\nAuthorization: Token S7",
    "Cookie: a=b; sid=S7", "Set-Cookie: sid=S7", "X-Api-Key: S7", "PRIVATE-TOKEN: S7",
    "Proxy-Authorization: S7", "Bearer S7", "{\"password\":\"S7\"}",
    "{\"a\":1,\"api_key\" : \"S7\"}",
    "{\"client_secret\": \"a\\\"S7\", \"x\": 1}", "{'token': 'S7'}", "{\"pwd\":\"S7\"}",
    "{\"pin_token\":77S7}",
    "{\"tokens\": [\"S7\", \"S7\"]}", "{\"auths\":{\"h\":{\"auth\":\"S7\"}}}",
    "{\\\"secret\\\": \\\"S7\\\"}",
    "{\"headers\": {\"Authorization\": \"Bearer S7\"}}", "password: S7", "{password: S7}",
    "a:\n  token: S7\n",
    "a:\n- auth: \"S7\"\n", "stringData:\n  password: S7 S7\n", "[client]\npassword = S7\nx=1\n",
    "<password>S7</password>", "machine h login u password S7", "ALTER USER x PASSWORD 'S7'",
    "CREATE USER x IDENTIFIED BY 'S7'",
    "-----BEGIN RSA PRIVATE KEY-----\nS7\nS7\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\\nS7\\n-----END PRIVATE KEY-----",
    "Server=h;Password=S7;Database=x",
    "SERVER=h;PWD=S7", "DefaultEndpointsProtocol=https;AccountKey=S7==",
    "config[\"password\"] = \"S7\"",
    "os.environ['TOKEN']='S7'", "username=x,password=S7,vers=3.0",
    "grant_type=password&client_secret=S7",
    "ghp_S7abcdefghijklmnopqrstuvwxyz0123456", "x xoxb-S7-123456789012-abcdef y",
    "glpat-S7bcdefghijklmnopqr1",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTNyJ9.S7abcdefgh", "password => 'S7'", "const token = 'S7'",
    "x\nSET PASSWORD = 'S7'", "auth=('u', 'S7')",
    "pass:S7@h:1",
  ]

  @Test(arguments: shapes) func `a secret is hidden that its surroundings tell of`(text: String) {
    for argv in [
      ["x", text], ["curl", "-d", text], ["x", "--data=\(text)"],
      ["sh", "-c", "x <<E\n\(text)\nE\n"],
      ["sh", "-c", "x y\n\(text)\nz"],
    ] {
      #expect(!shown(argv).contains { $0.contains("S7") }, "\(argv): \(shown(argv))")
    }
    for quote in ["'", "\""] where !text.contains(quote) && !text.contains("\\") {
      for script in [
        "H=\(quote)\(text)\(quote); curl -H \"$H\"", "echo \(quote)\(text)\(quote) | x",
      ] {
        let argv = ["sh", "-c", script]
        #expect(!shown(argv).contains { $0.contains("S7") }, "\(argv): \(shown(argv))")
      }
    }
  }

  static let scripts: [String] = [
    "H='Authorization: Bearer S7'; curl -H \"$H\" h", "API_TOKEN=S7 x", "export TOKEN=S7; x",
    "API_KEY=S7; x", "# it's here\ncurl -u me:S7 'h'", "# don't\ncurl -H 'X-Api-Key: S7' h",
    "curl -d @- <<EOF\n{\"password\": \"S7\"}\nEOF", "mysql -p'S7' db", "mysql -p\"S7 S7\" db",
    "curl -su 'u:S7 S7' h",
    "curl -d '{\"token\": \"S7\"}' h", "curl -d \"{\\\"token\\\": \\\"S7\\\"}\" h",
    "$(curl -su u:S7 h)",
    "x \"$(curl -su u:S7 h)\"", "x `curl -su u:S7 h`", "a && curl -su u:S7",
    "curl \\\n  -u \\\n  u:S7 h",
    "cat <<'E' | curl -K -\nuser = \"u:x\"\nheader = \"Authorization: Bearer S7\"\nE",
    "curl $'-uu:S7'",
    "bash -c \"mysql --password='a S7'\"", "ssh h \"bash -c 'x --password \\\"a S7\\\"'\"",
    "(curl -u u:S7)",
    "if x; then curl -su u:S7; fi", "A=1 B=2 curl -su u:S7", "x|sshpass -p S7 ssh h",
    "echo u:S7 | x -u u:S7 -",
  ].filter { !$0.hasPrefix("echo u:S7") }

  @Test(arguments: scripts) func `a secret in a script is hidden`(script: String) {
    for argv in [
      ["sh", "-c", script], ["bash", "-euo", "pipefail", "-c", script], ["ssh", "h", script],
    ] {
      #expect(!shown(argv).contains { $0.contains("S7") }, "\(argv): \(shown(argv))")
    }
  }

  static let ordinary: [[String]] = [
    ["x", "--key-file", "path"], ["x", "--key-file=path"], ["sort", "-k", "2,3", "-u", "file"],
    ["sort", "--key=2"],
    ["docker", "run", "-p", "80:80", "-u", "node:node", "x"],
    ["docker", "run", "-u", "1000:1000", "x"],
    ["ssh", "-p", "22", "-i", "key.pem", "u@h"], ["mkdir", "-p", "a/b"],
    ["tar", "-u", "-f", "a.tar"],
    ["git", "-c", "user.name=x", "log", "--author", "ada"], ["git", "log", "--author=ada"],
    ["awk", "-F:", "{print $1}"],
    ["x", "--no-password", "db"], ["psql", "-U", "postgres", "-W", "db"],
    ["mysql", "-u", "root", "-p", "db"],
    ["mysql", "-P", "3306", "-h", "h"],
    ["curl", "-o", "out", "-b", "jar.txt", "-X", "POST", "https://h:8080/a?b=c"],
    ["curl", "-sSLo", "u:x", "-H", "Accept: */*", "h"],
    ["curl", "-K", "cfg", "--cacert", "ca.pem", "--key", "k.pem", "h"],
    ["ls", "-la", "/tmp"], ["grep", "-u", "pattern", "file"], ["date", "-u", "+%F"],
    ["python3", "-u", "s.py"],
    ["systemctl", "--user", "status", "x"], ["pip", "install", "--user", "x"],
    ["x", "--password-file", "p"],
    ["x", "--token-file=/run/t"], ["x", "--password-stdin"],
    ["gh", "auth", "login", "--with-token"],
    ["ansible", "--ask-pass", "hosts"], ["ansible", "--private-key", "~/.ssh/id_rsa"],
    ["x", "--private-key", "k.pem"],
    ["x", "--credentials", "/etc/c.json"],
    ["kubectl", "--client-key", "k.pem", "get", "secret", "x", "-o", "yaml"],
    ["nginx:1.25@sha256:0123456789abcdef0123456789abcdef", "x"],
    ["npm", "install", "npm:react@18"],
    ["git", "clone", "git@github.com:a/b.git"], ["ssh://git@h:22/r.git"],
    ["rsync", "-av", "u@h:/x/", "h2:y"],
    ["scp", "-P", "22", "a", "u@h:b"], ["jq", ".token"], ["jq", "--arg", "name", "x", "."],
    ["x", "mailto:a@b.org/x"],
    ["sort", "-u", "-t:", "f"], ["ffmpeg", "-pass", "1", "o"], ["x", "PASSES=2"],
    ["x", "mailto:a@b.org"], ["x", "from:ada@example.org"], ["npm", "i", "x@npm:react@18.2.0"],
    ["go", "get", "a:b@v1.2.3"],
    ["x", "--login", "ada"], ["sh", "-c", "[ $a = b ]"],
    ["grep", "key: f", "g"], ["git", "commit", "-m", "auth: fix login"],
    ["git", "commit", "-m", "token: add parser"],
    ["git", "commit", "-m", "Use Bearer tokens and Basic authentication"], ["x", "keyboard=us"],
    ["x", "monkey=1"],
    ["x", "author=ada"], ["x", "bypass=1"], ["x", "compass=1"], ["x", "max_tokens=100"],
    ["x", "{\"max_tokens\": 100}"],
    ["x", "auth_type=basic"], ["x", "--auth-type", "basic"],
    ["x", "{\"name\": \"x\", \"path\": \"/y\"}"],
    ["x", "PWD=/home/ada"], ["x", "PATH=/bin:/usr/bin"], ["x", "secretary=x"],
    ["7z", "x", "-y", "a.7z"],
    ["openssl", "rsa", "-passin", "env:X"], ["openssl", "enc", "-pass", "file:x"],
    ["openssl", "x509", "-in", "c.pem"],
    ["redis-cli", "-h", "h", "-p", "6379", "get", "x"], ["mongosh", "--port", "27017", "db"],
    ["unzip", "-p", "a.zip", "f"],
    ["smbclient", "-U", "ada", "//h/s"],
    ["helm", "install", "-n", "ns", "-f", "v.yaml", "x", "./c"],
    ["docker", "login", "-u", "me", "h"], ["vault", "kv", "get", "secret/x"],
    ["aws", "s3", "ls", "s3://b/key"],
    ["terraform", "plan", "-var", "region=eu"], ["go", "test", "-run", "TestAuth", "./..."],
    ["echo", "12:30@x"],
    ["x", "https://example.org:8080/@user/key"], ["find", ".", "-name", "*.key", "-user", "ada"],
    ["id", "-u", "ada"],
    ["sh", "-c", "sort -u a | head -3 > b; mkdir -p \"$HOME/x\""],
    ["sh", "-c", "for k in a b; do echo $k; done"],
    ["x", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----"],
    ["npx", "sk-learn-something-long-name"],
    ["sh", "-c", "TOKEN=$(cat f) x"], ["x", "--sort-key", "a"], ["x", "--header-file", "y"],
    ["w", "-h"], ["x", "-"],
  ]

  @Test(arguments: ordinary) func `what is no secret stays`(words: [String]) {
    #expect(shown(words) == words)
    if words.count > 1, !words.contains(where: { $0.contains("'") }) {
      let script = words.map { ShellWords.quote(Array($0.utf8)) }.joined(separator: " ")
      if !script.contains("$'") { #expect(shown(["sh", "-c", script]) == ["sh", "-c", script]) }
    }
  }

  @Test func `only the secret part is hidden`() {
    #expect(shown(["curl", "--cert", "c.pem:x"]) == ["curl", "--cert", "c.pem:***"])
    #expect(shown(["smbclient", "-U", "ada%x"]) == ["smbclient", "-U", "ada%***"])
    #expect(shown(["mysql", "-uroot", "-px"]) == ["mysql", "-uroot", "-p***"])
    #expect(shown(["x", "u:a@b@tcp(h)/d"]) == ["x", "u:***@tcp(h)/d"])
    #expect(
      shown(["x", "{\"a\":1,\"pwd\":\"b\",\"c\":2}"]) == ["x", "{\"a\":1,\"pwd\":***,\"c\":2}"])
    #expect(shown(["curl", "-sH", "X-Key: a"]) == ["curl", "-sH", "X-Key: ***"])
    #expect(
      shown(["sh", "-c", "curl -su a:b h | mysql -pc -v; TOKEN=d; e"]) == [
        "sh", "-c", "curl -su *** h | mysql -p*** -v; TOKEN=***; e",
      ])
  }

  @Test func `the filter of program names is that of the table`() {
    var bits = [UInt64](repeating: 0, count: 16)
    for row in SecretOptions.all {
      for name in (row.programs.description + row.after.description).split(separator: " ") {
        let hash = Array(name.utf8).withUnsafeBufferPointer { SecretOptions.hash($0) }
        bits[hash >> 6] |= 1 << UInt64(hash & 63)
      }
    }
    #expect(bits == (0..<16).map(SecretOptions.bits))
    let words = SecretOptions.all.map { $0.programs.description + $0.after.description }
    #expect(words.joined().split(separator: " ").allSatisfy { (2..<16).contains($0.utf8.count) })
    #expect(SecretOptions.all.count <= 64, "one bit each in SecretOptions.Rows")
  }

  // MARK: patterns of one's own

  @Test func `a pattern hides what it matches in an argument`() {
    #expect(shown(["x", "a-acct_17/b c"], ["acct_[0-9]*"]) == ["x", "a-*** c"])
    #expect(shown(["x", "acct_x"], ["acct_[0-9]*"]) == ["x", "acct_x"])
    #expect(shown(["x", "k42k43"], ["k4?"]) == ["x", "******"])
    #expect(shown(["x", "a*b"], ["a\\*b"]) == ["x", "***"])
    #expect(shown(["x", "one two"], ["one two"]) == ["x", "***"])
    #expect(shown(["x", "a1b2c"], ["1*2"]) == ["x", "a***c"])
    #expect(shown(["x", "[ab"], ["[a"]) == ["x", "***b"])
    #expect(shown(["x", "ab", "zb"], ["[!z]b"]) == ["x", "***", "zb"])
    #expect(shown(["sh", "-c", "f 'q7z' g"], ["q*z"]) == ["sh", "-c", "f '***' g"])
  }

  @Test func `a pattern with an equals sign is for a name`() {
    for words in [
      ["x", "--pin", "S7"], ["x", "--pin=S7"], ["x", "-pin", "S7"], ["x", "PIN=S7"],
      ["x", "h/?pin=S7&b=1"],
      ["x", "{\"pin\": \"S7\"}"], ["curl", "-H", "Pin: S7"], ["sh", "-c", "PIN=S7 y --pin 'S7'"],
    ] {
      #expect(shown(words).joined().contains("S7"), "not by itself")
      #expect(!shown(words, ["PIN="]).joined().contains("S7"), "\(shown(words, ["PIN="]))")
      #expect(!shown(words, ["--p?n="]).joined().contains("S7"))
    }
    let redactor = Redactor(Environment([.init("CORP_ID", "12345678")]), patterns: ["CORP_*="])
    #expect(redactor.redacted([Array("x12345678y".utf8)]) == [Array("x$CORP_IDy".utf8)])
  }
}
