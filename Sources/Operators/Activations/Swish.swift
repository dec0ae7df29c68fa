import TensorCore

/// `y = x · sigmoid x`
///
/// - Source: Ramachandran, Zoph, Le, *Searching for Activation Functions* (2017).
struct Swish: ElementwiseOperator {
    static var kernel: UnaryKernel { .swish }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SwishSlope(), to: x, dy)
    }
}

/// `dx = dy · (s + x s (1 − s))` with `s = sigmoid x`.
struct SwishSlope: SlopeOperator {
    static var kernel: BinaryKernel { .swishGradient }

    /// `s (1 − s) (2 + x (1 − 2s))`
    func curvature(_ x: Tensor) throws(TensorError) -> Tensor? {
        let s = try sigmoid(x)
        return try s * (1 - s) * (x * (1 - 2 * s) + 2)
    }
}

/// `x · sigmoid x`, element by element; also called silu.
public func swish(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Swish(), to: x) }

/// Another name of ``swish(_:)``.
public func silu(_ x: Tensor) throws(TensorError) -> Tensor { try swish(x) }
