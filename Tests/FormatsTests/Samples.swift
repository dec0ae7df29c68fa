import Formats
import TensorCore

/// Tensors of every dtype, scalars and empty ones among them.
func samples() throws -> NamedTensors {
    var tensors = NamedTensors()
    for (number, dtype) in DType.allCases.enumerated() {
        let tensor = try Tensor(uninitialized: TensorSpec([2, 3], dtype))
        for index in 0..<tensor.spec.byteCount {
            let byte = UInt8(truncatingIfNeeded: index * 37 + number)
            tensor.buffer.pointer.storeBytes(of: dtype == .bool ? byte & 1 : byte, toByteOffset: index, as: UInt8.self)
        }
        try tensors.insert(tensor, named: "net/\(dtype.name)", format: .bundle)
    }
    try tensors.insert(Tensor(Float(-2.5)), named: "scalar", format: .bundle)
    try tensors.insert(Tensor([0, 4], [Double]()), named: "empty", format: .bundle)
    try tensors.insert(Tensor([1, 2, 1, 3], [Int16](1...6)), named: "rank four", format: .bundle)
    return tensors
}

/// Whether both hold the same tensors, bit for bit, in whatever order.
func isSame(_ left: NamedTensors, _ right: NamedTensors) -> Bool {
    left.names.sorted() == right.names.sorted()
        && left.pairs.allSatisfy { name, tensor in
            guard let other = right[name], other.spec == tensor.spec else { return false }
            return tensor.withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.elementsEqual($0) } }
        }
}

/// The file that pieces make.
func joined(_ pieces: [ByteRegion]) -> [UInt8] { pieces.flatMap(\.array) }

func region(_ bytes: some Collection<UInt8>) -> ByteRegion { ByteRegion(copying: bytes) }
