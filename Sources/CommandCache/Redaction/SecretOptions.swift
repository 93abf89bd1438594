internal import CPOSIX
internal import Cachetronomy
internal import System

/// Options whose argument is a secret, by program.
///
/// Long options that say so by their names (`--password`, `-storepass`, `--api-key`) are secret for
/// every program and need no row.
struct SecretOptions {
  /// The programs, with a space around each.
  var programs: StaticString
  /// A word that has to come before, with a space around it; empty for none.
  var after: StaticString = ""
  /// One-letter options that take a secret, in one argument with it or not.
  var short: StaticString = ""
  /// Long options that take a secret, with a space around each.
  var long: StaticString = ""
  /// Which part of their argument is secret.
  var value = SecretValue.whole
  /// Which part of an argument that belongs to no option is secret.
  var operand = SecretValue.none
  /// One-letter options that take anything else: the rest of their argument is no option.
  var others: StaticString = ""

  private static let clients: StaticString =
    " mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlbinlog mysqlslap mysqlpump mysqlsh mariadb mariadb-dump mariadb-admin mariadb-import mariadb-show mariadb-check mycli "
  private static let registries: StaticString =
    " docker podman nerdctl buildah skopeo helm crane oras regctl finch "
  private static let snmp: StaticString =
    " snmpget snmpwalk snmpset snmpbulkwalk snmpgetnext snmpbulkget snmptable snmptrap snmpstatus "
  private static let ldap: StaticString =
    " ldapsearch ldapadd ldapmodify ldapdelete ldappasswd ldapwhoami ldapcompare ldapmodrdn ldapexop "
  private static let mongo: StaticString =
    " mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles cqlsh "

  static let all = [
    SecretOptions(
      programs: " curl curlie ", short: "uU", long: " user proxy-user ",
      others: "AcCdDeFhKmoPQrtTwxXyYz"),
    SecretOptions(
      programs: " curl curlie ", short: "E", long: " cert proxy-cert ", value: .afterColon),
    SecretOptions(programs: " curl curlie ", short: "b", long: " cookie ", value: .pairs),
    SecretOptions(
      programs: " curl curlie hey oha wrk siege websocat grpcurl xh ", short: "H", value: .header),
    SecretOptions(programs: " grpcurl ", long: " rpc-header reflect-header ", value: .header),
    SecretOptions(
      programs: " http https xh xhs httpie ", short: "a", operand: .header, others: "Aops"),
    SecretOptions(programs: " ab hey oha ", short: "a", others: "ncTmzqtd"),
    SecretOptions(programs: " ab ", short: "APC", others: "ncTpuHgvXtsb"),
    SecretOptions(programs: clients, short: "p", value: .joined, others: "uhPDeSo"),
    SecretOptions(programs: " mysqladmin mariadb-admin ", operand: .nextByName),
    SecretOptions(
      programs: " redis-cli valkey-cli keydb-cli redis-benchmark iredis ", short: "a",
      operand: .nextByName, others: "hpsnuritdDcT"),
    SecretOptions(programs: " sshpass ", short: "p", others: "fdP"),
    SecretOptions(programs: registries, after: " login ", short: "p"),
    SecretOptions(programs: registries, others: "uevpwlmhcfnt"),
    SecretOptions(
      programs: " az oc cf ibmcloud argocd tanzu jf jfrog rancher ", after: " login ", short: "pt"),
    SecretOptions(programs: mongo, short: "p", others: "uhdc"),
    SecretOptions(
      programs: " sqlcmd bcp isql tsql osql mosquitto_pub mosquitto_sub mosquitto_rr ipmitool ",
      short: "P", others: "SUdQqihtmuHIpLA"),
    SecretOptions(programs: ldap, short: "w", others: "DHbhpsylfOURXYZT"),
    SecretOptions(programs: " ldappasswd ", short: "sa"),
    SecretOptions(
      programs: " smbclient rpcclient smbget smbcacls smbtree smbmap net winexe wmic ", short: "U",
      long: " user ", value: .afterPercent, others: "cIWdpnLs"),
    SecretOptions(
      programs: " lftp open ", short: "u", long: " user ", value: .afterComma, others: "pecf"),
    SecretOptions(programs: " ncftp ncftpget ncftpput ncftpls ", short: "p", others: "uP"),
    SecretOptions(programs: " openssl ", operand: .source, others: ""),
    SecretOptions(programs: " openssl ", after: " enc ", short: "kK"),
    SecretOptions(programs: " 7z 7za 7zr 7zz rar unrar ", short: "p", value: .joined),
    SecretOptions(programs: " zip unzip zipcloak zipnote ", short: "P", others: "bntx"),
    SecretOptions(programs: " ssh-keygen ", short: "NP", others: "tbfCmaOInVzDwrFRs"),
    SecretOptions(programs: snmp, short: "cAXY", others: "vualxrtnemMO"),
    SecretOptions(
      programs:
        " twine yt-dlp youtube-dl gallery-dl rabbitmqadmin evil-winrm crackmapexec netexec nxc ",
      short: "p", others: "ufoadirNRSPO"),
    SecretOptions(programs: " swaks sendemail ", long: " ap xp au "),
    SecretOptions(programs: " gh ", after: " secret ", short: "b", long: " body ", others: "reao"),
    SecretOptions(programs: " kubectl oc ", long: " from-literal ", value: .afterEquals),
    SecretOptions(programs: " vault bao ", after: " put ", operand: .afterEquals),
    SecretOptions(programs: " vault bao ", after: " write ", operand: .afterEquals),
    SecretOptions(programs: " vault bao cargo ", after: " login ", operand: .whole),
    SecretOptions(programs: " heroku dokku ", after: " config:set ", operand: .afterEquals),
    SecretOptions(programs: " fly flyctl wrangler ", after: " secrets ", operand: .afterEquals),
    SecretOptions(programs: " fly flyctl doctl vercel civo ", short: "t", others: "acof"),
    SecretOptions(programs: " dotnet ", after: " push ", short: "k", others: "sn"),
    SecretOptions(programs: " vault bao ", after: " unseal ", operand: .whole),
    SecretOptions(programs: " snyk ", after: " auth ", operand: .whole),
    SecretOptions(programs: " ngrok ", after: " authtoken ", operand: .whole),
    SecretOptions(programs: " ngrok ", after: " add-authtoken ", operand: .whole),
    SecretOptions(programs: " mc mcli ", after: " set ", operand: .whole),
    SecretOptions(programs: " gem ", after: " push ", long: " key "),
    SecretOptions(programs: " xfreerdp xfreerdp3 wlfreerdp ", operand: .slashOption),
    SecretOptions(programs: " rclone ", after: " obscure ", operand: .whole),
    SecretOptions(programs: " rclone ", after: " config ", operand: .nextByName),
    SecretOptions(
      programs: " jq gojq jaq ", long: " arg argjson ", value: .nextByName, others: "fL"),
    SecretOptions(programs: " aws npm pnpm yarn ", after: " set ", operand: .nextByName),
    SecretOptions(
      programs: " git poetry composer bundle ", after: " config ", operand: .nextByName),
    SecretOptions(programs: " nmcli iwconfig ", operand: .nextByName),
    SecretOptions(
      programs: " sqlplus sqlldr impdp expdp rman exp imp sqlcl ", operand: .afterSlash),
  ]

  /// The rows for a program, a bit for each; none for another word.
  ///
  /// - Parameter name: with a space around it.
  static func rows(for name: ByteText) -> Rows {
    var rows = Rows()
    for at in all.indices where all[at].programs.holds(name) { rows.bits |= 1 << UInt64(at) }
    return rows
  }

  /// Some of the rows.
  struct Rows: Sequence, IteratorProtocol {
    fileprivate(set) var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }

    mutating func next() -> SecretOptions? {
      if bits == 0 { return nil }
      let at = bits.trailingZeroBitCount
      bits &= bits - 1
      return SecretOptions.all[at]
    }
  }
}

extension StaticString {
  /// Whether bytes are anywhere in this text.
  func holds(_ bytes: ByteText) -> Bool {
    cachetronomy_find(utf8Start, utf8CodeUnitCount, bytes.baseAddress, bytes.count)
  }

  /// Whether a byte is in this text.
  func has(_ byte: UInt8) -> Bool {
    for at in 0..<utf8CodeUnitCount where utf8Start[at] == byte { return true }
    return false
  }
}
