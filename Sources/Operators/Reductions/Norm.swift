import TensorCore

/// `√Σ x²` over some axes, for floats. Where it is zero the gradient is taken as zero.
struct EuclideanNorm: ReductionOperator {
    static var kernel: ReduceKernel { .sum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(x.dtype, operator: name)
        return x.with(try reducedShape(x.shape))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let squares = try Tensor(uninitialized: x.spec)
        var buffer = squares.buffer
        UnaryKernel.square.run(x, into: &buffer)
        try reduce(squares, over: axes, with: .sum, into: &y)
        UnaryKernel.squareRoot.run(inPlace: &y)
        withExtendedLifetime(squares) {}
    }

    /// `dx = dy · x / y`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try x * divideNoNaN(kept(dy, x), kept(y, x))
    }
}

/// Which length of a vector is meant.
public enum NormOrder: Sendable {
    /// The sum of magnitudes.
    case one
    /// The root of the sum of squares; over two axes Frobenius's norm of matrices.
    case two
    /// The greatest magnitude.
    case infinity

    /// Of matrices, over two axes.
    public static let frobenius = NormOrder.two
}

/// The norm over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func norm(
    _ x: Tensor, _ order: NormOrder = .two, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    switch order {
    case .one: try sum(abs(x), axes: axes, keepingDimensions: keepingDimensions)
    case .two: try apply(EuclideanNorm(axes: axes, keepsDimensions: keepingDimensions), to: x)
    case .infinity: try max(abs(x), axes: axes, keepingDimensions: keepingDimensions)
    }
}
