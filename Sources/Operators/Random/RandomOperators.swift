import TensorCore

/// Numbers drawn from a key: a pure function of it, the same on any number of threads. Number `i` of the result is number
/// `i` of the key's stream.
///
/// - Shapes: `key [2]` → `shape`.
/// - Throws: `TensorError.unsupportedDType`, `.rankMismatch` for what is no key.
protocol RandomOperator: StepOperator {
    var shape: Shape { get }
    var dtype: DType { get }
    /// Writes numbers `range` of the stream to their places from `target` on.
    func draw(_ stream: RandomStream, _ range: Range<Int>, into target: UnsafeMutableRawPointer)
}

extension RandomOperator {
    func outputSpec(_ key: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireKey(key, operator: name)
        try requireFloats(dtype, operator: name)
        guard shape.isKnown else { throw .symbolic(operator: "\(name) of \(shape)") }
        return TensorSpec(shape, dtype)
    }

    func forward(_ key: Tensor, into y: inout TensorBuffer) {
        let stream = RandomStream(key)
        let (target, size) = (y.pointer, y.dtype.byteCount)
        Kernels.shareOut(y.elementCount, cost: 4) { range in
            draw(stream, range, into: target + range.lowerBound * size)
        }
    }
}

/// The same with the shape of a second input, whose elements do not matter: for extents that only the run knows.
struct RandomLike<Numbers: RandomOperator>: BinaryOperator {
    /// Makes the operator for a shape.
    let numbers: @Sendable (Shape) -> Numbers

    var name: String { numbers(Shape()).name }

    func outputSpec(_ key: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        try numbers(Shape()).outputSpec(key).with(reference.shape)
    }

    func forward(_ key: Tensor, _ reference: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try numbers(reference.shape).forward(key, into: &y)
    }

    func gradients(x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed) -> (Tensor?, Tensor?) { (nil, nil) }
}

/// Draws from a new key, or from the given one.
func drawing(_ op: some RandomOperator, _ key: Tensor?) throws(TensorError) -> Tensor {
    try apply(op, to: someKey(key))
}

/// The given key, or a new one.
func someKey(_ key: Tensor?) throws(TensorError) -> Tensor {
    if let key { return key }
    return try randomKey()
}
