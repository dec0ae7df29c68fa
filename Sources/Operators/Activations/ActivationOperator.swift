import TensorCore

/// A function of each element by itself, for floating types: the shape and dtype stay.
///
/// - Throws: `TensorError.unsupportedDType` for other dtypes.
public protocol ActivationOperator: UnaryOperator {
    static var kernel: UnaryKernel { get }
    /// The function's own number, such as the slope of a leaky relu.
    var parameter: Double { get }
}

extension ActivationOperator {
    public var parameter: Double { 0 }

    public func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return x
    }

    public func forward(_ x: Tensor, into y: inout TensorBuffer) { Self.kernel.run(x, into: &y, parameter) }
}
