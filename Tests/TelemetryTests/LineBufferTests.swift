import Dispatch
import HTTPTestSupport
import Locking
import Telemetry
import Testing

/// Lines …
struct LineBufferTests {
    @Test func areWrittenTogetherAfterAWhile() {
        let time = ManualTime()
        let written = Lock<[String]>([])
        let lines = LineBuffer(time: time, queue: nil) { bytes in
            written.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        lines.add { $0 += Array("one\n".utf8) }
        lines.add { $0 += Array("two\n".utf8) }
        time.advance(by: .milliseconds(249))
        #expect(written.withLock { $0 }.isEmpty)
        time.advance(by: .milliseconds(1))
        #expect(written.withLock { $0 } == ["one\ntwo\n"])
        lines.add { $0 += Array("three\n".utf8) }
        time.advance(by: .milliseconds(250))
        #expect(written.withLock { $0 } == ["one\ntwo\n", "three\n"])
    }

    @Test func areWrittenAtOnceWhenThereAreMany() {
        let written = Lock(0)
        let lines = LineBuffer(time: ManualTime(), queue: nil) { bytes in written.withLock { $0 += bytes.count } }
        let line = [UInt8](repeating: 0x61, count: 10_000)
        for _ in 0..<27 { lines.add { $0 += line } }
        #expect(written.withLock { $0 } == 270_000)
        lines.add { $0 += line }
        lines.flush()
        lines.flush()
        #expect(written.withLock { $0 } == 280_000)
    }

    @Test func areWrittenElsewhereAndAllOfThemByAFlush() {
        let written = Lock(0)
        let lines = LineBuffer(time: ManualTime(), queue: DispatchQueue(label: "test")) { bytes in
            written.withLock { $0 += bytes.count }
        }
        let line = [UInt8](repeating: 0x61, count: 1_000)
        for _ in 0..<1_000 { lines.add { $0 += line } }
        lines.flush()
        #expect(written.withLock { $0 } == 1_000_000)
    }

    @Test func areDroppedAndCountedWhileNobodyTakesThem() {
        let gate = DispatchSemaphore(value: 0)
        let lines = LineBuffer(time: ManualTime(), queue: DispatchQueue(label: "test")) { _ in gate.wait() }
        // Each is a batch of its own, and 8 MiB are 27.96 of them.
        let line = [UInt8](repeating: 0x61, count: 300_000)
        for _ in 0..<40 { lines.add { $0 += line } }
        #expect(lines.dropped.value == 12)
        for _ in 0..<28 { gate.signal() }
        lines.flush()
        gate.signal()
        lines.add { $0 += line }
        #expect(lines.dropped.value == 12)
    }

    @Test func quoteWhatTheyAreGiven() {
        var bytes: [UInt8] = []
        bytes.appendQuoted("a\"b\\c\nd")
        bytes.appendDecimal(0)
        bytes.appendDecimal(120)
        bytes.appendDecimal(7, width: 3)
        bytes.appendDecimal(.max)
        #expect(String(decoding: bytes, as: UTF8.self) == #""a\"b\\c\u000ad"012000718446744073709551615"#)
    }
}
