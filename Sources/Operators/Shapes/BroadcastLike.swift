import TensorCore

/// Stretches x to the shape of a reference, whose elements do not matter. Or spreads each element in equal parts.
///
/// - Shapes: x's shape must stretch to the reference's.
struct BroadcastLike: BinaryOperator {
    var averages = false

    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        let shape = try broadcastShape(x.shape, reference.shape, operator: name)
        guard reference.shape.accepts(shape) else {
            throw .shapeMismatch(
                operator: name, left: x.shape, right: reference.shape, rule: "x must stretch to the reference")
        }
        if averages { try requireFloats(x.dtype, operator: name) }
        return x.with(reference.shape)
    }

    func forward(_ x: Tensor, _ reference: Tensor, into y: inout TensorBuffer) {
        stretch(x, into: &y)
        if averages { UnaryKernel.divideBy.run(inPlace: &y, ratio(reference, x.elementCount)) }
    }

    func gradients(
        x: Tensor, y reference: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz, x, averages: averages) : nil, nil)
    }
}

/// Copies x, stretched to y's shape.
func stretch(_ x: Tensor, into y: inout TensorBuffer) {
    let lead = y.shape.rank - x.rank
    let (steps, targetSteps) = (x.shape.steps, y.shape.steps)
    var walk = StridedWalk()
    for axis in 0..<y.shape.rank {
        let isStretched = axis < lead || x.shape[axis - lead] == 1
        walk.append(
            extent: y.shape[axis], targetStep: targetSteps[axis], sourceStep: isStretched ? 0 : steps[axis - lead])
    }
    walk.copy(x, into: &y)
}

/// `x` stretched to the shape that `reference` has.
func broadcast(_ x: Tensor, like reference: Tensor, averages: Bool = false) throws(TensorError) -> Tensor {
    if x.shape == reference.shape && !x.shape.hasAnonymousExtents { return x }
    return try apply(BroadcastLike(averages: averages), to: x, reference)
}
