import TensorCore

/// The matrix product of the last two axes.
///
/// - Shapes: `x [..., m, k]`, `y [k, n]` → `[..., m, n]`: leading axes of x are rows like any other. With
///   `y [..., k, n]` of more than two axes, the leading axes of both are matched and must be equal; ``matmul`` stretches
///   them first where they are not.
/// - Throws: `TensorError.rankTooSmall`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
struct MatMul: BinaryOperator {
    var transposesLeft = false
    var transposesRight = false
    var product = Kernels.Product.fast

    func outputSpec(_ x: TensorSpec, _ y: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.dtype == y.dtype else { throw .dtypeMismatch(operator: "matmul", left: x.dtype, right: y.dtype) }
        guard x.dtype == .float32 || x.dtype == .float64 else {
            throw .unsupportedDType(operator: "matmul", received: x.dtype)
        }
        guard x.rank >= 2, y.rank >= 2 else {
            throw .rankTooSmall(operator: "matmul", minimum: 2, received: x.rank < 2 ? x.shape : y.shape)
        }
        let inner = x.shape[x.rank - (transposesLeft ? 2 : 1)]
        let rows = x.shape[x.rank - (transposesLeft ? 1 : 2)]
        let expected = y.shape[y.rank - (transposesRight ? 1 : 2)]
        let columns = y.shape[y.rank - (transposesRight ? 2 : 1)]
        guard inner == expected || inner < 0 || expected < 0 else {
            throw mismatch(x, y, "the inner extents \(inner) and \(expected) must be equal")
        }
        if y.rank > 2 || (transposesLeft && x.rank > 2) {
            guard x.shape.dropLast(2).accepts(y.shape.dropLast(2)) else {
                throw mismatch(x, y, "the leading axes must be equal")
            }
        }
        var shape = x.shape.dropLast(2)
        shape.append(rows)
        shape.append(columns)
        return x.with(shape)
    }

    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        let columns = z.shape[z.shape.rank - 1]
        let inner = x.shape[x.rank - (transposesLeft ? 2 : 1)]
        let batch = y.rank > 2 || transposesLeft ? x.shape.dropLast(2).elementCount : 1
        let rows = batch == 0 || columns == 0 ? 0 : z.elementCount / batch / columns
        try Kernels.multiplyMatrices(
            x.pointer, transposed: transposesLeft, y.pointer, transposed: transposesRight, into: z.pointer,
            m: rows, k: inner, n: columns, batch: batch, dtype: x.dtype, product: product)
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        var dx: Tensor?
        var dy: Tensor?
        if needed[0] {
            // x = A or Aᵀ; dA = dz · Bᵀ
            dx =
                transposesLeft
                ? try product(y, dz, transposesRight, true) : try product(dz, y, false, !transposesRight)
        }
        if needed[1] {
            // With one matrix on the right, all leading axes of x are rows of one product.
            let isFlat = y.rank == 2 && x.rank > 2
            let left = isFlat ? try mergeAxes(x, count: x.rank - 1) : x
            let gradient = isFlat ? try mergeAxes(dz, count: dz.rank - 1) : dz
            dy =
                transposesRight
                ? try product(gradient, left, true, transposesLeft)
                : try product(left, gradient, !transposesLeft, false)
        }
        return (dx, dy)
    }

    private func product(_ x: Tensor, _ y: Tensor, _ left: Bool, _ right: Bool) throws(TensorError) -> Tensor {
        try apply(MatMul(transposesLeft: left, transposesRight: right, product: product), to: x, y)
    }

    private func mismatch(_ x: TensorSpec, _ y: TensorSpec, _ rule: String) -> TensorError {
        .shapeMismatch(operator: "matmul", left: x.shape, right: y.shape, rule: rule)
    }
}

/// The matrix product; shapes and errors as in ``MatMul``.
///
/// - Parameter product: which one; nil for what the context says.
public func matmul(
    _ x: Tensor, _ y: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false,
    _ product: Kernels.Product? = nil
) throws(TensorError) -> Tensor {
    let (x, y) = try matchingLeadingAxes(x, y, rightIsBatched: y.rank > 2 || (transposingLeft && x.rank > 2))
    return try apply(
        MatMul(
            transposesLeft: transposingLeft, transposesRight: transposingRight,
            product: product ?? Context.current?.product ?? .fast), to: x, y)
}
