import TensorCore

/// `y = eˣ − 1`, exact for small x too.
struct ExponentialMinusOne: ElementwiseOperator {
    static var kernel: UnaryKernel { .exponentialMinusOne }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * (y + 1) }
}

/// `eˣ − 1`, element by element.
public func expm1(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ExponentialMinusOne(), to: x) }
