import Formats
import Glibc
import TensorCore
import TestSupport
import Testing

@testable import Checkpoints

struct CheckpointDirectoryTests {
    @Test func readsBackWhatItSaved() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path + "/models/net/checkpoints")
        let info = try directory.save(
            "net-5", ["net/dense/kernel": Tensor([2, 2], [1, 2, 3, 4]), "step": Tensor(Int64(5))])
        #expect(info.id == "net-5" && info.tensorCount == 2 && info.byteCount > 24)
        let reader = try directory.open("net-5")
        #expect(reader.names == ["net/dense/kernel", "step"])
        #expect(reader.spec("net/dense/kernel") == TensorSpec([2, 2], .float32))
        #expect(try reader.tensor("net/dense/kernel").values == [1, 2, 3, 4])
        #expect(try reader.tensor("step").scalars(Int64.self) == [5])
        #expect(
            try LocalFileSystem().list(directory.path).sorted()
                == ["checkpoint", "net-5.data-00000-of-00001", "net-5.index"])
    }

    @Test func remembersAcrossARestart() throws {
        let folder = TemporaryDirectory()
        let first = try CheckpointDirectory(folder.path)
        for step in [9, 10, 2] { try first.save("net-\(step)", ["x": Tensor(Float(step))]) }
        let second = try CheckpointDirectory(folder.path)
        #expect(try second.list().map(\.id) == ["net-9", "net-10", "net-2"])
        #expect(try second.latest() == "net-2")
        #expect(try second.open("net-10").tensor("x").values == [10])
    }

    @Test func refusesAnIdThatExists() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", ["x": Tensor(1)])
        #expect(throws: CheckpointError.alreadyExists(id: "a")) { try directory.save("a", ["x": Tensor(2)]) }
        #expect(try directory.open("a").tensor("x").values == [1])
    }

    @Test func replacesOnDemand() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        for value in [1, 2, 3] as [Float] {
            try directory.save("a", ["x": Tensor(value)], replacing: true)
            #expect(try directory.open("a").tensor("x").values == [value])
            #expect(try directory.list().map(\.id) == ["a"])
        }
        #expect(
            try LocalFileSystem().list(folder.path).sorted() == ["a.data-00000-of-00001", "a.index", "checkpoint"])
    }

    @Test(arguments: ["", ".", "..", "a/b", "-a", ".a", "checkpoint", "a b", "ä", String(repeating: "a", count: 129)])
    func refusesWhatCannotNameACheckpoint(id: String) throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        #expect(throws: CheckpointError.invalidID(id)) { try directory.save(id, ["x": Tensor(1)]) }
        #expect(throws: CheckpointError.invalidID(id)) { try directory.open(id) }
        #expect(throws: CheckpointError.invalidID(id)) { try directory.delete(id) }
    }

    @Test func deletesForGood() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", ["x": Tensor(1)])
        try directory.save("b", ["x": Tensor(2)])
        let reader = try directory.open("b")
        try directory.delete("b")
        #expect(try directory.list().map(\.id) == ["a"])
        #expect(try directory.latest() == "a")
        #expect(try reader.tensor("x").values == [2])
        #expect(throws: CheckpointError.notFound(id: "b")) { try directory.delete("b") }
        #expect(throws: CheckpointError.notFound(id: "b")) { try directory.open("b") }
        try directory.delete("a")
        #expect(try LocalFileSystem().list(folder.path) == [])
        #expect(try directory.latest() == nil)
    }

    @Test func listsWhatWasCopiedInOnceItIsWhole() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("own-1", ["x": Tensor(1)])
        let (index, data) = ("model.ckpt-25.index", "model.ckpt-25.data-00000-of-00001")
        let indexBytes = try Goldens.bytes("tf_checkpoints/net_adam/\(index)")
        let dataBytes = try Goldens.bytes("tf_checkpoints/net_adam/\(data)")
        try write(Array(dataBytes.dropLast()), to: "\(folder.path)/\(data)")
        #expect(try directory.list().map(\.id) == ["own-1"])
        try write(Array(indexBytes.dropLast(9)), to: "\(folder.path)/\(index)")
        #expect(try directory.list().map(\.id) == ["own-1"])
        try write(indexBytes, to: "\(folder.path)/\(index)")
        #expect(try directory.list().map(\.id) == ["own-1"])
        try write(dataBytes, to: "\(folder.path)/\(data)")
        #expect(try directory.list().map(\.id) == ["own-1", "model.ckpt-25"])
        #expect(try directory.open("model.ckpt-25").tensor("global_step").scalars(Int64.self) == [25])
        let restarted = try CheckpointDirectory(folder.path)
        #expect(try restarted.list().map(\.id) == ["own-1", "model.ckpt-25"])
        #expect(try restarted.latest() == "own-1")
    }

    @Test func rotatesAsTensorFlowDoes() throws {
        let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/rotation/manifest.json"))
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path, policy: CheckpointPolicy(keepLast: 2))
        for step in try #require(manifest["history"]?.array) {
            let number = try #require(step["saved_step"]?.integer)
            try directory.save(
                "model.ckpt-\(number)", ["net/dense/kernel": Tensor([2, 2], Array(repeating: Float(number), count: 4))])
            #expect(try LocalFileSystem().list(folder.path).sorted() == step["files"]?.array?.compactMap(\.string))
            #expect(try text(of: folder.path + "/checkpoint") == step["state_file"]?.string)
            #expect(try directory.latest() == step["latest_checkpoint"]?.string)
        }
    }

    @Test func whatCameFromOutsideIsNeitherTheLatestNorRotatedAway() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path, policy: CheckpointPolicy(keepLast: 1))
        try directory.save("a", ["x": Tensor(1)])
        try directory.save("sent", [BundleItem("x", Tensor(2))], isForeign: true)
        #expect(try directory.list().map(\.id) == ["a", "sent"])
        #expect(try directory.latest() == "a")
        #expect(try directory.saved() == ["a"])
        try directory.save("b", ["x": Tensor(3)])
        #expect(try directory.list().map(\.id).sorted() == ["b", "sent"])
        let second = try CheckpointDirectory(folder.path, policy: CheckpointPolicy(keepLast: 1))
        try second.save("c", ["x": Tensor(4)])
        #expect(try second.list().map(\.id).sorted() == ["c", "sent"])
        #expect(try second.latest() == "c")
    }

    @Test func thePolicyCanChangeAndSpareSome() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        for id in ["a", "b", "c"] { try directory.save(id, ["x": Tensor(1)]) }
        try directory.setPolicy(CheckpointPolicy(keepLast: 1), sparing: ["a"])
        #expect(try directory.list().count == 3)
        try directory.save("d", ["x": Tensor(1)])
        #expect(try directory.list().map(\.id).sorted() == ["a", "d"])
        try directory.setPolicy(.all)
        for id in ["e", "f"] { try directory.save(id, ["x": Tensor(1)]) }
        #expect(try directory.list().map(\.id).sorted() == ["a", "d", "e", "f"])
    }

    /// A process that is started again every day must still keep one for each week.
    @Test func theHoursCountAcrossRestarts() throws {
        let folder = TemporaryDirectory()
        let policy = CheckpointPolicy(keepLast: 1, keepEveryHours: 168)
        // The files' own times are those of the system's clock.
        let start = CheckpointDirectory.systemClock()
        _ = try CheckpointDirectory(folder.path, policy: policy, clock: { start - 10 * 86_400 })
            .save("first", ["x": Tensor(1)])
        let text = try text(of: folder.path + "/checkpoint")
        #expect(try CheckpointState(parsing: text).lastPreservedTimestamp == start - 10 * 86_400)
        for day in 1...3 {
            let directory = try CheckpointDirectory(folder.path, policy: policy, clock: { start + Double(day) })
            try directory.save("day-\(day)", ["x": Tensor(1)])
        }
        #expect(try CheckpointDirectory(folder.path).list().map(\.id) == ["first", "day-3"])
    }

    /// In a folder that is not ours alone, only what bears the name of a change of ours is cleared up.
    @Test func leavesTheFilesOfOthersAlone() throws {
        let folder = TemporaryDirectory()
        let others = [
            ".tmp-notes", ".tmp-", ".tmp-.index", ".tmp--x.index", ".upload-mine", "x.index.bak", ".tmp-a.data-0",
        ]
        for name in others { try write([1], to: "\(folder.path)/\(name)") }
        for name in [".tmp-b.index", ".tmp-b.data-00000-of-00001", ".tmp-c.old", ".tmp-checkpoint", ".upload-12"] {
            try write([1], to: "\(folder.path)/\(name)")
        }
        let directory = try CheckpointDirectory(folder.path)
        #expect(try LocalFileSystem().list(folder.path).sorted() == others.sorted())
        try directory.save("a", ["x": Tensor(1)])
        try directory.delete("a")
        #expect(try LocalFileSystem().list(folder.path).sorted() == others.sorted())
    }

    @Test func savesManyTensorsOfAllSizes() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        var tensors = NamedTensors()
        for number in 0..<500 {
            let count = number % 50 == 7 ? 700_000 : number % 13
            try tensors.insert(
                Tensor([count], (0..<count).map { Float($0 + number) }), named: "v\(number)", format: .bundle)
        }
        try directory.save("big", tensors)
        let reader = try directory.open("big")
        for (name, tensor) in tensors.pairs { #expect(try reader.tensor(name).values == tensor.values) }
    }

    @Test func readsFromMappedFiles() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save(
            "a", ["flag": Tensor([], [true]), "x": Tensor([3], [1, 2, 3]), "y": Tensor([2], [Int8(4), 5])])
        let reader = try directory.open("a", .mapped)
        try directory.delete("a")
        #expect(try reader.tensor("x").values == [1, 2, 3])
        #expect(try reader.tensors(["y", "flag"]).map(\.shape) == [[2], []])
        #expect(try reader.tensor("y").scalars(Int8.self) == [4, 5])
    }

    @Test func refusesDamagedData() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", ["x": Tensor([3], [1, 2, 3]), "y": Tensor(4)])
        let path = folder.path + "/a.data-00000-of-00001"
        var bytes = try Goldens.bytes(at: path)
        bytes[5] ^= 1
        try write(bytes, to: path)
        let reader = try directory.open("a")
        let error = #expect(throws: FormatError.self) { try reader.tensor("x") }
        guard case .checksum = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try reader.tensor("y").values == [4])
    }

    @Test func reportsADirectoryThatCannotBeWritten() throws {
        let folder = TemporaryDirectory()
        try write([1], to: folder.path + "/file")
        let error = #expect(throws: FileError.self) { try CheckpointDirectory(folder.path + "/file") }
        #expect(error?.code == EEXIST)
    }
}

/// Writes a file as a user might, with no ceremony.
func write(_ bytes: [UInt8], to path: String) throws {
    let file = try LocalFileSystem().open(path, .create)
    try bytes.withUnsafeBytes { try file.writeAll($0, at: 0) }
    try file.close()
}

func text(of path: String) throws -> String { String(decoding: try Goldens.bytes(at: path), as: UTF8.self) }
