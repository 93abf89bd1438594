#if Remote
  import Glibc
  import Testing

  @testable import Cachetronomy
  @testable import Remotes

  /// Whatever a server answers, it is an answer or a typed error.
  @Suite struct WireFuzzTests {
    @Test func `replies of a server`() throws {
      let scratch = try Scratch()
      let server = try SocketFile(scratch("s"))
      let address = try RemoteAddress("unix://\(scratch("s"))")
      let good = [
        "+OK\r\n$5\r\nhello\r\n", ":1\r\n$-1\r\n", "-NOAUTH first\r\n+OK\r\n", "_\r\n#t\r\n",
        "*2\r\n$1\r\na\r\n:5\r\n", "%1\r\n+a\r\n:1\r\n", ",1.5\r\n(12345678901234567890\r\n",
        "=15\r\ntxt:Some string\r\n",
        "$300\r\n" + String(repeating: "x", count: 300) + "\r\n:2\r\n",
      ].map { Array($0.utf8) }
      let words = [
        "\r\n", "$", "*", "2147483647", "-2", "9223372036854775808", "$-1\r\n", "%", "~", ">",
      ]
      var mutator = Mutator(seed: Fuzzing.seed, words: words.map { Array($0.utf8) })
      let clock = ContinuousClock()
      var answered = 0
      for number in 0..<Fuzzing.count(usual: 1000) {
        let input = number < good.count ? good[number] : mutator.next(good)
        let taken = try clock.measure {
          let deadline = Deadline(after: try TimeToLive("900ms"))
          let wire = try Wire(address, certificates: nil, limit: 1 << 20, until: deadline)
          try server.answer(input)
          defer { server.hangUp() }
          do throws(Failure) {
            let answers = try wire.ask([[[0x61]], [[0x62]]], until: deadline)
            #expect(answers.count == 2)
            answered += 1
          } catch {
            guard case .remote = error else {
              Issue.record("\(error) for \(input)")
              return
            }
          }
        }
        #expect(taken < .seconds(1), "\(taken) for \(String(decoding: input, as: UTF8.self))")
      }
      #expect(answered > 3)
    }
  }

  /// A server on one thread with its client: a connection waits for it, and it sends before it is asked.
  private final class SocketFile {
    private let listening: Int32
    private var talking: Int32 = -1

    init(_ path: String) throws {
      listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listening, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(bound == 0 && listen(listening, 5) == 0)
    }

    deinit { close(listening) }

    /// Takes the connection that waits, sends, and says that there is no more.
    func answer(_ bytes: [UInt8]) throws {
      talking = accept(listening, nil, nil)
      try #require(talking >= 0)
      if !bytes.isEmpty { try #require(write(talking, bytes, bytes.count) == bytes.count) }
      shutdown(talking, Int32(SHUT_WR))
    }

    func hangUp() { close(talking) }
  }
#endif
