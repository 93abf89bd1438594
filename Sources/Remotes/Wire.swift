#if Remote
  internal import CRedis
  internal import Cachetronomy
  internal import Glibc
  internal import System

  /// A conversation with a server in its own protocol.
  final class Wire {
    private let socket: Socket
    private let secure: SecureSocket?
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private var buffer = [UInt8](repeating: 0, count: 1 << 14)

    /// A reply may hold this many bytes.
    private let limit: Int

    init(
      _ address: RemoteAddress, certificates: String?, limit: Int, until deadline: Deadline
    ) throws(Failure) {
      socket = try Socket(address, until: deadline)
      if case .network(let host, _, true) = address.place {
        secure = try SecureSocket(socket, host: host, certificates: certificates, until: deadline)
      } else {
        secure = nil
      }
      functions = .allocate(capacity: 1)
      guard let reader = cachetronomy_reader(functions) else {
        functions.deallocate()
        throw .remote(address.shown, .unreachable, detail: "no memory")
      }
      self.reader = reader
      self.limit = limit
    }

    deinit {
      redisReaderFree(reader)
      functions.deallocate()
    }

    /// Sends commands together and returns their replies, in order.
    ///
    /// - Throws: `Failure.remote` if not all are there in time: what comes after that would be
    ///   taken for the result to something else, so the connection is unusable.
    func ask(_ commands: [[[UInt8]]], until deadline: Deadline) throws(Failure) -> [Answer] {
      var request: [UInt8] = []
      for command in commands { try append(command, to: &request) }
      let sent: Result<Void, Failure> = request.withUnsafeBytes { bytes in
        Result { () throws(Failure) in
          if let secure {
            try secure.send(bytes, until: deadline)
          } else {
            try socket.send(bytes, until: deadline)
          }
        }
      }
      try sent.get()
      var answers: [Answer] = []
      while answers.count < commands.count {
        answers.append(try next(until: deadline))
      }
      return answers
    }

    private func append(_ words: [[UInt8]], to request: inout [UInt8]) throws(Failure) {
      // One run of bytes with the places of the words in it: a pointer into each array would not
      // outlive its closure.
      let joined = words.flatMap { $0 }
      var lengths = words.map(\.count)
      var text: UnsafeMutablePointer<CChar>?
      let count = joined.withUnsafeBytes { bytes -> Int in
        let start = bytes.bindMemory(to: CChar.self).baseAddress
        var at = 0
        var pointers: [UnsafePointer<CChar>?] = lengths.map { length in
          defer { at += length }
          return start.map { $0 + at }
        }
        return Int(redisFormatCommandArgv(&text, Int32(words.count), &pointers, &lengths))
      }
      guard count > 0, let text else {
        throw .remote(socket.server, .unreachable, detail: "no memory")
      }
      defer { redisFreeCommand(text) }
      text.withMemoryRebound(to: UInt8.self, capacity: count) {
        request.append(contentsOf: UnsafeBufferPointer(start: $0, count: count))
      }
    }

    private func next(until deadline: Deadline) throws(Failure) -> Answer {
      var fed = 0
      while true {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw protocolError }
        if let reply {
          defer { freeReplyObject(reply) }
          return try answer(reply.assumingMemoryBound(to: redisReply.self).pointee)
        }
        // One that sends without end would never let us wait.
        guard !deadline.isOver else { throw socket.late }
        let result: Result<Int, Failure> = buffer.withUnsafeMutableBytes { bytes in
          Result { () throws(Failure) in
            if let secure { return try secure.receive(bytes, until: deadline) }
            return try socket.receive(bytes, until: deadline)
          }
        }
        let count = try result.get()
        fed += count
        guard fed <= limit else { throw protocolError }
        let taken = buffer.withUnsafeBytes {
          redisReaderFeed(reader, $0.bindMemory(to: CChar.self).baseAddress, count)
        }
        guard taken == REDIS_OK else { throw protocolError }
        if count == buffer.count, buffer.count < 1 << 20 {
          buffer = [UInt8](repeating: 0, count: buffer.count * 4)
        }
      }
    }

    private var protocolError: Failure {
      .remote(socket.server, .protocolError, detail: "it does not speak the Redis protocol")
    }

    private func answer(_ reply: redisReply) throws(Failure) -> Answer {
      func bytes() -> [UInt8] {
        guard let text = reply.str else { return [] }
        return text.withMemoryRebound(to: UInt8.self, capacity: Int(reply.len)) {
          Array(UnsafeBufferPointer(start: $0, count: Int(reply.len)))
        }
      }
      switch reply.type {
      case REDIS_REPLY_NIL: return .nothing
      case REDIS_REPLY_INTEGER: return .integer(reply.integer)
      case REDIS_REPLY_STRING: return .bytes(bytes())
      case REDIS_REPLY_STATUS: return .status(Self.word(bytes()))
      case REDIS_REPLY_ERROR: return .refusal(Self.word(bytes()))
      default: throw protocolError
      }
    }

    /// The first word of what a server says: the rest may be anything, and is never printed.
    private static func word(_ bytes: [UInt8]) -> String {
      let letters = bytes.prefix(32).prefix {
        (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f
      }
      return String(decoding: letters, as: UTF8.self)
    }
  }
#endif
