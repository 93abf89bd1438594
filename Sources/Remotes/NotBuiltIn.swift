#if !Remote
  internal import Cachetronomy
  internal import System

  /// Without the trait `Remote` there is no cryptography and no connection: every call throws
  /// `Failure.remote` with `.notBuiltIn`.
  struct Seal {
    private let none: Never

    init(_ key: TeamKey, namespace: String, server: String) throws(Failure) {
      throw RemoteTier.notBuiltIn(server)
    }

    func name(_ kind: String, _ text: String) -> [UInt8] { switch none {} }
    func close(_ plain: [UInt8], for key: Key) -> [UInt8] { switch none {} }
    func open(_ sealed: [UInt8], for key: Key) -> [UInt8]? { switch none {} }
  }

  struct Wire {
    private let none: Never

    init(
      _ address: RemoteAddress, certificates: String?, limit: Int, until deadline: Deadline
    ) throws(Failure) {
      throw RemoteTier.notBuiltIn(address.shown)
    }

    func ask(_ commands: [[[UInt8]]], until deadline: Deadline) throws(Failure) -> [Answer] {
      switch none {}
    }
  }
#endif
