import TensorCore

/// A function of two elements, stretched over two tensors by NumPy's rule.
///
/// - Shapes: axes are matched from the last; extents must be equal, or one of them 1.
/// - Throws: `TensorError.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
public protocol BroadcastingOperator: BinaryOperator {
    static var kernel: BinaryKernel { get }
    /// The function's own numbers.
    var parameters: (Double, Double) { get }
}

extension BroadcastingOperator {
    public var parameters: (Double, Double) { (0, 0) }

    public func outputSpec(_ x: TensorSpec, _ y: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.dtype == y.dtype else { throw .dtypeMismatch(operator: name, left: x.dtype, right: y.dtype) }
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        if x.shape == y.shape { return x }
        return x.with(try broadcastShape(x.shape, y.shape, operator: name))
    }

    public func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) {
        Self.kernel.run(x, y, into: &z, parameters.0, parameters.1)
    }
}

/// A broadcasting function through which no gradient flows.
public protocol BroadcastingStepOperator: BroadcastingOperator {}

extension BroadcastingStepOperator {
    public func gradients(x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed) -> (Tensor?, Tensor?) {
        (nil, nil)
    }
}

/// The shape that both stretch to.
func broadcastShape(_ x: Shape, _ y: Shape, operator name: @autoclosure () -> String) throws(TensorError) -> Shape {
    let rank = max(x.rank, y.rank)
    var result = rank == x.rank ? x : y
    for back in 1...max(rank, 1) where back <= min(x.rank, y.rank) {
        let left = x[x.rank - back]
        let right = y[y.rank - back]
        let extent: Int
        if left == right || right == 1 {
            extent = left
        } else if left == 1 {
            extent = right
        } else if left < 0 || right < 0 {
            // One side is unknown: where the other is known, only that can come out; the run checks it again.
            extent = left < 0 && right < 0 ? Shape.unknown : max(left, right)
        } else {
            throw .shapeMismatch(
                operator: name(), left: x, right: y, rule: "axes from the last must be equal, or one of them 1")
        }
        result[rank - back] = extent
    }
    return result
}
