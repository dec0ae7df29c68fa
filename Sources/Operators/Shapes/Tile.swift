import TensorCore

/// Several copies of a tensor in a row along each axis, or each element several times in a row.
///
/// - Shapes: each axis grows by its factor.
/// - Throws: `TensorError.invalidArgument` for factors that are negative or not one for each axis, `.shapeTooLarge`.
struct Tile: UnaryOperator {
    let factors: [Int]
    /// `a a b b` instead of `a b a b`.
    let repeatsElements: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard factors.count == x.rank, factors.allSatisfy({ $0 >= 0 && $0 <= Shape.extentMax }) else {
            throw .invalidArgument(operator: name, message: "\(factors) are no factors for the axes of \(x.shape)")
        }
        return x.with(
            try Shape(
                result: zip(factors, x.shape.extents).map { factor, extent in
                    extent < 0 && factor != 1 ? Shape.unknown : extent * factor
                }))
    }

    /// From the elements of a small tensor to all their copies.
    func walk(_ small: Shape, _ large: Shape) -> StridedWalk {
        let (steps, largeSteps) = (small.steps, large.steps)
        var walk = StridedWalk()
        for axis in 0..<small.rank {
            let (extent, factor) = (small[axis], factors[axis])
            let step = largeSteps[axis]
            if repeatsElements {
                walk.append(extent: extent, targetStep: step * factor, sourceStep: steps[axis])
                walk.append(extent: factor, targetStep: step, sourceStep: 0)
            } else {
                walk.append(extent: factor, targetStep: step * extent, sourceStep: 0)
                walk.append(extent: extent, targetStep: step, sourceStep: steps[axis])
            }
        }
        return walk
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) { walk(x.shape, y.shape).copy(x, into: &y) }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(TileGradient(tile: self), to: dy, x)
    }
}

/// The sum of all copies of each element of a reference.
struct TileGradient: BinaryOperator {
    let tile: Tile

    func outputSpec(_ dy: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(dy.dtype, operator: name)
        guard try tile.outputSpec(reference).shape.accepts(dy.shape) else {
            throw .shapeMismatch(
                operator: name, left: dy.shape, right: reference.shape, rule: "the copies must be of the reference")
        }
        return dy.with(reference.shape)
    }

    func forward(_ dy: Tensor, _ reference: Tensor, into z: inout TensorBuffer) {
        z.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: z.spec.byteCount)
        tile.walk(z.shape, dy.shape).reversed().add(dy, into: &z)
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(tile, to: dz) : nil, nil)
    }
}

/// `factors[i]` copies of `x` in a row along axis `i`; errors as in ``Tile``.
public func tile(_ x: Tensor, _ factors: [Int]) throws(TensorError) -> Tensor {
    try apply(Tile(factors: factors, repeatsElements: false), to: x)
}

/// `x` with each slice along `axis` there `count` times in a row.
public func repeating(_ x: Tensor, _ count: Int, axis: Int) throws(TensorError) -> Tensor {
    let axis = try resolvedAxis(axis, of: x.shape, operator: "repeating")
    let factors = (0..<x.rank).map { $0 == axis ? count : 1 }
    return try apply(Tile(factors: factors, repeatsElements: true), to: x)
}
