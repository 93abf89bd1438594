import Synchronization
import Testing

@testable import Cachetronomy

@Suite struct SharedFlightTests {
  @Test func `a sweep does not keep a flight from starting`() async throws {
    let scratch = try Scratch()
    let store = scratch.database
    let path = RunLock.path(store: store, key: try Key("k"), removals: 0)
    let end = End()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while !end.isHere.load(ordering: .relaxed) {
          RunLock.sweepDead(beside: store)
          _ = RunLock.count(beside: store)
        }
      }
      var alone = 0
      for _ in 0..<3000 {
        guard case .leader(let flight) = RunLock.join(path, timeout: 1_000_000) else {
          alone += 1
          continue
        }
        flight.release()
      }
      end.isHere.store(true, ordering: .relaxed)
      #expect(alone == 0, "so many ran beside another")
    }
  }
}

private final class End: Sendable {
  let isHere = Atomic(false)
}
