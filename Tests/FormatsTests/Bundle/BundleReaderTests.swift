import TensorCore
import Testing

@testable import Formats

/// That all values are read as TensorFlow wrote them is among the golden tests.
struct BundleReaderTests {
    @Test func findsAllGoldenCheckpoints() throws {
        #expect(try GoldenBundle.all().count >= 11)
    }

    @Test func findsNineThousandTensorsInSeveralBlocks() throws {
        let golden = try #require(try GoldenBundle.all().first { $0.folder == "many_variables" })
        let reader = try golden.reader()
        #expect(reader.index.entries.count == 9000)
        for (number, entry) in reader.index.entries.enumerated() {
            #expect(try reader.tensor(entry.name).values == [Float(number) / 2])
        }
    }

    @Test func saysWhatItDoesNotHave() throws {
        let golden = try #require(try GoldenBundle.all().first { $0.folder == "all_dtypes" })
        let reader = try golden.reader()
        #expect(throws: FormatError(.bundle, "index", .missing(name: "nobody"))) { try reader.tensor("nobody") }
        for name in ["t/string", "t/complex64"] {
            let error = #expect(throws: FormatError.self) { try reader.tensor(name) }
            guard case .unsupported = error?.problem else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
