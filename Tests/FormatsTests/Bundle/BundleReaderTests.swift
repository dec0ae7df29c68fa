import TensorCore
import Testing

@testable import Formats

struct BundleReaderTests {
    @Test func findsAllGoldenCheckpoints() throws {
        #expect(try GoldenBundle.all().count >= 11)
    }

    @Test(arguments: try GoldenBundle.all())
    func readsWhatTensorFlowWroteValueForValue(golden: GoldenBundle) throws {
        let reader = try golden.reader()
        #expect(!golden.tensors.isEmpty)
        for expected in golden.tensors {
            let name = try #require(expected["name"]?.string)
            let entry = try #require(reader.index[name])
            #expect(entry.dtype.name == expected["dtype"]?.string)
            #expect(entry.shape == expected["shape"]?.array?.compactMap(\.integer))
            #expect(entry.shard == expected["shard_id"]?.integer)
            #expect(entry.offset == expected["offset"]?.integer)
            #expect(entry.byteCount == expected["size"]?.integer)
            #expect(Int(entry.checksum) == expected["crc32c_masked"]?.integer)
            let values = try #require(expected["values"])
            #expect(try isSame(values, reader, entry), "\(name)")
        }
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

    /// Whether the manifest's values are those of the tensor.
    private func isSame(_ values: JSONValue, _ reader: BundleReader, _ entry: BundleEntry) throws -> Bool {
        switch entry.dtype {
        case .string:
            // The manifest has them as Latin-1.
            let strings = try reader.strings(entry.name)
            return values.array?.map { $0.string.map { $0.unicodeScalars.map { UInt8($0.value) } } } == strings
        case .complex64:
            let (real, imaginary) = (try #require(values["real"]), try #require(values["imag"]))
            let bytes = try reader.bytes(entry.name).array
            let parts = try [real, imaginary].map { try tensor($0.description).values }
            let expected = zip(parts[0], parts[1]).flatMap { [$0, $1] }
            return expected.withUnsafeBytes { $0.elementsEqual(bytes) }
        default:
            let found = try reader.tensor(entry.name)
            return sameNumbers(try tensor(values.description, found.dtype, expecting: found.shape), found)
        }
    }
}
