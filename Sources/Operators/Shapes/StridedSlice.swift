import TensorCore

/// What to take of one axis.
public enum AxisSlice: Sendable, Hashable {
    /// One place; the axis goes away. Negative ones count from the end.
    case index(Int)
    /// The places from `from` up to but without `to`, every `by`th. Negative ends count from the end, nil is as far as
    /// it goes, what lies outside is cut off, and a negative step runs backwards.
    case range(from: Int? = nil, to: Int? = nil, by: Int = 1)
    /// A new axis of extent 1.
    case newAxis
    /// All axes that the other slices leave over; once at most.
    case rest

    public static let all = AxisSlice.range()
    public static func from(_ start: Int) -> AxisSlice { .range(from: start) }
    public static func upTo(_ end: Int) -> AxisSlice { .range(to: end) }
    public static func every(_ step: Int) -> AxisSlice { .range(by: step) }
}

extension AxisSlice: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self = .index(value) }
}

/// A part of a tensor, by places and ranges of its axes.
///
/// - Shapes: a place drops its axis, a range keeps those that it takes; axes without a slice stay.
/// - Throws: `TensorError.rankTooSmall` for more slices than axes, `.indexOutOfRange`, `.invalidArgument` for a step of
///   zero.
/// - Source: tf.strided_slice (TensorFlow 1.8), whose masks these slices are.
struct StridedSlice: UnaryOperator {
    let slices: [AxisSlice]

    /// One axis of the result or a place in x, resolved: `axis` is nil for a new one.
    private struct Part {
        var axis: Int?
        var start = 0
        var step = 1
        var extent = 1
        var isKept = true
    }

    private func parts(_ shape: Shape) throws(TensorError) -> [Part] {
        let taken = slices.filter { $0 != .newAxis && $0 != .rest }.count
        guard taken <= shape.rank else {
            throw .rankTooSmall(operator: name, minimum: taken, received: shape)
        }
        guard slices.filter({ $0 == .rest }).count <= 1 else {
            throw .invalidArgument(operator: name, message: "the rest of the axes can be named once only")
        }
        var parts: [Part] = []
        var axis = 0
        for slice in slices.contains(.rest) ? slices : slices + [.rest] {
            switch slice {
            case .newAxis:
                parts.append(Part())
            case .rest:
                for _ in 0..<shape.rank - taken {
                    parts.append(Part(axis: axis, extent: shape[axis]))
                    axis += 1
                }
            case .index(let index):
                let limit = shape[axis]
                let place = index < 0 ? index &+ limit : index
                guard limit < 0 || (place >= 0 && place < limit) else {
                    throw .indexOutOfRange(operator: name, index: index, limit: limit)
                }
                parts.append(Part(axis: axis, start: place, isKept: false))
                axis += 1
            case .range(let from, let to, let step):
                parts.append(try range(axis, shape[axis], from, to, step))
                axis += 1
            }
        }
        return parts
    }

    private func range(
        _ axis: Int, _ limit: Int, _ from: Int?, _ to: Int?, _ step: Int
    ) throws(TensorError) -> Part {
        guard step != 0 else { throw .invalidArgument(operator: name, message: "the step of axis \(axis) is zero") }
        guard limit >= 0 else {
            let isWhole = from ?? 0 == 0 && to == nil && step == 1
            return Part(axis: axis, extent: isWhole ? limit : Shape.unknown)
        }
        // As Python's slices: ends are counted from the front and cut off to where they mean something.
        let (lowest, highest) = step > 0 ? (0, limit) : (-1, limit - 1)
        func place(_ end: Int?, default standard: Int) -> Int {
            guard let end else { return standard }
            return Swift.min(Swift.max(end < 0 ? end &+ limit : end, lowest), highest)
        }
        let start = place(from, default: step > 0 ? lowest : highest)
        let end = place(to, default: step > 0 ? highest : lowest)
        // A step beyond the axis takes one element, whatever its size.
        let stride = Swift.min(Swift.max(step, -limit - 1), limit + 1)
        let span = step > 0 ? end - start : start - end
        let extent = span <= 0 ? 0 : (span - 1) / Swift.abs(stride) + 1
        return Part(axis: axis, start: start, step: stride, extent: extent)
    }

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        x.with(try Shape(result: try parts(x.shape).filter(\.isKept).map(\.extent)))
    }

    /// From the places in a tensor of `shape` to the places of the slice.
    func walk(_ shape: Shape, to slice: Shape) throws(TensorError) -> StridedWalk {
        let (steps, targetSteps) = (shape.steps, slice.steps)
        var walk = StridedWalk()
        var place = 0
        for part in try parts(shape) {
            let step = part.axis.map { steps[$0] } ?? 0
            if part.extent > 0 { walk.move(source: part.start * step) }
            guard part.isKept else { continue }
            walk.append(extent: part.extent, targetStep: targetSteps[place], sourceStep: part.step * step)
            place += 1
        }
        return walk
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try walk(x.shape, to: y.shape).copy(x, into: &y)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(StridedSliceGradient(slices: slices), to: dy, x)
    }
}

/// Zeros like a reference, with dy where the slice was.
struct StridedSliceGradient: BinaryOperator {
    let slices: [AxisSlice]

    func outputSpec(_ dy: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        guard try StridedSlice(slices: slices).outputSpec(reference).shape.accepts(dy.shape) else {
            throw .shapeMismatch(
                operator: name, left: dy.shape, right: reference.shape, rule: "the slice must be one of the reference")
        }
        return dy.with(reference.shape)
    }

    func forward(_ dy: Tensor, _ reference: Tensor, into z: inout TensorBuffer) throws(TensorError) {
        z.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: z.spec.byteCount)
        let slice = StridedSlice(slices: slices)
        try slice.walk(z.shape, to: dy.shape).reversed().copy(dy, into: &z)
    }

    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(StridedSlice(slices: slices), to: dz) : nil, nil)
    }
}

/// A part of `x`; shapes and errors as in ``StridedSlice``.
public func slice(_ x: Tensor, _ slices: [AxisSlice]) throws(TensorError) -> Tensor {
    try apply(StridedSlice(slices: slices), to: x)
}

/// The block of `sizes` elements along each axis that begins at `starts`; a size of −1 goes to the end.
///
/// - Throws: `TensorError.invalidArgument` when there is not one of each for every axis, or the block does not fit.
/// - Source: tf.slice (TensorFlow 1.8).
public func slice(_ x: Tensor, from starts: [Int], sizes: [Int]) throws(TensorError) -> Tensor {
    guard starts.count == x.rank, sizes.count == x.rank else {
        throw .invalidArgument(operator: "slice", message: "\(starts) and \(sizes) do not have an entry for each axis")
    }
    var slices: [AxisSlice] = []
    for axis in 0..<x.rank {
        let (start, size, limit) = (starts[axis], sizes[axis], x.shape[axis])
        guard start >= 0, start <= Shape.extentMax, size >= -1, size <= Shape.extentMax,
            limit < 0 || (start <= limit && size <= limit - start)
        else {
            throw .invalidArgument(
                operator: "slice", message: "\(size) elements from \(start) are not in axis \(axis) of \(x.shape)")
        }
        slices.append(.range(from: start, to: size < 0 ? nil : start + size))
    }
    return try slice(x, slices)
}

extension Tensor {
    /// A part, as in `try x[0, .from(2), .all]`; shapes and errors as in ``StridedSlice``.
    public subscript(_ slices: AxisSlice...) -> Tensor {
        get throws(TensorError) { try apply(StridedSlice(slices: slices), to: self) }
    }
}
