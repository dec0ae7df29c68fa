import TensorCore

/// The sum over some axes.
///
/// - Shapes: the summed axes are dropped, or kept with extent 1.
/// - Throws: `TensorError.axisOutOfRange`, `.invalidArgument` for an axis given twice, `.unsupportedDType`.
struct Sum: UnaryOperator {
    /// Axes to sum over, negative ones from the end; nil for all.
    let axes: [Int]?
    let keepsDimensions: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.dtype == .float32 || x.dtype == .float64 else {
            throw .unsupportedDType(operator: "sum", received: x.dtype)
        }
        let axes = try resolvedAxes(axes, of: x.shape, operator: "sum")
        var shape = Shape()
        for axis in 0..<x.rank {
            if !axes.contains(axis) { shape.append(x.shape[axis]) } else if keepsDimensions { shape.append(1) }
        }
        return x.with(shape)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        // Neighbouring axes go together; the innermost group first, so that what follows is small.
        var groups = groupedRuns(try resolvedAxes(axes, of: x.shape, operator: "sum"))
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
                Kernels.sum(current, into: &y, outer: outer, middle: middle, inner: inner)
            } else {
                var rest = shape
                for axis in group { rest[axis] = 1 }
                let partial = try Tensor(uninitialized: x.spec.with(rest))
                var buffer = partial.buffer
                Kernels.sum(current, into: &buffer, outer: outer, middle: middle, inner: inner)
                current = partial
            }
        }
        withExtendedLifetime(current) {}
    }

    /// Every element of x had a part of one in its sum.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        let axes = try resolvedAxes(axes, of: x.shape, operator: "sum")
        let spread = keepsDimensions ? dy : try expandDimensions(dy, axes: axes)
        return try broadcast(spread, like: x)
    }
}

/// The sum over `axes` (nil for all).
public func sum(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(Sum(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The sum over one axis.
public func sum(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try sum(x, axes: [axis], keepingDimensions: keepingDimension)
}

/// Axes in ascending order and counted from the front; nil means all.
func resolvedAxes(_ axes: [Int]?, of shape: Shape, operator name: String) throws(TensorError) -> [Int] {
    guard let axes else { return Array(0..<shape.rank) }
    var resolved: [Int] = []
    for axis in axes {
        let index = axis < 0 ? axis + shape.rank : axis
        guard index >= 0 && index < shape.rank else {
            throw .axisOutOfRange(operator: name, axis: axis, shape: shape)
        }
        guard !resolved.contains(index) else {
            throw .invalidArgument(operator: name, message: "axis \(axis) is given twice")
        }
        resolved.append(index)
    }
    return resolved.sorted()
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
