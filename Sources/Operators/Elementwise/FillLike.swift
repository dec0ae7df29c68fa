import TensorCore

/// A tensor of one number repeated, of the shape and dtype of another, whose elements do not matter.
struct FillLike: Operator {
    let value: Double

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [inputs[0]] }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try fill(&outputs[0], with: value)
    }

    func gradients(_ pass: BackwardPass) -> [Tensor?] { [nil] }
}

public func zerosLike(_ x: Tensor) throws(TensorError) -> Tensor { try apply(FillLike(value: 0), to: [x])[0] }
public func onesLike(_ x: Tensor) throws(TensorError) -> Tensor { try apply(FillLike(value: 1), to: [x])[0] }

extension Tensor {
    /// A tensor of one number repeated; whole dtypes take its whole part.
    ///
    /// - Throws: `TensorError.outOfMemory`, `.invalidArgument` when a whole dtype has no such number, `.symbolic` for
    ///   unknown extents.
    public init(repeating value: Double, _ shape: Shape, _ dtype: DType = .float32) throws(TensorError) {
        guard shape.isKnown else { throw .symbolic(operator: "a tensor of \(shape)") }
        let spec = TensorSpec(shape, dtype)
        let tensor = try Tensor(uninitialized: spec)
        var buffer = tensor.buffer
        try fill(&buffer, with: value)
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
///
/// - Throws: `TensorError.invalidArgument` when a whole dtype has no such number.
func fill(_ buffer: inout TensorBuffer, with value: Double) throws(TensorError) {
    if value == 0 && value.sign == .plus {
        buffer.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.spec.byteCount)
        return
    }
    switch buffer.dtype {
    case .float32: repeatElement(Float(value), in: buffer)
    case .float64: repeatElement(value, in: buffer)
    case .float16: repeatElement(Float16Bits(value), in: buffer)
    case .bfloat16: repeatElement(BFloat16Bits(value), in: buffer)
    case .int8: repeatElement(try whole(value, Int8.self), in: buffer)
    case .int16: repeatElement(try whole(value, Int16.self), in: buffer)
    case .int32: repeatElement(try whole(value, Int32.self), in: buffer)
    case .int64: repeatElement(try whole(value, Int64.self), in: buffer)
    case .uint8: repeatElement(try whole(value, UInt8.self), in: buffer)
    case .uint16: repeatElement(try whole(value, UInt16.self), in: buffer)
    case .uint32: repeatElement(try whole(value, UInt32.self), in: buffer)
    case .uint64: repeatElement(try whole(value, UInt64.self), in: buffer)
    case .bool: repeatElement(value != 0, in: buffer)
    }
}

private func repeatElement<Scalar: TensorScalar>(_ element: Scalar, in buffer: TensorBuffer) {
    buffer.pointer(to: Scalar.self).update(repeating: element, count: buffer.elementCount)
}

private func whole<Scalar: FixedWidthInteger & TensorScalar>(
    _ value: Double, _ type: Scalar.Type
) throws(TensorError) -> Scalar {
    guard value.isFinite, let whole = Scalar(exactly: value.rounded(.towardZero)) else {
        throw .invalidArgument(operator: "fill", message: "\(Scalar.dtype) has no \(value)")
    }
    return whole
}
