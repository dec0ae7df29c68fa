import TensorCore

/// `ln Σ exp(x)` over some axes, for floats, without overflow on the way; of nothing it is −∞.
struct LogSumExp: ReductionOperator {
    static var kernel: ReduceKernel { .sum }
    let axes: [Int]?
    let keepsDimensions: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(x.dtype, operator: name)
        return x.with(try reducedShape(x.shape))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        // The greatest, or zero where that is infinite; then the sum of exponentials below it.
        let keeping = LogSumExp(axes: axes, keepsDimensions: true)
        let greatest = try Tensor(uninitialized: x.spec.with(try keeping.reducedShape(x.shape)))
        var buffer = greatest.buffer
        try reduce(x, over: axes, with: .maximum, into: &buffer)
        UnaryKernel.finiteOrZero.run(inPlace: &buffer)
        let powers = try Tensor(uninitialized: x.spec)
        var powersBuffer = powers.buffer
        BinaryKernel.subtract.run(x, greatest, into: &powersBuffer)
        UnaryKernel.exponential.run(inPlace: &powersBuffer)
        try reduce(powers, over: axes, with: .sum, into: &y)
        UnaryKernel.logarithm.run(inPlace: &y)
        addInPlace(greatest, to: &y)
        withExtendedLifetime(greatest) {}
        withExtendedLifetime(powers) {}
    }

    /// `dx = dy · exp(x − y)`
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try kept(dy, x) * exp(x - kept(y, x))
    }
}

/// `y ← y + x`, of as many elements.
private func addInPlace(_ x: Tensor, to y: inout TensorBuffer) {
    BinaryKernel.add.runFlat(x.pointer, UnsafeRawPointer(y.pointer), into: y)
}

/// The logarithm of the sum of exponentials over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func logSumExp(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(LogSumExp(axes: axes, keepsDimensions: keepingDimensions), to: x)
}
