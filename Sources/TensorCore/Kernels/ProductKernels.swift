extension Kernels {
    /// Calls `body` with the places of the elements of each group along `axes`.
    public static func forEachGroup(of shape: Shape, over axes: [Int], _ body: ([Int]) -> Void) {
        guard shape.elementCount > 0 else { return }
        let steps = shape.steps
        /// All sums of multiples of the steps of some axes, row-major.
        func offsets(_ chosen: [Int]) -> [Int] {
            chosen.reduce([0]) { known, axis in
                known.flatMap { start in (0..<shape[axis]).map { start + $0 * steps[axis] } }
            }
        }
        let inside = offsets(axes)
        for start in offsets((0..<shape.rank).filter { !axes.contains($0) }) { body(inside.map { start + $0 }) }
    }

    /// For each place the product of the elements at all other places.
    public static func productsOfOthers(_ x: Tensor, into y: inout TensorBuffer, _ places: [Int]) {
        if x.dtype == .float32 {
            productsOfOthers(x.pointer(to: Float.self), y.pointer(to: Float.self), places)
        } else {
            productsOfOthers(x.pointer(to: Double.self), y.pointer(to: Double.self), places)
        }
    }

    /// What flows back through that.
    public static func productsOfOthersGradient(
        _ x: Tensor, _ dy: Tensor, into z: inout TensorBuffer, _ places: [Int]
    ) {
        if x.dtype == .float32 {
            productsOfOthersGradient(
                x.pointer(to: Float.self), dy.pointer(to: Float.self), z.pointer(to: Float.self), places)
        } else {
            productsOfOthersGradient(
                x.pointer(to: Double.self), dy.pointer(to: Double.self), z.pointer(to: Double.self), places)
        }
    }

    private static func productsOfOthers<Scalar: BinaryFloatingPoint>(
        _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ places: [Int]
    ) {
        var product: Scalar = 1
        for place in places {
            y[place] = product
            product *= x[place]
        }
        product = 1
        for place in places.reversed() {
            y[place] *= product
            product *= x[place]
        }
    }

    /// Without j, the others' products of the rest are what i's is divided by xⱼ; going from left and from right does it
    /// without dividing: `Σ dyᵢ Π xₖ` grows by one element at a time.
    private static func productsOfOthersGradient<Scalar: BinaryFloatingPoint>(
        _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, _ z: UnsafeMutablePointer<Scalar>, _ places: [Int]
    ) {
        // Over the elements before a place: their product, and the sum over i of dyᵢ times the product of the others.
        var before: [(product: Scalar, sum: Scalar)] = []
        var (product, sum): (Scalar, Scalar) = (1, 0)
        for place in places {
            before.append((product, sum))
            sum = sum * x[place] + dy[place] * product
            product *= x[place]
        }
        // The same over those after it; the two sides join by the product rule.
        (product, sum) = (1, 0)
        for (place, left) in zip(places, before).reversed() {
            z[place] = left.sum * product + left.product * sum
            sum = sum * x[place] + dy[place] * product
            product *= x[place]
        }
    }
}
