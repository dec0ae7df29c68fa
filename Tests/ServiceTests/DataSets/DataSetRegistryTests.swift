import Checkpoints
import Formats
import TensorCore
import TestSupport
import Testing

@testable import Service

struct DataSetRegistryTests {
    let directory = TemporaryDirectory()

    private func registry() throws -> DataSetRegistry {
        try DataSetRegistry(of: ModelRegistry(directory: directory.path))
    }

    private func npz(_ tensors: NamedTensors) throws -> [UInt8] { try NPZ.pieces(tensors).flatMap(\.array) }

    /// Uploads bytes in pieces of so many.
    @discardableResult
    private func put(
        _ id: String, _ bytes: [UInt8], as form: DataSetRegistry.Form = .npz, to registry: DataSetRegistry,
        pieces count: Int = 1000, bytesMax: Int = 1 << 20
    ) async throws -> (description: DataSetDescription, isNew: Bool) {
        var rest = bytes[...]
        return try await registry.put(id, form, bytesMax: bytesMax) {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(count) }
            return ByteRegion(copying: Array(rest.prefix(count)))
        }
    }

    @Test func anArchiveIsKeptDescribedAndBroughtBack() async throws {
        let bytes = try npz(["x": sample([5, 3]), "y": Tensor([5], [Int64(1), 2, 3, 4, 5])])
        do {
            let registry = try registry()
            #expect(try await put("d", bytes, to: registry, pieces: 7).isNew)
            #expect(try await !put("d", bytes, to: registry).isNew)
        }
        let registry = try registry()
        let all = try await registry.descriptions()
        #expect(all.map(\.id) == ["d"] && all[0].byteCount == bytes.count)
        #expect(all[0].arrays.map(\.name) == ["x", "y"])
        #expect(all[0].arrays.map(\.spec) == [TensorSpec([5, 3]), TensorSpec([5], .int64)])
        #expect(try registry.open("d").arrays["x"]?.values == sample([5, 3]).values)
        try await registry.delete("d")
        #expect(try await registry.descriptions().isEmpty)
        #expect(throws: ServiceError.noSuchDataSet("d")) { try registry.description(of: "d") }
        await #expect(throws: ServiceError.noSuchDataSet("d")) { try await registry.delete("d") }
    }

    @Test func aTableBecomesArrays() async throws {
        let registry = try registry()
        let table = try await put("t", Array("a,b,label\n1,0.5,0\n2,1.5,1\n".utf8), as: .csv, to: registry).description
        #expect(table.arrays.map(\.name) == ["a", "b", "label"])
        #expect(try registry.open("t").arrays["b"]?.values == [0.5, 1.5])
    }

    @Test func whatIsNoDataSetLeavesTheOldOneAndNoFilesBehind() async throws {
        let registry = try registry()
        let good = try npz(["x": sample([5, 3])])
        try await put("d", good, to: registry)
        for (form, bad) in [
            (.npz, Array(good.dropLast(9))), (.npz, [1, 2, 3]), (.csv, Array("a\nx\n".utf8)), (.npz, []),
        ]
            as [(DataSetRegistry.Form, [UInt8])]
        {
            await #expect(throws: FormatError.self) { try await put("d", bad, as: form, to: registry) }
        }
        await #expect(throws: ServiceError.tooLarge("the data set", bytesMax: 100)) {
            try await put("d", good, to: registry, pieces: 64, bytesMax: 100)
        }
        await #expect(throws: ServiceError.unfit("the data set holds no arrays")) {
            try await put("d", try npz([:]), to: registry)
        }
        await #expect(throws: ServiceError.invalidName("../x", what: "data set")) {
            try await put("../x", good, to: registry)
        }
        #expect(try LocalFileSystem().list(directory.path + "/datasets") == ["d.npz"])
        #expect(try registry.open("d").arrays["x"]?.values == sample([5, 3]).values)
    }

    @Test func arraysThatAreInUseOutliveTheirFile() async throws {
        let registry = try registry()
        try await put("d", try npz(["x": sample([5, 3])]), to: registry)
        let open = try registry.open("d")
        try await put("d", try npz(["x": sample([2, 3], scale: 9)]), to: registry)
        try await registry.delete("d")
        #expect(open.arrays["x"]?.values == sample([5, 3]).values)
    }

    @Test func aFileThatWasCopiedInCounts() async throws {
        let registry = try registry()
        try LocalFileSystem().write(try npz(["x": sample([5, 3])]), to: directory.path + "/datasets/copied.npz")
        try LocalFileSystem().write([1, 2, 3], to: directory.path + "/datasets/broken.npz")
        #expect(try await registry.descriptions().map(\.id) == ["copied"])
    }
}
