import TensorCore

/// `y = scale · elu(x, alpha)` with the two numbers that keep mean 0 and variance 1 from layer to layer.
///
/// - Source: Klambauer, Unterthiner, Mayr, Hochreiter, *Self-Normalizing Neural Networks* (2017).
struct Selu: ElementwiseOperator {
    static var kernel: UnaryKernel { .selu }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SeluSlope(), to: y, dy)
    }
}

/// `dx = scale · dy` where `y ≥ 0`, else `dy · (y + scale · alpha)`.
struct SeluSlope: SlopeOperator {
    static var kernel: BinaryKernel { .seluGradient }

    func curvature(_ y: Tensor) throws(TensorError) -> Tensor? { try cast(less(y, 0), to: y.dtype) }
}

/// The self-normalizing exponential linear unit, element by element.
public func selu(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Selu(), to: x) }
