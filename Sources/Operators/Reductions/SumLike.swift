import TensorCore

/// Sums x down to the shape of a reference, whose elements do not matter: what turns a broadcast back. Or averages it,
/// which turns the other way about.
///
/// - Shapes: the reference's shape must stretch to x's.
struct SumLike: BinaryOperator {
    var averages = false

    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= reference.rank, try broadcastShape(x.shape, reference.shape, operator: name).accepts(x.shape)
        else {
            throw .shapeMismatch(
                operator: name, left: x.shape, right: reference.shape, rule: "the reference must stretch to x")
        }
        try requireFloats(x.dtype, operator: name)
        return x.with(reference.shape)
    }

    func forward(_ x: Tensor, _ reference: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let lead = x.rank - reference.rank
        let axes = (0..<x.rank).filter { axis in
            axis < lead || (reference.shape[axis - lead] == 1 && x.shape[axis] != 1)
        }
        try reduce(x, over: axes, with: .sum, into: &y)
        if averages { UnaryKernel.divideBy.run(inPlace: &y, ratio(x, y.elementCount)) }
    }

    func gradients(
        x: Tensor, y reference: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try broadcast(dz, like: x, averages: averages) : nil, nil)
    }
}

/// How many elements of `large` there are for each of a small tensor's.
func ratio(_ large: Tensor, _ smallCount: Int) -> Double {
    smallCount == 0 ? 1 : Double(large.elementCount / smallCount)
}

/// `x` summed to the shape that `reference` has; `x` itself where the shapes are provably equal.
func sumLike(_ x: Tensor, _ reference: Tensor, averages: Bool = false) throws(TensorError) -> Tensor {
    if x.shape == reference.shape && !x.shape.hasAnonymousExtents { return x }
    return try apply(SumLike(averages: averages), to: x, reference)
}

extension Shape {
    /// Whether some extent is unknown and has no name, so that equal shapes prove nothing.
    var hasAnonymousExtents: Bool {
        for axis in 0..<rank where self[axis] == Shape.unknown { return true }
        return false
    }
}
