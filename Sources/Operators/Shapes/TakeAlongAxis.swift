import TensorCore

/// One element of x for each index, along one axis: what a sort or a top-k picks.
///
/// - Shapes: `x [..., n, ...]`, `indices [..., k, ...]`, equal but along the axis → the indices'.
/// - Throws: `TensorError.indexOutOfRange`, `.shapeMismatch`, `.axisOutOfRange`, `.unsupportedDType`.
/// - Source: numpy.take_along_axis.
struct TakeAlongAxis: BinaryOperator {
    let axis: Int

    func outputSpec(_ x: TensorSpec, _ indices: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireIndices(indices.dtype, operator: name)
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        guard x.rank == indices.rank, x.shape.replacing(axis, with: 0).accepts(indices.shape.replacing(axis, with: 0))
        else {
            throw .shapeMismatch(
                operator: name, left: x.shape, right: indices.shape, rule: "all extents but that of the axis are equal"
            )
        }
        return x.with(indices.shape)
    }

    func forward(_ x: Tensor, _ indices: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        let (_, limit, inner) = x.shape.around(axis)
        try Kernels.takeElements(
            x, at: indices, into: &y, limit: limit, count: indices.shape[axis], inner: inner, operator: name)
    }

    func gradients(
        x: Tensor, y indices: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(PutAlongAxis(axis: axis), to: [dz, indices, x])[0] : nil, nil)
    }
}

/// Each element adds to where it was taken from. The third input has the shape of the result; its elements do not matter.
struct PutAlongAxis: Operator {
    let axis: Int

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        try requireFloats(inputs[0].dtype, operator: name)
        let expected = try TakeAlongAxis(axis: axis).outputSpec(inputs[2], inputs[1]).shape
        guard expected.accepts(inputs[0].shape) else {
            throw .shapeMismatch(
                operator: name, left: inputs[0].shape, right: expected, rule: "there is one element for each index")
        }
        return [inputs[0].with(inputs[2].shape)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let shape = inputs[2].shape
        let axis = try resolvedAxis(axis, of: shape, operator: name)
        let (_, limit, inner) = shape.around(axis)
        outputs[0].pointer.initializeMemory(as: UInt8.self, repeating: 0, count: outputs[0].spec.byteCount)
        try Kernels.addElements(
            inputs[0], at: inputs[1], of: &outputs[0], limit: limit, count: inputs[1].shape[axis], inner: inner,
            operator: name)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        [pass.needed[0] ? try takeAlongAxis(pass.gradient(at: 0), pass.inputs[1], axis: axis) : nil, nil, nil]
    }
}

/// The elements of `x` at `indices` along `axis`; shapes and errors as in ``TakeAlongAxis``.
public func takeAlongAxis(_ x: Tensor, _ indices: Tensor, axis: Int) throws(TensorError) -> Tensor {
    try apply(TakeAlongAxis(axis: axis), to: x, indices)
}
