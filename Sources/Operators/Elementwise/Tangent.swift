import TensorCore

/// `y = tan x`
struct Tangent: ElementwiseOperator {
    static var kernel: UnaryKernel { .tangent }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * (square(y) + 1) }
}

/// The tangent, element by element.
public func tan(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Tangent(), to: x) }
