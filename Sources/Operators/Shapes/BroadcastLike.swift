import TensorCore

/// Stretches x to the shape of a reference, whose elements do not matter.
struct BroadcastLike: BinaryOperator {
    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        let shape = try broadcastShape(x.shape, reference.shape, operator: "broadcastLike")
        guard reference.shape.accepts(shape) else {
            throw .shapeMismatch(
                operator: "broadcastLike", left: x.shape, right: reference.shape,
                rule: "x must stretch to the reference")
        }
        guard BinaryKernel.add.takes(x.dtype) else {
            throw .unsupportedDType(operator: "broadcastLike", received: x.dtype)
        }
        return x.with(reference.shape)
    }

    func forward(_ x: Tensor, _ reference: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        // Adding a zero of no extent is the stretching loop, with the right side standing still.
        let zero = try Tensor.zeros(Shape(Array(repeating: 1, count: y.shape.rank)), x.dtype)
        BinaryKernel.add.stretch(x, over: zero, into: &y)
    }

    func gradients(
        x: Tensor, y reference: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try sumLike(dz, x) : nil, nil)
    }
}

/// `x` stretched to the shape that `reference` has.
func broadcast(_ x: Tensor, like reference: Tensor) throws(TensorError) -> Tensor {
    if x.shape == reference.shape && !x.shape.extents.contains(Shape.unknown) { return x }
    return try apply(BroadcastLike(), to: x, reference)
}
