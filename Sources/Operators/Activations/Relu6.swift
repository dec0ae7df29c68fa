import TensorCore

/// `y = min(max(x, 0), 6)`
///
/// - Source: Krizhevsky, *Convolutional Deep Belief Networks on CIFAR-10* (2010).
struct Relu6: ElementwiseOperator {
    static var kernel: UnaryKernel { .relu6 }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(Relu6Slope(), to: y, dy)
    }
}

/// `dx = dy` where `0 < y < 6`, else 0.
struct Relu6Slope: SlopeOperator {
    static var kernel: BinaryKernel { .relu6Gradient }

    func curvature(_ y: Tensor) -> Tensor? { nil }
}

/// `min(max(x, 0), 6)`, element by element.
public func relu6(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Relu6(), to: x) }
