import Checkpoints
import Formats
import TensorCore

/// Files for other programs to read, and theirs for us.
struct Interchange {
    let path: String
    private let system = LocalFileSystem()

    func write() throws {
        let directory = try CheckpointDirectory(path + "/bundle")
        var tensors = try samples()
        try directory.save("all-1", tensors, replacing: true)
        try directory.save("all-2", tensors, replacing: true)
        try directory.save("all-2", tensors, replacing: true)
        let many = (0..<9000).map { BundleItem("block_\($0)/kernel", Tensor(Float($0) / 2)) }
        try directory.save("many", many, replacing: true)
        let whole = Tensor([6, 4], (0..<24).map { Float($0) })
        let slices = [
            BundleSlice(starts: [0, 0], lengths: [6, 1]), BundleSlice(starts: [0, 1], lengths: [2, 3]),
            BundleSlice(starts: [2, 1], lengths: [4, 3]),
        ]
        let parts = slices.compactMap { slice in whole.part(slice).map { (slice, $0) } }
        try directory.save(
            "odd",
            [
                BundleItem("parts", .parts(shape: [6, 4], parts)),
                BundleItem("text", .strings(shape: [3], [Array("hello".utf8), [], [0, 255]])),
                BundleItem("wave", .raw(.complex64, shape: [1], ByteRegion(copying: [0, 0, 128, 63, 0, 0, 0, 64]))),
            ], replacing: true)
        for form in CheckpointForm.allCases {
            let export = try directory.open("all-2").export(form)
            let bytes = ByteRegion(uninitialized: export.byteCount) { buffer in
                _ = try? export.read(0..<export.byteCount, into: buffer)
            }
            try put([bytes], "export.\(form.rawValue)")
        }
        try put(SafetensorsPlan.pieces(tensors, metadata: ["by": "test"]), "tensors.safetensors")
        try put(NPZ.pieces(tensors), "tensors.npz")
        try put(NPZ.pieces(tensors, deflated: true), "deflated.npz")
        for (name, tensor) in tensors.pairs { try put(NPY.pieces(tensor), "\(name).npy") }
        try writeEvents()
        tensors = NamedTensors()
    }

    func read() throws {
        let expected = try samples()
        for name in try system.list(path).sorted() {
            let file = try system.open("\(path)/\(name)", .read).map()
            let found: NamedTensors
            switch name.split(separator: ".").last {
            case "npz": found = try NPZ.read(file)
            case "safetensors": found = try SafetensorsReader(file).tensors()
            case "tar":
                let reader = try BundleArchive.reader(file)
                let names = reader.index.entries.map(\.name).filter { expected[$0] != nil }
                found = try NamedTensors(zip(names, reader.tensors(names)), format: .bundle)
            default: continue
            }
            var same = 0
            for (name, tensor) in found.pairs {
                guard let other = expected[name] else { continue }
                let isSame =
                    other.spec == tensor.spec
                    && tensor.withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.elementsEqual($0) } }
                if isSame { same += 1 } else { print("DIFFERENT: \(name) \(tensor) \(other)") }
            }
            print("\(name): \(same) of \(expected.count) as expected")
        }
    }

    /// Element i of every tensor is i, but for bools, which are i mod 2.
    private func samples() throws -> NamedTensors {
        var tensors = NamedTensors()
        for dtype in DType.allCases {
            let tensor = try Tensor(uninitialized: TensorSpec([2, 3], dtype))
            for index in 0..<6 { store(index, tensor, dtype) }
            try tensors.insert(tensor, named: "t_\(dtype.name)", format: .bundle)
        }
        try tensors.insert(Tensor(Float(-2.5)), named: "scalar", format: .bundle)
        try tensors.insert(Tensor([0, 4], [Double]()), named: "empty", format: .bundle)
        return tensors
    }

    private func store(_ value: Int, _ tensor: Tensor, _ dtype: DType) {
        let place = tensor.buffer.pointer + value * dtype.byteCount
        switch dtype {
        case .float32: place.storeBytes(of: Float(value), as: Float.self)
        case .float64: place.storeBytes(of: Double(value), as: Double.self)
        case .float16: place.storeBytes(of: Float16Bits(Float(value)).bits, as: UInt16.self)
        case .bfloat16: place.storeBytes(of: BFloat16Bits(Float(value)).bits, as: UInt16.self)
        case .bool: place.storeBytes(of: UInt8(value & 1), as: UInt8.self)
        default:
            for index in 0..<dtype.byteCount {
                (place + index).storeBytes(of: UInt8(truncatingIfNeeded: value >> (8 * index)), as: UInt8.self)
            }
        }
    }

    private func writeEvents() throws {
        var log = TensorBoardEvent.fileStart(time: 1_700_000_000)
        let spread = Tensor([1000], (0..<1000).map { Float($0) / 100 - 5 })
        for step in 1...3 {
            log +=
                TensorBoardEvent(
                    time: 1_700_000_000 + Double(step), step: Int64(step),
                    values: [("loss", .scalar(1 / Float(step))), ("kernel", .histogram(Histogram(spread)))]
                ).record
        }
        try put([ByteRegion(copying: log)], TensorBoardEvent.fileName(time: 1_700_000_000, host: "test"))
    }

    private func put(_ pieces: [ByteRegion], _ name: String) throws {
        let file = try system.open("\(path)/\(name)", .create)
        var offset = 0
        for piece in pieces {
            try piece.withUnsafeBytes { try file.writeAll($0, at: offset) }
            offset += piece.count
        }
        try file.close()
    }
}
