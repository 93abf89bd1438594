#if Remote
  internal import COpenSSL
  internal import Cachetronomy
  internal import Glibc
  internal import System

  /// TLS around a connection: the server's certificate is checked against its name.
  final class SecureSocket {
    private let socket: Socket
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Shakes hands.
    ///
    /// - Parameter certificates: a file of certificates to trust instead of the system's.
    init(
      _ socket: Socket, host: String, certificates: String?, until deadline: Deadline
    ) throws(Failure) {
      func failure(_ detail: String) -> Failure {
        .remote(socket.server, .unreachable, detail: detail)
      }
      guard let context = SSL_CTX_new(TLS_client_method()) else { throw failure("no TLS") }
      let trusted =
        if let certificates {
          SSL_CTX_load_verify_locations(context, certificates, nil)
        } else {
          SSL_CTX_set_default_verify_paths(context)
        }
      guard trusted == 1 else {
        SSL_CTX_free(context)
        throw failure("cannot use certificates '\(certificates ?? "of the system")'")
      }
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
      guard let session = SSL_new(context) else {
        SSL_CTX_free(context)
        throw failure("no TLS")
      }
      (self.socket, self.context, self.session) = (socket, context, session)
      // Numbers have no name to be asked for, but a certificate may be made out to them.
      let isNumber = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
      guard isNumber || cachetronomy_tls_name(session, host) == 1,
        isNumber || SSL_set1_host(session, host) == 1,
        SSL_set_fd(session, socket.descriptor) == 1
      else { throw failure("no TLS for '\(host)'") }
      while true {
        // OpenSSL writes as to a file: a server that has left would end us.
        let code = Signals.withoutBrokenPipe { SSL_connect(session) }
        if code == 1 { return }
        guard try wait(code, until: deadline) else {
          let result = SSL_get_verify_result(session)
          let why =
            result == Int(X509_V_OK)
            ? "no TLS" : X509_verify_cert_error_string(result).map { String(cString: $0) }
          throw failure("its TLS is refused: \(why ?? "unknown")")
        }
      }
    }

    deinit {
      SSL_free(session)
      SSL_CTX_free(context)
    }

    /// Waits for what TLS waits for; false if it waits for nothing.
    private func wait(_ code: Int32, until deadline: Deadline) throws(Failure) -> Bool {
      let events: Int32
      switch SSL_get_error(session, code) {
      case SSL_ERROR_WANT_READ: events = POLLIN
      case SSL_ERROR_WANT_WRITE: events = POLLOUT
      default: return false
      }
      guard deadline.wait(for: socket.descriptor, events) else { throw socket.late }
      return true
    }

    func send(_ bytes: UnsafeRawBufferPointer, until deadline: Deadline) throws(Failure) {
      var left = bytes[...]
      while !left.isEmpty {
        guard !deadline.isOver else { throw socket.late }
        let part = UnsafeRawBufferPointer(rebasing: left)
        let count = Signals.withoutBrokenPipe {
          SSL_write(session, part.baseAddress, Int32(clamping: part.count))
        }
        if count > 0 {
          left = left.dropFirst(Int(count))
        } else if try !wait(count, until: deadline) {
          throw socket.closed
        }
      }
    }

    func receive(
      _ buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
    ) throws(Failure) -> Int {
      while true {
        guard !deadline.isOver else { throw socket.late }
        // Reading may involve writing, for the protocol's own messages.
        let count = Signals.withoutBrokenPipe {
          SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        }
        if count > 0 { return Int(count) }
        if try !wait(count, until: deadline) { throw socket.closed }
      }
    }
  }
#endif
