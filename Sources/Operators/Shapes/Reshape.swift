import TensorCore

/// The same elements in row-major order under another shape.
///
/// - Shapes: one extent may be −1 and is worked out from the others.
/// - Throws: `TensorError.invalidArgument` when the element counts differ.
struct Reshape: ViewOperator {
    let extents: [Int]

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        let open = extents.indices.filter { extents[$0] == -1 }
        guard open.count <= 1, extents.allSatisfy({ $0 >= -1 && $0 <= Shape.extentMax }), extents.count <= Shape.rankMax
        else { throw .invalidArgument(operator: "reshape", message: "\(extents) is not a shape with at most one -1") }
        var shape = Shape(extents)
        guard x.shape.isKnown else {
            // When all the rest agrees, the open extent is x's only unknown one, and keeps its name.
            let unknown = (0..<x.rank).filter { x.shape[$0] < 0 }
            if let axis = open.first, unknown.count == 1, shape.elementCount == x.shape.elementCount,
                shape.elementCount > 0
            {
                shape[axis] = x.shape[unknown[0]]
            }
            return x.with(shape)
        }
        let known = open.isEmpty ? shape.elementCount : shape.replacing(open[0], with: 1).elementCount
        if let axis = open.first {
            guard known > 0, x.elementCount % known == 0 else { throw mismatch(x.shape) }
            shape[axis] = x.elementCount / known
        } else if known != x.elementCount {
            throw mismatch(x.shape)
        }
        return x.with(shape)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor { try reshape(dy, like: x) }

    private func mismatch(_ shape: Shape) -> TensorError {
        .invalidArgument(
            operator: "reshape", message: "\(shape) with \(shape.elementCount) elements does not fit \(extents)")
    }
}

/// An operator whose result has x's elements in their order, under a shape that a reference tells of.
protocol ReferencedReshape: BinaryOperator {}

extension ReferencedReshape {
    func forward(_ x: Tensor, _ reference: Tensor, into y: inout TensorBuffer) {
        y.pointer.copyMemory(from: x.pointer, byteCount: y.spec.byteCount)
    }

    func gradients(
        x: Tensor, y reference: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try reshape(dz, like: x) : nil, nil)
    }
}

/// The same elements under the shape of a reference, whose elements do not matter.
struct ReshapeLike: ReferencedReshape {
    func outputSpec(_ x: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        if x.shape.isKnown && reference.shape.isKnown && x.elementCount != reference.elementCount {
            throw .shapeMismatch(
                operator: "reshapeLike", left: x.shape, right: reference.shape, rule: "the element counts must be equal"
            )
        }
        return x.with(reference.shape)
    }
}

/// `x` under another shape; shapes and errors as in ``Reshape``.
public func reshape(_ x: Tensor, _ extents: [Int]) throws(TensorError) -> Tensor {
    try apply(Reshape(extents: extents), to: x)
}

/// `x` under the shape that `reference` has.
func reshape(_ x: Tensor, like reference: Tensor) throws(TensorError) -> Tensor {
    if reference.shape.isKnown { return try reshape(x, reference.shape.extents) }
    return try apply(ReshapeLike(), to: x, reference)
}
