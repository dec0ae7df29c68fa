import TensorCore

/// `y = arsinh x`
struct AreaHyperbolicSine: ElementwiseOperator {
    static var kernel: UnaryKernel { .areaHyperbolicSine }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try dy * rsqrt(square(x) + 1) }
}

/// The inverse of the hyperbolic sine, element by element.
public func asinh(_ x: Tensor) throws(TensorError) -> Tensor { try apply(AreaHyperbolicSine(), to: x) }
