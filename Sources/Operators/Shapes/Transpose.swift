import TensorCore

/// Puts the axes in another order.
///
/// - Shapes: axis `i` of the result is axis `order[i]` of x.
/// - Throws: `TensorError.invalidArgument` when the order does not name every axis once.
struct Transpose: UnaryOperator {
    /// Negative ones count from the end; nil to reverse them all.
    let order: [Int]?

    private func resolvedOrder(_ shape: Shape) throws(TensorError) -> [Int] {
        guard let order else { return Array((0..<shape.rank).reversed()) }
        var resolved: [Int] = []
        for axis in order { resolved.append(try resolvedAxis(axis, of: shape, operator: name)) }
        guard resolved.sorted() == Array(0..<shape.rank) else {
            throw .invalidArgument(operator: name, message: "\(order) is no order of the axes of \(shape)")
        }
        return resolved
    }

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        x.with(Shape(try resolvedOrder(x.shape).map { x.shape[$0] }))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (steps, targetSteps) = (x.shape.steps, y.shape.steps)
        var walk = StridedWalk()
        for (place, axis) in try resolvedOrder(x.shape).enumerated() {
            walk.append(extent: x.shape[axis], targetStep: targetSteps[place], sourceStep: steps[axis])
        }
        walk.copy(x, into: &y)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        let order = try resolvedOrder(x.shape)
        var inverse = order
        for (place, axis) in order.enumerated() { inverse[axis] = place }
        return try transpose(dy, inverse)
    }
}

/// `x` with its axes in another order (nil: reversed); shapes and errors as in ``Transpose``.
public func transpose(_ x: Tensor, _ order: [Int]? = nil) throws(TensorError) -> Tensor {
    try apply(Transpose(order: order), to: x)
}
