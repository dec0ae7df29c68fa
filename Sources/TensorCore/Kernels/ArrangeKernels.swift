import CKernels

extension Kernels {
    /// The elements of x as y's dtype; the rules are those of CKernels.
    public static func cast(_ x: Tensor, into y: inout TensorBuffer) {
        guard let loop = ck_cast(Int32(x.dtype.rawValue), Int32(y.dtype.rawValue)) else {
            preconditionFailure("no conversion from \(x.dtype) to \(y.dtype)")
        }
        let (from, to) = (x.dtype.byteCount, y.dtype.byteCount)
        let target = y.pointer
        shareOut(y.elementCount) { share in
            loop(x.pointer + share.lowerBound * from, target + share.lowerBound * to, share.count, 0, 0)
        }
    }

    /// `zᵢ = conditionᵢ ? xᵢ : yᵢ`, all stretched to z's shape.
    public static func select(_ condition: Tensor, _ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) {
        let size = z.dtype.byteCount
        let target = z.pointer
        Broadcast(condition.shape, x.shape, y.shape, to: z.shape).forEachRun { run in
            ck_select(
                condition.pointer(to: UInt8.self) + run.places[0], run.steps[0], x.pointer + run.places[1] * size,
                run.steps[1], y.pointer + run.places[2] * size, run.steps[2], target + run.start * size, run.count,
                size)
        }
    }

    /// Whether an element of a whole dtype is zero.
    public static func containsZero(_ x: Tensor) -> Bool {
        ck_contains_zero(x.pointer, x.elementCount, x.dtype.byteCount) != 0
    }

    /// Whether an element of a whole dtype is below zero.
    public static func containsNegative(_ x: Tensor) -> Bool {
        ck_contains_negative(x.pointer, x.elementCount, Int32(x.dtype.rawValue)) != 0
    }

    /// Whether no element is infinite or NaN.
    public static func isFinite(_ x: Tensor) -> Bool {
        ck_all_finite(x.pointer, x.elementCount, Int32(x.dtype.rawValue)) != 0
    }
}

/// A walk over a block of elements that lie at other steps on either side: what transposing, reversing, slicing,
/// stretching and tiling are.
public struct StridedWalk {
    /// Outermost first; steps in elements, negative ones run backwards, zero stands still.
    private var extents: [Int] = []
    private var targetSteps: [Int] = []
    private var sourceSteps: [Int] = []
    private var targetStart = 0
    private var sourceStart = 0

    public init() {}

    /// Adds the next inner axis.
    public mutating func append(extent: Int, targetStep: Int, sourceStep: Int) {
        guard extent != 1 else { return }
        // An axis that continues the one outside of it on both sides is one axis with it.
        if let last = extents.indices.last, targetSteps[last] == targetStep * extent,
            sourceSteps[last] == sourceStep * extent
        {
            extents[last] *= extent
            targetSteps[last] = targetStep
            sourceSteps[last] = sourceStep
            return
        }
        extents.append(extent)
        targetSteps.append(targetStep)
        sourceSteps.append(sourceStep)
    }

    /// Where the block begins.
    public mutating func move(target: Int = 0, source: Int = 0) {
        targetStart += target
        sourceStart += source
    }

    private var isEmpty: Bool { extents.contains(0) }

    /// The same walk with the sides exchanged.
    public func reversed() -> StridedWalk {
        var walk = self
        swap(&walk.targetSteps, &walk.sourceSteps)
        swap(&walk.targetStart, &walk.sourceStart)
        return walk
    }

    /// Copies the elements of x to their places in y.
    public func copy(_ x: Tensor, into y: inout TensorBuffer) {
        guard !isEmpty else { return }
        let size = x.dtype.byteCount
        ck_copy_strided(
            y.pointer + targetStart * size, targetSteps.map { $0 * size }, x.pointer + sourceStart * size,
            sourceSteps.map { $0 * size }, extents, Int32(extents.count), size)
    }

    /// Adds the elements of x to those at their places in y; for float32 and float64.
    public func add(_ x: Tensor, into y: inout TensorBuffer) {
        guard !isEmpty else { return }
        let size = x.dtype.byteCount
        ck_add_strided(
            y.pointer + targetStart * size, targetSteps.map { $0 * size }, x.pointer + sourceStart * size,
            sourceSteps.map { $0 * size }, extents, Int32(extents.count), Int32(x.dtype.rawValue))
    }
}

extension Shape {
    /// How many elements each axis moves by in row-major order.
    public var steps: [Int] {
        var steps = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) { steps[axis] = steps[axis + 1] * self[axis + 1] }
        return steps
    }
}
