import Formats
import TensorCore
import TestSupport
import Testing

@testable import Checkpoints

/// Checkpoints that leave a folder in one form and come back in it.
struct CheckpointTravelTests {
    @Test(arguments: CheckpointForm.allCases)
    func comesBackAsItLeft(form: CheckpointForm) throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", items())
        let file = try whole(directory.open("a").export(form))
        let upload = try directory.upload(byteCountMax: 1 << 20)
        var rest = file[...]
        while !rest.isEmpty {
            try Array(rest.prefix(1000)).withUnsafeBytes { try upload.append($0) }
            rest = rest.dropFirst(1000)
        }
        try upload.finish(as: "b", form)
        let (first, second) = (try directory.open("a"), try directory.open("b"))
        #expect(Set(first.names) == Set(second.names))
        for name in first.names {
            let (left, right) = (try first.tensor(name), try second.tensor(name))
            #expect(left.spec == right.spec)
            #expect(ByteRegion(left).array == ByteRegion(right).array, "\(name)")
        }
    }

    @Test(arguments: CheckpointForm.allCases)
    func canBeReadInAnyRange(form: CheckpointForm) throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", items())
        let export = try directory.open("a").export(form)
        let file = try whole(export)
        for start in stride(from: 0, to: file.count, by: 97) {
            for count in [0, 1, 5, 300, file.count] {
                var part = [UInt8](repeating: 0, count: count)
                let found = try part.withUnsafeMutableBytes { try export.read(start..<start + count, into: $0) }
                #expect(found == min(count, file.count - start))
                #expect(part.prefix(found).elementsEqual(file[start..<start + found]))
            }
        }
    }

    @Test func carriesWhatOnlyItsOwnFormHolds() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        let odd = [
            BundleItem("text", .strings(shape: [2], [Array("a".utf8), []])),
            BundleItem("wave", .raw(.complex64, shape: [1], ByteRegion(copying: [1, 2, 3, 4, 5, 6, 7, 8]))),
        ]
        try directory.save("a", odd)
        let upload = try directory.upload(byteCountMax: 1 << 20)
        try whole(directory.open("a").export(.tar)).withUnsafeBytes { try upload.append($0) }
        try upload.finish(as: "b", .tar)
        #expect(try directory.open("b").strings("text") == [Array("a".utf8), []])
        #expect(try directory.open("b").bytes("wave").array == [1, 2, 3, 4, 5, 6, 7, 8])
        for form in [CheckpointForm.npz, .safetensors] {
            #expect(throws: FormatError.self) { try directory.open("a").export(form) }
        }
    }

    @Test(arguments: CheckpointForm.allCases)
    func refusesToExportADamagedCheckpoint(form: CheckpointForm) throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", items())
        let path = folder.path + "/a.data-00000-of-00001"
        let bytes = try Goldens.bytes(at: path)
        for place in [0, bytes.count / 2, bytes.count - 1] {
            var spoiled = bytes
            spoiled[place] ^= 0x10
            try write(spoiled, to: path)
            #expect(throws: FormatError.self) { try directory.open("a").export(form) }
        }
    }

    /// A download in many ranges must not read everything for each of them.
    @Test func isReadThroughOnceForManyExports() throws {
        let disk = SimulatedDisk()
        let directory = try CheckpointDirectory(disk.folder, fileSystem: disk, pool: ComputePool(threads: 1))
        try directory.save("a", items())
        func operations(_ body: () throws -> Void) throws -> Int {
            disk.set(.none)
            try body()
            return disk.operations
        }
        let first = try operations { _ = try directory.export("a", as: .npz) }
        let second = try operations { _ = try directory.export("a", as: .safetensors) }
        #expect(second < first)
        let npz = try whole(directory.export("a", as: .npz))
        #expect(try npz == whole(directory.open("a").export(.npz)))
        // Another checkpoint under the same name is looked at anew.
        try directory.save("a", ["x": Tensor(2)], replacing: true)
        let third = try whole(directory.export("a", as: .npz))
        #expect(try third == whole(directory.open("a").export(.npz)) && third != npz)
        #expect(throws: CheckpointError.notFound(id: "b")) { try directory.export("b", as: .tar) }
    }

    @Test func identifiesItsContents() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        try directory.save("a", ["x": Tensor(1)])
        let first = try directory.open("a").export(.npz).identity
        #expect(try directory.open("a").export(.npz).identity == first)
        #expect(try directory.open("a").export(.tar).identity != first)
        try directory.save("a", ["x": Tensor(2)], replacing: true)
        #expect(try directory.open("a").export(.npz).identity != first)
    }

    @Test func leavesNothingOfAnUploadThatFails() throws {
        let folder = TemporaryDirectory()
        let directory = try CheckpointDirectory(folder.path)
        let good = try SafetensorsPlan.pieces(["x": Tensor(1)]).flatMap(\.array)
        for (bytes, form) in [
            (Array(good.dropLast()), CheckpointForm.safetensors), (good, .npz), (good, .tar), ([], .tar), ([], .npz),
            ([], .safetensors),
        ] {
            let upload = try directory.upload(byteCountMax: 1 << 20)
            try bytes.withUnsafeBytes { try upload.append($0) }
            #expect(throws: (any Error).self) { try upload.finish(as: "b", form) }
        }
        #expect(try LocalFileSystem().list(folder.path) == [])
        do {
            let upload = try directory.upload(byteCountMax: 10)
            #expect(throws: CheckpointError.tooLarge(byteCountMax: 10)) {
                try good.withUnsafeBytes { try upload.append($0) }
            }
        }
        #expect(try LocalFileSystem().list(folder.path) == [])
    }

    @Test func forgetsUploadsThatACrashLeft() throws {
        let folder = TemporaryDirectory()
        try write([1, 2, 3], to: folder.path + "/.upload-7")
        let directory = try CheckpointDirectory(folder.path)
        #expect(try LocalFileSystem().list(folder.path) == [])
        // One that is under way outlives the saves beside it.
        let upload = try directory.upload(byteCountMax: 1 << 20)
        try directory.save("a", ["x": Tensor(1)])
        for piece in try SafetensorsPlan.pieces(["x": Tensor(2)]) {
            try piece.withUnsafeBytes { try upload.append($0) }
        }
        try upload.finish(as: "b", .safetensors)
        #expect(try directory.open("b").tensor("x").values == [2])
    }

    private func items() -> [BundleItem] {
        let whole = Tensor([4, 3], (0..<12).map { Float($0) })
        let slices = [BundleSlice(starts: [0, 0], lengths: [4, 1]), BundleSlice(starts: [0, 1], lengths: [4, 2])]
        return [
            BundleItem("flag", Tensor([3], [true, false, true])),
            BundleItem("kernel", Tensor([2, 2], [1, -2, 3, .nan])),
            BundleItem("empty", Tensor([0], [Float]())),
            BundleItem("step", Tensor(Int64(7))),
            BundleItem(
                "parts", .parts(shape: [4, 3], slices.compactMap { slice in whole.part(slice).map { (slice, $0) } })),
        ]
    }

    private func whole(_ export: CheckpointExport) throws -> [UInt8] {
        var file = [UInt8](repeating: 0, count: export.byteCount)
        let count = try file.withUnsafeMutableBytes { try export.read(0..<export.byteCount, into: $0) }
        #expect(count == export.byteCount)
        return file
    }
}
