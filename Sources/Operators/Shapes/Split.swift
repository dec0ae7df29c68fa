import TensorCore

/// Cuts a tensor into parts along one axis.
///
/// - Shapes: part i has extent `sizes[i]` along the axis; the sizes must add up to x's.
struct Split: Operator {
    let sizes: [Int]
    let axis: Int

    /// An axis without elements has any number of equal parts; more than this nobody means.
    private static let partsMax = 1 << 20

    static func requirePossible(parts count: Int, operator name: String) throws(TensorError) {
        guard count <= partsMax else {
            throw .invalidArgument(operator: name, message: "\(count) parts are more than \(partsMax)")
        }
    }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let x = inputs[0]
        let axis = try resolvedAxes([axis], of: x.shape, operator: "split")[0]
        guard sizes.allSatisfy({ $0 >= 0 && $0 <= Shape.extentMax }),
            x.shape[axis] < 0 || sizes.reduce(0, +) == x.shape[axis]
        else {
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

/// The parts of `x` along `axis`, of the given extents; errors as in ``Split``.
public func split(_ x: Tensor, sizes: [Int], axis: Int = 0) throws(TensorError) -> [Tensor] {
    try apply(Split(sizes: sizes, axis: axis), to: [x])
}

/// `count` equal parts of `x` along `axis`.
///
/// - Throws: `TensorError.invalidArgument` when the axis does not divide so or for more than 1,048,576 parts, `.symbolic` when its extent is unknown.
public func split(_ x: Tensor, parts count: Int, axis: Int = 0) throws(TensorError) -> [Tensor] {
    let extent = x.shape[try resolvedAxis(axis, of: x.shape, operator: "split")]
    guard extent >= 0 else { throw .symbolic(operator: "split into equal parts") }
    guard count > 0, extent % count == 0 else {
        throw .invalidArgument(operator: "split", message: "extent \(extent) has no \(count) equal parts")
    }
    try Split.requirePossible(parts: count, operator: "split")
    return try split(x, sizes: Array(repeating: extent / count, count: count), axis: axis)
}

/// Walks the runs of bytes that lie together in a whole and in its parts along `axis`: which part, where in the whole,
/// where in the part, how many bytes.
func copyParts(
    whole: Shape, axis: Int, dtype: DType, sizes: [Int], _ copy: (Int, Int, Int, Int) -> Void
) {
    let outer = whole[0..<axis].elementCount
    let inner = whole[(axis + 1)..<whole.rank].elementCount * dtype.byteCount
    guard inner > 0 else { return }
    var offset = 0
    for row in 0..<outer {
        for (part, size) in sizes.enumerated() {
            copy(part, offset, row * size * inner, size * inner)
            offset += size * inner
        }
    }
}
