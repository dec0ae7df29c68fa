import TensorCore

/// A tensor of one number repeated, of the shape and dtype of another, whose elements do not matter.
struct FillLike: Operator {
    let value: Double

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [inputs[0]] }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        fill(&outputs[0], with: value)
    }

    func gradients(_ pass: BackwardPass) -> [Tensor?] { [nil] }
}

public func zerosLike(_ x: Tensor) throws(TensorError) -> Tensor { try apply(FillLike(value: 0), to: [x])[0] }
public func onesLike(_ x: Tensor) throws(TensorError) -> Tensor { try apply(FillLike(value: 1), to: [x])[0] }

extension Tensor {
    /// A tensor of one number repeated; whole dtypes take its whole part.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public init(repeating value: Double, _ shape: Shape, _ dtype: DType = .float32) throws(TensorError) {
        let spec = TensorSpec(shape, dtype)
        let tensor = try Tensor(uninitialized: spec)
        var buffer = tensor.buffer
        fill(&buffer, with: value)
        self = tensor
    }

    public static func zeros(_ shape: Shape, _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        try Tensor(repeating: 0, shape, dtype)
    }

    public static func ones(_ shape: Shape, _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        try Tensor(repeating: 1, shape, dtype)
    }
}

/// Writes one number everywhere.
func fill(_ buffer: inout TensorBuffer, with value: Double) {
    let count = buffer.elementCount
    if value == 0 {
        buffer.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.spec.byteCount)
        return
    }
    switch buffer.dtype {
    case .float32: buffer.pointer(to: Float.self).update(repeating: Float(value), count: count)
    case .float64: buffer.pointer(to: Double.self).update(repeating: value, count: count)
    case .float16: buffer.pointer(to: Float16Bits.self).update(repeating: Float16Bits(value), count: count)
    case .bfloat16: buffer.pointer(to: BFloat16Bits.self).update(repeating: BFloat16Bits(value), count: count)
    case .int8: buffer.pointer(to: Int8.self).update(repeating: Int8(value), count: count)
    case .int16: buffer.pointer(to: Int16.self).update(repeating: Int16(value), count: count)
    case .int32: buffer.pointer(to: Int32.self).update(repeating: Int32(value), count: count)
    case .int64: buffer.pointer(to: Int64.self).update(repeating: Int64(value), count: count)
    case .uint8: buffer.pointer(to: UInt8.self).update(repeating: UInt8(value), count: count)
    case .uint16: buffer.pointer(to: UInt16.self).update(repeating: UInt16(value), count: count)
    case .uint32: buffer.pointer(to: UInt32.self).update(repeating: UInt32(value), count: count)
    case .uint64: buffer.pointer(to: UInt64.self).update(repeating: UInt64(value), count: count)
    case .bool: buffer.pointer(to: Bool.self).update(repeating: true, count: count)
    }
}
