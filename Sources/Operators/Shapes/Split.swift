import TensorCore

/// Cuts a tensor into parts along one axis.
///
/// - Shapes: part i has extent `sizes[i]` along the axis; the sizes must add up to x's.
struct Split: Operator {
    let sizes: [Int]
    let axis: Int

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let x = inputs[0]
        let axis = try resolvedAxes([axis], of: x.shape, operator: "split")[0]
        guard sizes.allSatisfy({ $0 >= 0 }), x.shape[axis] < 0 || sizes.reduce(0, +) == x.shape[axis] else {
            throw .invalidArgument(
                operator: "split", message: "the sizes \(sizes) do not add up to extent \(x.shape[axis]) of \(x.shape)")
        }
        return sizes.map { x.with(x.shape.replacing(axis, with: $0)) }
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let axis = try resolvedAxes([axis], of: inputs[0].shape, operator: "split")[0]
        copyParts(whole: inputs[0].shape, axis: axis, dtype: inputs[0].dtype, sizes: sizes) {
            part, offset, start, count in
            (outputs[part].pointer + start).copyMemory(from: inputs[0].pointer + offset, byteCount: count)
        }
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        var parts: [Tensor] = []
        for index in pass.outputs.indices { parts.append(try pass.gradient(at: index)) }
        return [try concatenate(parts, axis: axis)]
    }
}

/// The parts of `x` along `axis`, of the given extents.
public func split(_ x: Tensor, sizes: [Int], axis: Int = 0) throws(TensorError) -> [Tensor] {
    try apply(Split(sizes: sizes, axis: axis), to: [x])
}

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
        guard !sizes.contains(where: { $0 < 0 }) else { throw .symbolic(operator: "the gradient of concatenate") }
        return try split(pass.gradient(at: 0), sizes: sizes, axis: axis)
    }
}

/// The tensors joined along `axis`; shapes and errors as in ``Concatenate``.
public func concatenate(_ parts: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
    try apply(Concatenate(axis: axis), to: parts)[0]
}

/// Walks the runs of bytes that lie together in a whole and in its parts along `axis`: which part, where in the whole,
/// where in the part, how many bytes.
private func copyParts(
    whole: Shape, axis: Int, dtype: DType, sizes: [Int], _ copy: (Int, Int, Int, Int) -> Void
) {
    let outer = whole[0..<axis].elementCount
    let inner = whole[(axis + 1)..<whole.rank].elementCount * dtype.byteCount
    var offset = 0
    for row in 0..<outer {
        for (part, size) in sizes.enumerated() {
            copy(part, offset, row * size * inner, size * inner)
            offset += size * inner
        }
    }
}
