import TensorCore

/// Puts rows in place of those of x. Of rows with one index the last remains, and the gradient takes them for equal.
///
/// - Shapes: `x [n, i...]`, `indices [k]`, `rows [k, i...]` → x's.
/// - Throws: `TensorError.indexOutOfRange`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
/// - Source: tf.scatter_update (TensorFlow 1.8).
struct ScatterUpdate: Operator {
    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (x, indices, rows) = (inputs[0], inputs[1], inputs[2])
        try requireSame(x, rows, operator: name)
        guard indices.rank == 1 else {
            throw .rankMismatch(operator: name, expected: "indices of one axis", received: indices.shape)
        }
        let expected = try Gather().outputSpec(x, indices).shape
        guard expected.accepts(rows.shape) else {
            throw .shapeMismatch(
                operator: name, left: expected, right: rows.shape, rule: "there is one row for each index")
        }
        return [x]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        outputs[0].pointer.copyMemory(from: inputs[0].pointer, byteCount: inputs[0].spec.byteCount)
        try Kernels.writeRows(inputs[2], at: inputs[1], of: &outputs[0], operator: name)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let (dz, indices) = (try pass.gradient(at: 0), pass.inputs[1])
        return [
            pass.needed[0] ? try scatterUpdate(dz, indices, zerosLike(pass.inputs[2])) : nil, nil,
            pass.needed[2] ? try gather(dz, indices) : nil,
        ]
    }
}

/// `x` with `rows` at `indices`; shapes and errors as in ``ScatterUpdate``.
public func scatterUpdate(_ x: Tensor, _ indices: Tensor, _ rows: Tensor) throws(TensorError) -> Tensor {
    try apply(ScatterUpdate(), to: [x, indices, rows])[0]
}
