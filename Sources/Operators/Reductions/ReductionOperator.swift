import TensorCore

/// One value out of the elements along some axes.
///
/// - Shapes: the reduced axes are dropped, or kept with extent 1.
/// - Throws: `TensorError.axisOutOfRange`, `.invalidArgument` for an axis given twice, `.unsupportedDType`.
protocol ReductionOperator: UnaryOperator {
    static var kernel: ReduceKernel { get }
    /// Axes to reduce, negative ones from the end; nil for all.
    var axes: [Int]? { get }
    var keepsDimensions: Bool { get }
}

extension ReductionOperator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return x.with(try reducedShape(x.shape))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try reduce(x, over: axes, with: Self.kernel, into: &y)
    }

    func reducedShape(_ shape: Shape) throws(TensorError) -> Shape {
        if axes == nil && !keepsDimensions { return Shape() }
        let axes = try resolvedAxes(axes, of: shape, operator: name)
        var reduced = Shape()
        for axis in 0..<shape.rank {
            if !axes.contains(axis) { reduced.append(shape[axis]) } else if keepsDimensions { reduced.append(1) }
        }
        return reduced
    }

    /// An output or its gradient with the reduced axes back in place, so that it stretches over x.
    func kept(_ y: Tensor, _ x: Tensor) throws(TensorError) -> Tensor {
        if keepsDimensions { return y }
        return try expandDimensions(y, axes: try resolvedAxes(axes, of: x.shape, operator: name))
    }
}

/// Reduces x over axes (nil for all) into y. Neighbouring axes go together, the innermost group first, so that what
/// follows is small.
func reduce(
    _ x: Tensor, over axes: [Int]?, with kernel: ReduceKernel, into y: inout TensorBuffer
) throws(TensorError) {
    guard let axes else {
        return kernel.run(x, into: &y, outer: 1, middle: x.elementCount, inner: 1)
    }
    var groups = groupedRuns(try resolvedAxes(axes, of: x.shape, operator: "reduction"))
    guard let first = groups.first else {
        y.pointer.copyMemory(from: x.pointer, byteCount: y.spec.byteCount)
        return
    }
    var current = x
    while let group = groups.popLast() {
        let shape = current.shape
        let outer = shape[0..<group.lowerBound].elementCount
        let middle = shape[group].elementCount
        let inner = shape[group.upperBound..<shape.rank].elementCount
        if group == first {
            kernel.run(current, into: &y, outer: outer, middle: middle, inner: inner)
        } else {
            var rest = shape
            for axis in group { rest[axis] = 1 }
            let partial = try Tensor(uninitialized: x.spec.with(rest))
            var buffer = partial.buffer
            kernel.run(current, into: &buffer, outer: outer, middle: middle, inner: inner)
            current = partial
        }
    }
    withExtendedLifetime(current) {}
}

/// Axes in ascending order and counted from the front; nil means all.
func resolvedAxes(
    _ axes: [Int]?, of shape: Shape, operator name: @autoclosure () -> String
) throws(TensorError) -> [Int] {
    guard let axes else { return Array(0..<shape.rank) }
    var resolved: [Int] = []
    for axis in axes {
        let index = try resolvedAxis(axis, of: shape, operator: name())
        guard !resolved.contains(index) else {
            throw .invalidArgument(operator: name(), message: "axis \(axis) is given twice")
        }
        resolved.append(index)
    }
    return resolved.sorted()
}

/// An axis counted from the front; negative ones count from the end.
func resolvedAxis(
    _ axis: Int, of shape: Shape, operator name: @autoclosure () -> String
) throws(TensorError) -> Int {
    let index = axis < 0 ? axis + shape.rank : axis
    guard index >= 0 && index < shape.rank else {
        throw .axisOutOfRange(operator: name(), axis: axis, shape: shape)
    }
    return index
}

/// Runs of neighbouring numbers in an ascending list.
private func groupedRuns(_ axes: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for axis in axes {
        if let last = runs.last, last.upperBound == axis {
            runs[runs.count - 1] = last.lowerBound..<axis + 1
        } else {
            runs.append(axis..<axis + 1)
        }
    }
    return runs
}

extension Shape {
    /// The extents before, at and after an axis, each multiplied out.
    func around(_ axis: Int) -> (outer: Int, middle: Int, inner: Int) {
        (self[0..<axis].elementCount, self[axis], self[(axis + 1)..<rank].elementCount)
    }
}
