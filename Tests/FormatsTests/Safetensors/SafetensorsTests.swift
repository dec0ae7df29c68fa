import TensorCore
import TestSupport
import Testing

@testable import Formats

struct SafetensorsTests {
    @Test func readsBackWhatItWrote() throws {
        let tensors = try samples()
        let file = joined(try SafetensorsPlan.pieces(tensors, metadata: ["made by": "a \"test\""]))
        let reader = try SafetensorsReader(region(file))
        #expect(isSame(try reader.tensors(), tensors))
        #expect(reader.metadata["made by"] == "a \"test\"")
    }

    @Test func putsEveryTensorWhereItIsAligned() throws {
        let reader = try SafetensorsReader(region(joined(try SafetensorsPlan.pieces(samples()))))
        for name in reader.names {
            let tensor = try reader.tensor(name)
            #expect(UInt(bitPattern: tensor.pointer) % UInt(tensor.dtype.byteCount) == 0)
        }
    }

    @Test(arguments: try Goldens.names(in: "").filter { $0.hasSuffix(".safetensors") })
    func readsTheGoldens(name: String) throws {
        let tensors = try SafetensorsReader(region(Goldens.bytes(name))).tensors()
        #expect(tensors.count > 0)
        #expect(isSame(try SafetensorsReader(region(joined(SafetensorsPlan.pieces(tensors)))).tensors(), tensors))
    }

    @Test func refusesEveryFlippedByteOfOurs() throws {
        let tensors: NamedTensors = ["a": Tensor([3], [1, 2, 3]), "b": Tensor([], [true])]
        let file = joined(try SafetensorsPlan.pieces(tensors))
        Damage.forEachFlip(of: file) { place, spoiled in
            // Harmless at best: then the values are as they were.
            if let read = try? SafetensorsReader(region(spoiled)).tensors() {
                #expect(isSame(read, tensors), "byte \(place)")
            }
        }
    }

    @Test func refusesEveryPrefixAndSurvivesRandomBytes() throws {
        let file = joined(try SafetensorsPlan.pieces(["a": Tensor([3], [1, 2, 3])]))
        Damage.forEachPrefix(of: file) { prefix in
            #expect(throws: (any Error).self) { try SafetensorsReader(region(prefix)) }
        }
        Damage.forEachRandomChange(of: file, count: 3000) { bytes in
            _ = try? SafetensorsReader(region(bytes)).tensors()
        }
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}}"#,
        #"{"a":{"dtype":"I16","shape":[1],"data_offsets":[2,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}"#,
        #"{"../a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"/etc/passwd":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a\\b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a\u0000":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"strata.format":"1"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"__metadata__":{"strata.crc32c":"00000000"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"[1]"#, #" {}"#, #"{}"#, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#,
        #"{"a":[[[[[[[[]]]]]]]]}"#,
    ])
    func refusesHostileHeaders(header: String) {
        #expect(throws: (any Error).self) { try SafetensorsReader(region(file(header))).tensors() }
    }

    @Test func takesAPlainFileOfOthers() throws {
        let header = #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   "#
        #expect(try SafetensorsReader(region(file(header))).tensor("a").values == [2])
    }

    @Test func limitsTheHeader() {
        var limits = SafetensorsReader.Limits()
        limits.headerBytesMax = 10
        #expect(throws: FormatError.self) {
            try SafetensorsReader(
                region(file(#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#)), limits: limits)
        }
        let huge = [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8)
        #expect(throws: FormatError.self) { try SafetensorsReader(region(huge)) }
    }

    @Test func refusesToWriteNamesThatItWouldNotRead() {
        for name in ["__metadata__", "../x", "", "/x"] {
            #expect(throws: FormatError.self) { try SafetensorsPlan.pieces([name: Tensor(1)]) }
        }
    }

    /// A file with this header and four bytes of data, the float 2.
    private func file(_ header: String) -> [UInt8] {
        var file: [UInt8] = []
        file.appendFixed(UInt64(header.utf8.count))
        return file + Array(header.utf8) + [0, 0, 0, 64]
    }
}
