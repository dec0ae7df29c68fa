import TensorCore

/// Slices of x along one axis, picked by their places.
///
/// - Shapes: with `x [b..., o..., n, i...]`, n at the axis, and `indices [b..., k...]` → `[b..., o..., k..., i...]`: the
///   leading batch axes are matched and must be equal.
/// - Throws: `TensorError.indexOutOfRange` for a place that is not in `0 ..< n`; `.shapeMismatch`, `.axisOutOfRange`;
///   `.unsupportedDType` for indices that are neither int32 nor int64.
/// - Source: tf.gather (TensorFlow 1.8), with the batch axes of 2.x.
struct Gather: BinaryOperator {
    var axis = 0
    var batchAxes = 0

    /// The axis from the front.
    fileprivate func resolvedGather(_ x: TensorSpec, _ indices: TensorSpec) throws(TensorError) -> Int {
        try requireIndices(indices.dtype, operator: name)
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        guard batchAxes >= 0, batchAxes <= axis, batchAxes <= indices.rank,
            x.shape[0..<batchAxes].accepts(indices.shape[0..<batchAxes])
        else {
            throw .shapeMismatch(
                operator: name, left: x.shape, right: indices.shape,
                rule: "the first \(batchAxes) axes must be equal and stand before axis \(axis)")
        }
        return axis
    }

    func outputSpec(_ x: TensorSpec, _ indices: TensorSpec) throws(TensorError) -> TensorSpec {
        let axis = try resolvedGather(x, indices)
        return x.with(
            try Shape(
                result: x.shape[0..<axis].extents + indices.shape.dropFirst(batchAxes).extents
                    + x.shape.dropFirst(axis + 1).extents))
    }

    func forward(_ x: Tensor, _ indices: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, limit, inner) = x.shape.around(try resolvedGather(x.spec, indices.spec))
        try Kernels.gatherRows(
            x, at: indices, into: &y, outer: outer, limit: limit, inner: inner,
            batches: x.shape[0..<batchAxes].elementCount, operator: name)
    }

    func gradients(
        x: Tensor, y indices: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(GatherGradient(gather: self), to: [dz, indices, x])[0] : nil, nil)
    }

    /// Rows of a table give slices of its gradient.
    func backward(
        x: Tensor, y indices: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Gradient?, Gradient?) {
        guard needed[0] else { return (nil, nil) }
        let isTable = batchAxes == 0 && (axis == 0 || axis == -x.rank)
        if isTable, x.shape.dropFirst().isKnown, x.shape.dropFirst().elementCount > 0 {
            return (.slices(try IndexedSlices(values: dz, indices: indices, like: x)), nil)
        }
        return (try gradients(x: x, y: indices, z: z, dz: dz, needed: needed).0.map { .dense($0) }, nil)
    }
}

/// Each gathered slice adds to where it came from. The third input has the shape of the result; its elements do not
/// matter.
struct GatherGradient: Operator {
    let gather: Gather

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (dz, indices, reference) = (inputs[0], inputs[1], inputs[2])
        try requireNumbers(dz.dtype, operator: name)
        guard try gather.outputSpec(reference, indices).shape.accepts(dz.shape) else {
            throw .shapeMismatch(
                operator: name, left: dz.shape, right: reference.shape, rule: "the slices must be of the reference")
        }
        return [dz.with(reference.shape)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (dz, indices, reference) = (inputs[0], inputs[1], inputs[2])
        outputs[0].pointer.initializeMemory(as: UInt8.self, repeating: 0, count: outputs[0].spec.byteCount)
        let axis = try gather.resolvedGather(reference.spec, indices.spec)
        let (outer, limit, inner) = reference.shape.around(axis)
        try Kernels.addRows(
            dz, at: indices, of: &outputs[0], outer: outer, limit: limit, inner: inner,
            batches: reference.shape[0..<gather.batchAxes].elementCount, operator: name)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        [pass.needed[0] ? try apply(gather, to: pass.gradient(at: 0), pass.inputs[1]) : nil, nil, nil]
    }
}

/// The slices of `x` along `axis` at `indices`; shapes and errors as in ``Gather``.
public func gather(
    _ x: Tensor, _ indices: Tensor, axis: Int = 0, batchAxes: Int = 0
) throws(TensorError) -> Tensor {
    try apply(Gather(axis: axis, batchAxes: batchAxes), to: x, indices)
}
