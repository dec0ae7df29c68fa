import TensorCore

/// The product over some axes, for numbers; whole ones wrap around. Of nothing it is one.
struct Product: ReductionOperator {
    static var kernel: ReduceKernel { .product }
    let axes: [Int]?
    let keepsDimensions: Bool

    /// The product of all other elements, which needs no division and so has no trouble with zeros.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try kept(dy, x) * apply(ProductOfOthers(axes: axes), to: x)
    }
}

/// For each element the product of all others along some axes.
///
/// - Shapes: x's, of floats.
struct ProductOfOthers: UnaryOperator {
    let axes: [Int]?

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireFloats(x.dtype, operator: name)
        _ = try resolvedAxes(axes, of: x.shape, operator: name)
        return x
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let axes = try resolvedAxes(axes, of: x.shape, operator: name)
        Kernels.forEachGroup(of: x.shape, over: axes) { places in
            Kernels.productsOfOthers(x, into: &y, places)
        }
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(ProductOfOthersGradient(axes: axes), to: x, dy)
    }
}

/// `dxⱼ = Σ dyᵢ Π xₖ` over all i ≠ j, with the product over all k but i and j. It has no gradient of its own: no third
/// derivative of a product is needed.
struct ProductOfOthersGradient: BinaryOperator {
    let axes: [Int]?

    func outputSpec(_ x: TensorSpec, _ dy: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireSame(x, dy, operator: name)
        return try ProductOfOthers(axes: axes).outputSpec(x)
    }

    func forward(_ x: Tensor, _ dy: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        let axes = try resolvedAxes(axes, of: x.shape, operator: name)
        Kernels.forEachGroup(of: x.shape, over: axes) { places in
            Kernels.productsOfOthersGradient(x, dy, into: &z, places)
        }
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        throw .notDifferentiable(operator: name)
    }
}

/// The product over `axes` (nil for all); shapes and errors as in ``ReductionOperator``.
public func product(
    _ x: Tensor, axes: [Int]? = nil, keepingDimensions: Bool = false
) throws(TensorError) -> Tensor {
    try apply(Product(axes: axes, keepsDimensions: keepingDimensions), to: x)
}

/// The product over one axis.
public func product(_ x: Tensor, axis: Int, keepingDimension: Bool = false) throws(TensorError) -> Tensor {
    try product(x, axes: [axis], keepingDimensions: keepingDimension)
}
