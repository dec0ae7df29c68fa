import TensorCore

/// Zeros for each example of a batch, whose elements do not matter.
///
/// - Shapes: `x [batch, …]` → `[batch, extents…]`, or the batch at another axis of x.
/// - Throws: `TensorError.axisOutOfRange` when x has no such axis.
struct ZeroState: StepOperator {
    let extents: [Int]
    let batchAxis: Int

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        let axis = try resolvedAxis(batchAxis, of: x.shape, operator: name)
        return x.with(try Shape(result: [x.shape[axis]] + extents))
    }

    func forward(_ x: Tensor, into zeros: inout TensorBuffer) { copyOrClear(nil, into: zeros) }
}

/// Zeros `[batch, extents…]` of x's dtype for each of the examples of x; shapes and errors as in ``ZeroState``.
public func zeroState(_ extents: [Int], for x: Tensor, batchAxis: Int = 0) throws(TensorError) -> Tensor {
    try apply(ZeroState(extents: extents, batchAxis: batchAxis), to: x)
}

/// A state of zeros for a recurrent kernel `[units, …]`.
func zeroState(_ x: Tensor, _ recurrent: Tensor) throws(TensorError) -> Tensor {
    guard let units = recurrent.shape.extents.first else {
        throw .rankTooSmall(operator: "zeroState", minimum: 1, received: recurrent.shape)
    }
    return try zeroState([units], for: x)
}
