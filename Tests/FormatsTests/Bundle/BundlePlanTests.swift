import TensorCore
import Testing

@testable import Formats

struct BundlePlanTests {
    @Test func readsBackWhatItWrote() throws {
        let items = [
            BundleItem("z", Tensor([2, 3], [1, 2, 3, 4, 5, 6])),
            BundleItem("flag", Tensor([], [true])),
            BundleItem("empty", Tensor([0, 3], [Float]())),
            BundleItem("a/b", Tensor([2], [Int64.max, .min])),
            BundleItem("text", .strings(shape: [2], [Array("hello".utf8), []])),
            BundleItem("wave", .raw(.complex64, shape: [1], ByteRegion(copying: [0, 0, 128, 63, 0, 0, 0, 64]))),
        ]
        let reader = try reader(of: BundlePlan(items))
        #expect(reader.index.entries.map(\.name) == ["a/b", "empty", "flag", "text", "wave", "z"])
        #expect(try reader.tensor("z").values == [1, 2, 3, 4, 5, 6])
        #expect(try reader.tensor("flag").scalars(Bool.self) == [true])
        #expect(try reader.tensor("empty").shape == [0, 3])
        #expect(try reader.tensor("a/b").scalars(Int64.self) == [.max, .min])
        #expect(try reader.strings("text") == [Array("hello".utf8), []])
        #expect(try reader.bytes("wave").array == [0, 0, 128, 63, 0, 0, 0, 64])
    }

    @Test func writesTheSameDataFileAsTensorFlow() throws {
        for golden in try GoldenBundle.all() where golden.folder != "two_shards" {
            let original = try golden.reader()
            let items = try original.index.entries.map { entry -> BundleItem in
                if !entry.slices.isEmpty {
                    let whole = try original.tensor(entry.name)
                    let parts = try entry.slices.map { ($0, try #require(whole.part($0))) }
                    return BundleItem(entry.name, .parts(shape: whole.shape, parts))
                }
                if entry.dtype == .string {
                    return BundleItem(entry.name, .strings(shape: entry.shape, try original.strings(entry.name)))
                }
                guard entry.dtype.dtype != nil else {
                    return BundleItem(
                        entry.name, .raw(entry.dtype, shape: entry.shape, try original.bytes(entry.name)))
                }
                return BundleItem(entry.name, try original.tensor(entry.name))
            }
            let plan = try BundlePlan(items.reversed())
            #expect(plan.pieces.flatMap(\.region.array) == (try golden.shards(1)[0]), "\(golden.folder)")
            let copy = try reader(of: plan)
            #expect(copy.index.entries == original.index.entries, "\(golden.folder)")
        }
    }

    @Test func needsSeveralBlocksForManyTensors() throws {
        let items = (0..<9000).map { BundleItem("block_\(10_000 + $0)/layer/kernel", Tensor(Float($0))) }
        let reader = try reader(of: BundlePlan(items))
        #expect(try reader.tensor("block_18999/layer/kernel").values == [8999])
        #expect(reader.index.entries.count == 9000)
    }

    @Test func refusesNamesThatOccurTwice() {
        #expect(throws: FormatError(.bundle, "names", .duplicate(name: "x"))) {
            try BundlePlan([BundleItem("x", Tensor(1)), BundleItem("y", Tensor(1)), BundleItem("x", Tensor(2))])
        }
        #expect(throws: FormatError.self) { try BundlePlan([BundleItem("", Tensor(1))]) }
    }
}

/// A checkpoint as it will be on disk.
func files(of plan: BundlePlan, shardCount: Int = 1) -> (index: [UInt8], data: [UInt8]) {
    let checksums = plan.pieces.map { $0.region.withUnsafeBytes { CRC32C($0) } }
    return (plan.index(checksums: checksums, shardCount: shardCount), plan.pieces.flatMap(\.region.array))
}

func reader(of plan: BundlePlan) throws -> BundleReader {
    let (index, data) = files(of: plan)
    return try BundleReader(index: ByteRegion(copying: index), shards: [ByteRegion(copying: data)])
}
