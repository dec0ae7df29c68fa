import TensorCore

/// Adds slices to x at places given by the coordinates of several axes; those for one place add up.
///
/// - Shapes: `x [d₁ ... dₖ, i...]`, `indices [n..., k]`, `updates [n..., i...]` → x's.
/// - Throws: `TensorError.indexOutOfRange`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
/// - Source: tf.scatter_nd and tf.scatter_nd_add (TensorFlow 1.8).
struct ScatterNDAdd: Operator {
    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (x, indices, updates) = (inputs[0], inputs[1], inputs[2])
        try requireNumbers(x.dtype, operator: name)
        try requireSame(x, updates, operator: name)
        let expected = try GatherND().outputSpec(x, indices).shape
        guard expected.accepts(updates.shape) else {
            throw .shapeMismatch(
                operator: name, left: expected, right: updates.shape, rule: "there is one update for each place")
        }
        return [x]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (x, indices, updates) = (inputs[0], inputs[1], inputs[2])
        outputs[0].pointer.copyMemory(from: x.pointer, byteCount: x.spec.byteCount)
        let rows = try Kernels.flatIndices(indices, in: x.shape, operator: name)
        let depth = indices.shape[indices.rank - 1]
        try Kernels.addRows(
            updates, at: rows, of: &outputs[0], limit: x.shape[0..<depth].elementCount,
            inner: x.shape.dropFirst(depth).elementCount, operator: name)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let dz = try pass.gradient(at: 0)
        return [dz, nil, pass.needed[2] ? try gatherND(dz, pass.inputs[1]) : nil]
    }
}

/// Zeros of `shape` with `updates` added at `indices`; shapes and errors as in ``ScatterNDAdd``.
public func scatterND(_ indices: Tensor, _ updates: Tensor, shape: Shape) throws(TensorError) -> Tensor {
    try scatterNDAdd(Tensor.zeros(shape, updates.dtype), indices, updates)
}

/// `x` with `updates` added at `indices`.
public func scatterNDAdd(_ x: Tensor, _ indices: Tensor, _ updates: Tensor) throws(TensorError) -> Tensor {
    try apply(ScatterNDAdd(), to: [x, indices, updates])[0]
}

/// `x` with rows added at `indices`, which may have any shape; rows for one index add up.
///
/// - Shapes: `x [n, i...]`, `indices [k...]`, `updates [k..., i...]` → x's.
/// - Source: tf.scatter_add (TensorFlow 1.8).
public func scatterAdd(_ x: Tensor, _ indices: Tensor, _ updates: Tensor) throws(TensorError) -> Tensor {
    try scatterNDAdd(x, expandDimensions(indices, axes: [-1]), updates)
}
