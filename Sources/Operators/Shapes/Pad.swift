import TensorCore

/// How many elements to add at either end of one axis.
public struct Padding: Sendable, Hashable {
    public var before: Int
    public var after: Int

    public init(_ before: Int, _ after: Int) {
        self.before = before
        self.after = after
    }
}

extension [Padding] {
    /// The shape around x with one padding for each axis.
    fileprivate func padded(_ shape: Shape, operator name: @autoclosure () -> String) throws(TensorError) -> Shape {
        guard count == shape.rank else {
            throw .invalidArgument(operator: name(), message: "\(count) paddings for the axes of \(shape)")
        }
        var extents: [Int] = []
        for (padding, extent) in zip(self, shape.extents) {
            guard (0...Shape.extentMax).contains(padding.before), (0...Shape.extentMax).contains(padding.after) else {
                throw .invalidArgument(
                    operator: name(), message: "a padding of \(padding.before) and \(padding.after) elements")
            }
            let isNone = padding.before == 0 && padding.after == 0
            extents.append(extent < 0 ? (isNone ? extent : Shape.unknown) : extent + padding.before + padding.after)
        }
        return try Shape(result: extents)
    }
}

/// One number around a tensor.
///
/// - Shapes: each axis grows by its padding.
/// - Throws: `TensorError.invalidArgument` for paddings that are negative or not one for each axis.
struct Pad: UnaryOperator {
    let paddings: [Padding]
    let value: Double

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        x.with(try paddings.padded(x.shape, operator: name))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try fill(&y, with: value)
        copyInside(x, into: &y, paddings)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try slice(dy, paddings.map { .range(from: $0.before, to: $0.after == 0 ? nil : -$0.after) })
    }
}

/// A tensor mirrored at its ends.
///
/// - Shapes: each axis grows by its padding, at most by its own extent, one less where the border is not repeated.
struct MirrorPad: UnaryOperator {
    let paddings: [Padding]
    /// Whether the border itself is repeated.
    let isSymmetric: Bool

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        for (padding, extent) in zip(paddings, x.shape.extents) where extent >= 0 {
            let most = Swift.max(0, isSymmetric ? extent : extent - 1)
            guard padding.before <= most, padding.after <= most else {
                throw .invalidArgument(
                    operator: name,
                    message: "an axis of extent \(extent) has no \(Swift.max(padding.before, padding.after)) to mirror")
            }
        }
        return x.with(try paddings.padded(x.shape, operator: name))
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        copyInside(x, into: &y, paddings)
        let (base, size) = (y.pointer, y.dtype.byteCount)
        for (axis, padding) in paddings.enumerated() {
            forEachMirrored(y.shape, axis, padding, isSymmetric: isSymmetric) { border, inside, count in
                (base + border * size).copyMemory(from: base + inside * size, byteCount: count * size)
            }
        }
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(MirrorPadGradient(paddings: paddings, isSymmetric: isSymmetric), to: dy)
    }
}

/// What was mirrored adds to what it was a mirror of.
struct MirrorPadGradient: UnaryOperator {
    let paddings: [Padding]
    let isSymmetric: Bool

    func outputSpec(_ dy: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(dy.dtype, operator: name)
        guard paddings.count == dy.rank else {
            throw .invalidArgument(operator: name, message: "\(paddings.count) paddings for the axes of \(dy.shape)")
        }
        var shape = dy.shape
        for (axis, padding) in paddings.enumerated() where shape[axis] >= 0 {
            let extent = shape[axis] - padding.before - padding.after
            let most = isSymmetric ? extent : extent - 1
            guard extent >= 0, Swift.max(padding.before, padding.after) <= Swift.max(0, most) else {
                throw .invalidArgument(operator: name, message: "\(dy.shape) is no mirrored shape")
            }
            shape[axis] = extent
        }
        return dy.with(shape)
    }

    func forward(_ dy: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let sums = try Tensor(uninitialized: dy.spec)
        let (base, size) = (sums.buffer.pointer, dy.dtype.byteCount)
        base.copyMemory(from: dy.pointer, byteCount: dy.spec.byteCount)
        for (axis, padding) in paddings.enumerated().reversed() {
            forEachMirrored(dy.shape, axis, padding, isSymmetric: isSymmetric) { border, inside, count in
                let target = TensorBuffer(pointer: base + inside * size, spec: TensorSpec(Shape([count]), dy.dtype))
                BinaryKernel.add.runFlat(
                    UnsafeRawPointer(target.pointer), UnsafeRawPointer(base + border * size), into: target)
            }
        }
        let inside = StridedSlice(
            slices: paddings.map { .range(from: $0.before, to: $0.after == 0 ? nil : -$0.after) })
        try inside.forward(sums, into: &y)
        withExtendedLifetime(sums) {}
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(MirrorPad(paddings: paddings, isSymmetric: isSymmetric), to: dy)
    }
}

/// Copies x to its place within y.
private func copyInside(_ x: Tensor, into y: inout TensorBuffer, _ paddings: [Padding]) {
    let (steps, targetSteps) = (x.shape.steps, y.shape.steps)
    var walk = StridedWalk()
    for axis in 0..<x.rank {
        if x.elementCount > 0 { walk.move(target: paddings[axis].before * targetSteps[axis]) }
        walk.append(extent: x.shape[axis], targetStep: targetSteps[axis], sourceStep: steps[axis])
    }
    walk.copy(x, into: &y)
}

/// Calls `body` with each run of elements in the borders along one axis: where it begins, where what it mirrors begins,
/// and how long it is. The nearest ones come first.
private func forEachMirrored(
    _ shape: Shape, _ axis: Int, _ padding: Padding, isSymmetric: Bool, _ body: (Int, Int, Int) -> Void
) {
    let (outer, extent, inner) = shape.around(axis)
    guard inner > 0 else { return }
    let skip = isSymmetric ? 0 : 1
    for row in 0..<outer {
        let start = row * extent * inner
        for distance in 0..<padding.before {
            body(
                start + (padding.before - 1 - distance) * inner, start + (padding.before + skip + distance) * inner,
                inner)
        }
        let end = extent - padding.after
        for distance in 0..<padding.after {
            body(start + (end + distance) * inner, start + (end - 1 - skip - distance) * inner, inner)
        }
    }
}

/// `x` with `value` around it, one padding for each axis; errors as in ``Pad``.
public func pad(_ x: Tensor, _ paddings: [Padding], value: Double = 0) throws(TensorError) -> Tensor {
    try apply(Pad(paddings: paddings, value: value), to: x)
}

/// `x` mirrored at its ends without repeating them: `1 2 3` → `3 2 1 2 3 2 1`.
public func reflectPad(_ x: Tensor, _ paddings: [Padding]) throws(TensorError) -> Tensor {
    try apply(MirrorPad(paddings: paddings, isSymmetric: false), to: x)
}

/// `x` mirrored at its ends, which are repeated: `1 2 3` → `2 1 1 2 3 3 2`.
public func symmetricPad(_ x: Tensor, _ paddings: [Padding]) throws(TensorError) -> Tensor {
    try apply(MirrorPad(paddings: paddings, isSymmetric: true), to: x)
}
