import TensorCore
import TestSupport
import Testing

@testable import Formats

struct EventTests {
    @Test func framesRecordsSoThatTheyCanBeReadBack() throws {
        let payloads: [[UInt8]] = [[], [1], Array(0...255)]
        let file = payloads.flatMap(TFRecord.frame)
        #expect(try TFRecord.read(region(file)).map(\.array) == payloads)
    }

    @Test func framesAsTensorFlowDoes() {
        // Length 1, the masked CRC-32C of that length, "a", the masked CRC-32C of "a".
        let record = TFRecord.frame(Array("a".utf8))
        #expect(record.prefix(8).elementsEqual([1, 0, 0, 0, 0, 0, 0, 0]))
        #expect(record.count == 17)
        #expect(CRC32C(masked: UInt32(0x2D54_0A5C)).masked == 0x2D54_0A5C)
    }

    @Test func refusesEveryDamagedRecord() {
        let file = TFRecord.frame([1, 2, 3]) + TFRecord.frame([4])
        Damage.forEachFlip(of: file) { _, spoiled in
            #expect(throws: FormatError.self) { try TFRecord.read(region(spoiled)) }
        }
        for end in 1..<file.count where end != 19 {
            #expect(throws: FormatError.self) { try TFRecord.read(region(file[..<end])) }
        }
        #expect(throws: FormatError.self) { try TFRecord.read(region(file), payloadBytesMax: 2) }
    }

    @Test func writesScalarsAndHistograms() throws {
        let event = TensorBoardEvent(
            time: 1.5, step: 7,
            values: [("loss", .scalar(0.25)), ("kernel", .histogram(Histogram(Tensor([4], [-1, 0, 0, 2]))))])
        let records = try TFRecord.read(region(TensorBoardEvent.fileStart(time: 1) + event.record))
        #expect(records.count == 2)
        #expect(records[0].array == [9, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 13] + Array("brain.Event:2".utf8))
        let scalar: [UInt8] = [0x0A, 0x0B, 0x0A, 4] + Array("loss".utf8) + [0x15, 0, 0, 0x80, 0x3E]
        let bytes = records[1].array
        #expect(bytes.starts(with: [9, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 7, 0x2A]))
        #expect(bytes.indices.contains { bytes[$0...].starts(with: scalar) })
    }

    @Test func countsValuesInBuckets() {
        var histogram = Histogram(Tensor([5], [-1, 0, 0, 2, .nan]))
        #expect(histogram.minimum == -1 && histogram.maximum == 2 && histogram.count == 4 && histogram.sum == 1)
        #expect(histogram.sumOfSquares == 5)
        histogram.add(.infinity)
        #expect(histogram.count == 4)
        #expect(Histogram.bounds == Histogram.bounds.sorted() && Histogram.bounds.contains(0))
    }

    @Test func namesLogsAsTensorBoardLooksForThem() {
        #expect(TensorBoardEvent.fileName(time: 12.7, host: "h") == "events.out.tfevents.0000000012.h")
        #expect(TensorBoardEvent.fileName(time: 1_700_000_000, host: "h.1") == "events.out.tfevents.1700000000.h.1")
    }
}
