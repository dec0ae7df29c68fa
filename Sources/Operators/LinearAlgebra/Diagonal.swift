import TensorCore

/// Vectors on the diagonals of matrices.
///
/// - Shapes: `[..., n]` → `[..., n, n]`.
/// - Throws: `TensorError.rankTooSmall`, `.shapeTooLarge`.
/// - Source: tf.matrix_diag (TensorFlow 1.8).
struct Diagonal: UnaryOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard let extent = x.shape.last else { throw .rankTooSmall(operator: name, minimum: 1, received: x.shape) }
        return x.with(try Shape(result: x.shape.extents + [extent]))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        y.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: y.spec.byteCount)
        diagonalWalk(y.shape).reversed().copy(x, into: &y)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try diagonalPart(dy) }
}

/// The diagonals of matrices.
///
/// - Shapes: `[..., m, n]` → `[..., min(m, n)]`.
/// - Throws: `TensorError.rankTooSmall`.
/// - Source: tf.matrix_diag_part (TensorFlow 1.8).
struct DiagonalPart: UnaryOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= 2 else { throw .rankTooSmall(operator: name, minimum: 2, received: x.shape) }
        let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
        var shape = x.shape.dropLast(2)
        let isKnown = rows >= 0 && columns >= 0
        shape.append(isKnown ? Swift.min(rows, columns) : rows == columns ? rows : Shape.unknown)
        return x.with(shape)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { diagonalWalk(x.shape).copy(x, into: &y) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(DiagonalPartGradient(), to: dy, x)
    }
}

/// Zeros like a reference, with dy on the diagonals.
struct DiagonalPartGradient: BinaryOperator {
    func outputSpec(_ dy: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        guard try DiagonalPart().outputSpec(reference).shape.accepts(dy.shape) else {
            throw .shapeMismatch(
                operator: name, left: dy.shape, right: reference.shape, rule: "dy has the shape of the diagonals")
        }
        return dy.with(reference.shape)
    }

    func forward(_ dy: Tensor, _ reference: Tensor, into z: inout TensorBuffer) {
        z.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: z.spec.byteCount)
        diagonalWalk(z.shape).reversed().copy(dy, into: &z)
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try diagonalPart(dz) : nil, nil)
    }
}

/// From the diagonals of matrices to vectors that lie together.
private func diagonalWalk(_ matrices: Shape) -> StridedWalk {
    let (rows, columns) = (matrices[matrices.rank - 2], matrices[matrices.rank - 1])
    let count = Swift.min(rows, columns)
    var walk = StridedWalk()
    walk.append(extent: matrices.dropLast(2).elementCount, targetStep: count, sourceStep: rows * columns)
    walk.append(extent: count, targetStep: 1, sourceStep: columns + 1)
    return walk
}

/// Matrices with `x` on their diagonals and zeros elsewhere; shapes and errors as in ``Diagonal``.
public func diagonal(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Diagonal(), to: x) }

/// The diagonals of the matrices in `x`; shapes and errors as in ``DiagonalPart``.
public func diagonalPart(_ x: Tensor) throws(TensorError) -> Tensor { try apply(DiagonalPart(), to: x) }

/// The sum of each matrix's diagonal.
public func trace(_ x: Tensor) throws(TensorError) -> Tensor { try sum(diagonalPart(x), axis: -1) }
