import TensorCore

/// Sums x down to the shape of a reference: what turns the gradient of a broadcast back.
///
/// - Shapes: the reference's shape must stretch to x's.
struct SumLike: BinaryOperator {
    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank >= reference.rank else {
            throw .shapeMismatch(
                operator: "sumLike", left: x.shape, right: reference.shape, rule: "the reference has more axes")
        }
        guard x.dtype == .float32 || x.dtype == .float64 else {
            throw .unsupportedDType(operator: "sumLike", received: x.dtype)
        }
        return x.with(reference.shape)
    }

    func forward(_ x: Tensor, _ reference: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let lead = x.rank - reference.rank
        let axes = (0..<x.rank).filter { axis in
            axis < lead || (reference.shape[axis - lead] == 1 && x.shape[axis] != 1)
        }
        try Sum(axes: axes, keepsDimensions: true).forward(x, into: &y)
    }

    func gradients(
        x: Tensor, y reference: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try broadcast(dz, like: x) : nil, nil)
    }
}

/// `x` summed to the shape that `reference` has; `x` itself where the shapes are provably equal.
func sumLike(_ x: Tensor, _ reference: Tensor) throws(TensorError) -> Tensor {
    if x.shape == reference.shape && !x.shape.extents.contains(Shape.unknown) { return x }
    return try apply(SumLike(), to: x, reference)
}
