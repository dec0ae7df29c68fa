import TensorCore

/// A function of each element by itself: the shape and the dtype stay.
///
/// - Throws: `TensorError.unsupportedDType` for dtypes that the kernel does not take.
public protocol ElementwiseOperator: UnaryOperator {
    static var kernel: UnaryKernel { get }
    /// The function's own numbers, such as the slope of a leaky relu.
    var parameters: (Double, Double) { get }
}

extension ElementwiseOperator {
    public var parameters: (Double, Double) { (0, 0) }

    public func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return x
    }

    public func forward(_ x: Tensor, into y: inout TensorBuffer) {
        Self.kernel.run(x, into: &y, parameters.0, parameters.1)
    }
}

/// The gradient of a function of each element, as one operator: `dx = dy ⊙ f′`, of (x, dy) or, where the derivative is
/// simpler so, of (y, dy). It is linear in dy, so that only the curvature is left to say.
public protocol SlopeOperator: BroadcastingOperator {
    /// The derivative of the slope by its first input; nil where it is zero.
    func curvature(_ x: Tensor) throws(TensorError) -> Tensor?
}

extension SlopeOperator {
    public func gradients(
        x: Tensor, y dy: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        var dx: Tensor?
        if needed[0], let curvature = try curvature(x) { dx = try dz * dy * curvature }
        return (dx, needed[1] ? try apply(self, to: x, dz) : nil)
    }
}
