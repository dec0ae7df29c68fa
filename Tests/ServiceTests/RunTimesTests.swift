import Testing

@testable import Service

struct RunTimesTests {
    @Test func areUnknownBeforeARunOfThatSize() {
        let times = RunTimes()
        times.note(nanoseconds: 100, rows: 4)
        #expect(times.nanoseconds(rows: 1) == nil && times.nanoseconds(rows: 8) == nil)
    }

    @Test func growWithTheExamplesWithinASize() {
        let times = RunTimes()
        times.note(nanoseconds: 8_000, rows: 4)
        #expect(times.nanoseconds(rows: 4) == 8_000 && times.nanoseconds(rows: 7) == 14_000)
    }

    @Test func areNotMovedByOneRunThatWasHeldUp() {
        let times = RunTimes()
        times.note(nanoseconds: 1_000, rows: 1)
        times.note(nanoseconds: 5_000_000, rows: 1)
        #expect(times.nanoseconds(rows: 1) == 1_000)
        times.note(nanoseconds: 6_000_000, rows: 1)
        #expect(times.nanoseconds(rows: 1) == 5_000_000)
    }

    @Test(arguments: [0, -1, Int.max]) func takeAnyNumberOfExamples(_ rows: Int) {
        let times = RunTimes()
        times.note(nanoseconds: UInt64.max, rows: rows)
        #expect(times.nanoseconds(rows: rows) != nil)
    }
}
