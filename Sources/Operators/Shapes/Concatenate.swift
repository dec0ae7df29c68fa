import TensorCore

/// Joins tensors along one axis.
///
/// - Shapes: all other extents must be equal.
struct Concatenate: Operator {
    let axis: Int

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        guard let first = inputs.first else {
            throw .invalidArgument(operator: "concatenate", message: "nothing to concatenate")
        }
        let axis = try resolvedAxes([axis], of: first.shape, operator: "concatenate")[0]
        var shape = first.shape
        for other in inputs.dropFirst() {
            guard other.dtype == first.dtype else {
                throw .dtypeMismatch(operator: "concatenate", left: first.dtype, right: other.dtype)
            }
            guard other.rank == first.rank, shape.replacing(axis, with: 0).accepts(other.shape.replacing(axis, with: 0))
            else {
                throw .shapeMismatch(
                    operator: "concatenate", left: first.shape, right: other.shape,
                    rule: "all extents but that of axis \(axis) must be equal")
            }
            for place in 0..<shape.rank where place != axis && shape[place] < 0 { shape[place] = other.shape[place] }
            let isKnown = shape[axis] >= 0 && other.shape[axis] >= 0
            let extent = shape[axis] + other.shape[axis]
            guard !isKnown || extent <= Shape.extentMax else { throw .shapeTooLarge(extents: [extent]) }
            shape[axis] = isKnown ? extent : Shape.unknown
        }
        return [first.with(shape)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let axis = try resolvedAxes([axis], of: inputs[0].shape, operator: "concatenate")[0]
        let sizes = inputs.map { $0.shape[axis] }
        copyParts(whole: outputs[0].shape, axis: axis, dtype: outputs[0].dtype, sizes: sizes) {
            part, offset, start, count in
            (outputs[0].pointer + offset).copyMemory(from: inputs[part].pointer + start, byteCount: count)
        }
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let axis = try resolvedAxes([axis], of: pass.inputs[0].shape, operator: "concatenate")[0]
        let sizes = pass.inputs.map { $0.shape[axis] }
        let dy = try pass.gradient(at: 0)
        if sizes.contains(where: { $0 < 0 }) { return try apply(SplitLike(axis: axis), to: [dy] + pass.inputs) }
        return try split(dy, sizes: sizes, axis: axis)
    }
}

/// The tensors joined along `axis`; shapes and errors as in ``Concatenate``.
public func concatenate(_ parts: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
    try apply(Concatenate(axis: axis), to: parts)[0]
}

/// Cuts a tensor into parts along one axis, as large as the references after it, whose elements do not matter: the
/// gradient of ``Concatenate`` where extents are not known before the run.
struct SplitLike: Operator {
    let axis: Int

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let whole = try Concatenate(axis: axis).outputSpecs(Array(inputs.dropFirst()))[0]
        guard whole.shape.accepts(inputs[0].shape) else {
            throw .shapeMismatch(
                operator: name, left: inputs[0].shape, right: whole.shape, rule: "the parts must make up the whole")
        }
        return inputs.dropFirst().map { inputs[0].with($0.shape) }
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let sizes = inputs.dropFirst().map { $0.shape[axis] }
        copyParts(whole: inputs[0].shape, axis: axis, dtype: inputs[0].dtype, sizes: sizes) {
            part, offset, start, count in
            (outputs[part].pointer + start).copyMemory(from: inputs[0].pointer + offset, byteCount: count)
        }
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        var parts: [Tensor] = []
        for index in pass.outputs.indices { parts.append(try pass.gradient(at: index)) }
        return [try concatenate(parts, axis: axis)] + pass.outputs.map { _ in nil }
    }
}
