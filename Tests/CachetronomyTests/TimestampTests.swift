import Testing

@testable import Cachetronomy

@Suite struct TimestampTests {
  @Test func isWrittenWithSixDigitsAlways() {
    #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000000+00:00")
    #expect(Timestamp(microseconds: 1).description == "1970-01-01T00:00:00.000001+00:00")
    #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999+00:00")
    #expect(noon.description == "2026-11-22T16:14:10.738373+00:00")
    #expect(Timestamp.never.description == "9999-12-31T23:59:59.999999+00:00")
    #expect(Timestamp.earliest.description == "0000-01-01T00:00:00.000000+00:00")
  }

  @Test func isHeldWithinTheYearsThatCanBeWritten() {
    #expect(Timestamp(microseconds: .max).description == Timestamp.never.description)
    #expect(Timestamp(microseconds: .min).description == Timestamp.earliest.description)
    #expect(noon.adding(microseconds: .max) == .never)
    #expect(noon.adding(microseconds: .min) == .earliest)
    #expect(Timestamp.never.adding(microseconds: 1) == .never)
    #expect(Timestamp(microseconds: .max).since(Timestamp(microseconds: .min)) == .max)
    #expect(Timestamp(microseconds: .min).since(Timestamp(microseconds: .max)) == .min)
    #expect(noon.plus(seconds: 3).since(noon) == 3_000_000)
  }

  @Test(arguments: [
    ("2026-11-22T16:14:10.738373+00:00", 1_795_364_050_738_373),
    ("2026-11-22T16:14:10+00:00", 1_795_364_050_000_000),
    ("2026-11-22T16:14:10.738373Z", 1_795_364_050_738_373),
    ("2026-11-22T16:14:10Z", 1_795_364_050_000_000),
    ("2026-11-22 16:14:10.738373", 1_795_364_050_738_373),
    ("2026-11-22T16:14:10.7", 1_795_364_050_700_000),
    ("2026-11-22T16:14:10.738", 1_795_364_050_738_000),
    ("2026-11-22T16:14:10.738373999+00:00", 1_795_364_050_738_373),
    ("2026-11-22T18:14:10.738373+02:00", 1_795_364_050_738_373),
    ("2026-11-22T10:44:10.738373-05:30", 1_795_364_050_738_373),
    ("2026-11-22T16:14+00:00", 1_795_364_040_000_000),
    ("2026-11-22", 1_795_305_600_000_000),
    ("9999-12-31T23:59:59.999999+00:00", 253_402_300_799_999_999),
  ]) func readsEveryFormThatTheSeedWrote(text: String, microseconds: Int64) {
    #expect(Timestamp(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "x", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32",
    "2026-04-31", "2026-02-29", "1900-02-29", "2100-02-29", "26-11-22", "2026-11-22T",
    "2026-11-22T1", "2026-11-22T24:00:00", "2026-11-22T16", "2026-11-22T16:60:00",
    "2026-11-22T16:14:61", "2026-11-22T16:14:10.", "2026-11-22T16:14:10.x",
    "2026-11-22T16:14:10+", "2026-11-22T16:14:10+0", "2026-11-22T16:14:10+00:0",
    "2026-11-22T16:14:10+00:", "2026-11-22T16:14:10+00:60", "2026-11-22T16:14:10+24:00",
    "2026-11-22T16:14.5", "2026-11-22T16:14:10+00:00x", "2026-11-22T16:14:10ZZ",
    "2026-11-22T16:14:10 ", " 2026-11-22", "-026-11-22", "２０２６-11-22", "2026-11-22T16:14:10,",
    "10000-01-01",
  ]) func badTextGivesNil(text: String) { #expect(Timestamp(text) == nil) }

  @Test func leapYearsAreThoseOfTheCalendar() {
    for year in ["0000", "1600", "2000", "2024", "2400", "9996"] {
      let leap = Timestamp("\(year)-02-29T12:00:00.000000+00:00")
      #expect(leap?.description == "\(year)-02-29T12:00:00.000000+00:00")
      #expect(leap?.plus(seconds: 86_400).description == "\(year)-03-01T12:00:00.000000+00:00")
    }
    for year in ["0100", "1700", "1900", "2023", "2100", "9999"] {
      #expect(Timestamp("\(year)-02-29") == nil)
      #expect(
        Timestamp("\(year)-02-28")?.plus(seconds: 86_400).description
          == "\(year)-03-01T00:00:00.000000+00:00")
    }
  }

  @Test func momentsOfAllYears0To9999ReadBackAndAreSortedAsText() {
    var moment = Timestamp.earliest
    var last = ""
    var wrong = 0
    // A step that is no divisor of a day: the time of day is another each time.
    let step: Int64 = 37 * 86_400_000_000 + 7_919_000_001
    while moment < .never {
      let text = moment.description
      if Timestamp(text) != moment || text <= last || text.utf8.count != 32 { wrong += 1 }
      last = text
      moment = moment.adding(microseconds: step)
    }
    #expect(wrong == 0)
  }

  @Test func noBytesTrap() {
    var random = FixedGenerator(seed: 1)
    let good = Array("2026-11-22T16:14:10.738373+00:00".utf8)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.bytes(1)[0]
      }
      bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      if let read = Timestamp(String(decoding: bytes, as: UTF8.self)) {
        #expect(read.description.utf8.count == 32)
      }
    }
    #expect(Timestamp(String(repeating: "9", count: 100_000)) == nil)
    #expect(
      Timestamp("2026-11-22T16:14:10." + String(repeating: "7", count: 100_000))?.microseconds
        == 1_795_364_050_777_777)
  }
}
