import TensorCore

/// `y = ln(1 + x)`, exact for small x too.
struct LogarithmOfOnePlus: ElementwiseOperator {
    static var kernel: UnaryKernel { .logarithmOfOnePlus }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy / (x + 1) }
}

/// `ln(1 + x)`, element by element.
public func log1p(_ x: Tensor) throws(TensorError) -> Tensor { try apply(LogarithmOfOnePlus(), to: x) }
