import TensorCore

/// Which elements of a matrix lie on its diagonal or below.
///
/// - Shapes: `[..., m, n]`, whose elements do not matter → bool `[m, n]`.
/// - Throws: `TensorError.rankTooSmall`.
struct LowerTriangle: StepOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= 2 else { throw .rankTooSmall(operator: name, minimum: 2, received: x.shape) }
        return TensorSpec(x.shape.dropFirst(x.rank - 2), .bool)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        let (rows, columns) = (y.shape[0], y.shape[1])
        let elements = y.pointer(to: Bool.self)
        for row in 0..<rows {
            for column in 0..<columns { elements[row * columns + column] = column <= row }
        }
    }
}

/// Which elements of a matrix of x's last two axes lie on its diagonal or below; errors as in ``LowerTriangle``.
public func lowerTriangle(of x: Tensor) throws(TensorError) -> Tensor { try apply(LowerTriangle(), to: x) }
