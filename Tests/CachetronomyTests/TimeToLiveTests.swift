import Testing

@testable import Cachetronomy

@Suite struct TimeToLiveTests {
  @Test(arguments: [
    ("0", 0), ("0s", 0), ("1", 1_000_000), ("90", 90_000_000), ("90s", 90_000_000),
    ("1500ms", 1_500_000), ("1ms", 1000), ("5m", 300_000_000), ("1h30m", 5_400_000_000),
    ("1h30s", 3_630_000_000), ("2d", 172_800_000_000), ("1w", 604_800_000_000),
    ("1w1d1h1m1s1ms", 694_861_001_000), ("100m", 6_000_000_000), ("0h5s", 5_000_000),
    ("1 s", 1_000_000), ("1h 30m", 5_400_000_000), ("1hour", 3_600_000_000),
    ("1y", 31_536_000_000_000),
    ("2 hours 5 minutes", 7_500_000_000), ("1h  30min", 5_400_000_000), ("10sec", 10_000_000),
    ("1year1week", 32_140_800_000_000), ("3 days", 259_200_000_000), ("5msec", 5000),
  ]) func readsDigitsWithUnitsLargestFirst(text: String, microseconds: Int64) throws {
    #expect(try TimeToLive(text).microseconds == microseconds)
  }

  @Test func neverIsForEver() throws {
    #expect(try TimeToLive("never") == .never)
    #expect(TimeToLive.never.expiry(from: noon) == .never)
    #expect(TimeToLive.never.wholeSeconds == 3_153_600_000)
    #expect(TimeToLive.never.description == "never")
  }

  @Test(arguments: [
    "", " ", " 1s", "1s ", "1 ", "1 30m", "1h 30", "1hs", "1ss", "1mins1h", "1d1y", "1.5h", "1,5h",
    "0.5", "-1", "-1s", "+1s", "1e3",
    "0x10", "1_000", "1:30", "s", "ms", "1x", "1S", "1H", "1Hour", "1hou", "30m1h", "1s1m", "1ms1s",
    "1m1m", "1h30", "30m5", "Never", "NEVER", "never1", "1never", "inf", "1µs", "１s", "1s\0",
    "\n1s", "1s\n",
  ]) func anythingElseIsRefused(text: String) {
    #expect(failure { () throws(Failure) in try TimeToLive(text) } == .badDuration(text))
  }

  @Test(arguments: [
    "9223372036854775807", "9223372036855", "9223372036854775807w", "15250285w",
    "99999999999999999999", "15250284w9223372036854s", "9223372036854s9223372036854ms",
    String(repeating: "9", count: 10_000),
  ]) func whatDoesNotFitIsRefused(text: String) {
    #expect(failure { () throws(Failure) in try TimeToLive(text) } == .badDuration(text))
  }

  @Test func theLargestThatFitsIsHeldAtTheEndOfTime() throws {
    let long = try TimeToLive("15250284w")
    #expect(long.expiry(from: noon) == .never)
    #expect(long != .never)
  }

  @Test func descriptionReadsBackAsTheSameLength() throws {
    var random = FixedGenerator(seed: 2)
    for _ in 0..<5000 {
      let scale = Int64.random(in: 1...9_000_000_000_000, using: &random)
      let life = TimeToLive(
        microseconds: scale % Int64.random(in: 1...1_000_000_000_000, using: &random) * 1000)
      #expect(try TimeToLive(life.description) == life)
    }
    #expect(TimeToLive(seconds: 5400).description == "1h30m")
    #expect(TimeToLive(seconds: 0).description == "0s")
    #expect(TimeToLive(microseconds: 694_861_001_000).description == "1w1d1h1m1s1ms")
  }

  @Test func wholeSecondsAreGivenOnlyWhereThereAreSome() throws {
    #expect(try TimeToLive("90s").wholeSeconds == 90)
    #expect(try TimeToLive("1500ms").wholeSeconds == nil)
    #expect(TimeToLive(seconds: .max) == .never)
    #expect(TimeToLive(seconds: -5).microseconds == 0)
    #expect(TimeToLive(microseconds: -5).microseconds == 0)
  }
}

@Suite struct JitterTests {
  @Test func jitterShortensByNoMoreThanItsShare() {
    let hour = TimeToLive(seconds: 3600)
    #expect(hour.shortened(by: 10, 0) == hour)
    #expect(hour.shortened(by: 10, 1) == TimeToLive(seconds: 3240))
    #expect(hour.shortened(by: 10, 0.5) == TimeToLive(seconds: 3420))
    #expect(hour.shortened(by: 0, 1) == hour)
    #expect(hour.shortened(by: 100, 1) == TimeToLive(microseconds: 1))
    #expect(TimeToLive.never.shortened(by: 50, 1) == .never)
    #expect(TimeToLive(microseconds: 0).shortened(by: 50, 1) == TimeToLive(microseconds: 0))
    #expect(TimeToLive(microseconds: 1).shortened(by: 100, 1) == TimeToLive(microseconds: 1))
  }
}
