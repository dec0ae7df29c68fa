/// The extents of a tensor, outermost first, held inline for up to eight axes.
///
/// A negative extent is unknown: −1 says nothing more, −2 and below are *named* unknowns, so that two
/// batches of one graph can be proved equal before their size is known.
@frozen public struct Shape: Hashable, Sendable {
    /// More axes than this no operator takes.
    public static let rankMax = 8
    /// The largest extent of one axis.
    public static let extentMax = Int(Int32.max)
    /// An extent of which nothing is known.
    public static let unknown = -1

    // Lanes beyond the rank are zero, so that equality and hashing need not look at the rank alone.
    @usableFromInline var low: SIMD4<Int32>
    @usableFromInline var high: SIMD4<Int32>
    @usableFromInline var axes: UInt8

    /// The shape of a scalar.
    @inlinable public init() {
        low = .zero
        high = .zero
        axes = 0
    }

    /// A shape from code, where too many axes or too large an extent is a defect of that code.
    /// What a client sends goes through ``init(checking:)``.
    @inlinable public init(_ extents: some Sequence<Int>) {
        self.init()
        for extent in extents { append(extent) }
    }

    /// A shape from outside.
    ///
    /// - Throws: `TensorError.shapeTooLarge` for more than eight axes, or an extent beyond 2³¹ − 1.
    public init(checking extents: [Int]) throws(TensorError) {
        guard extents.count <= Shape.rankMax, extents.allSatisfy({ $0 <= Shape.extentMax && $0 >= 0 }) else {
            throw .shapeTooLarge(extents: extents)
        }
        self.init(extents)
    }

    @inlinable public var rank: Int { Int(axes) }

    /// The extent of `axis`; negative when it is unknown.
    @inlinable public subscript(axis: Int) -> Int {
        get {
            precondition(axis >= 0 && axis < rank, "axis out of range")
            return Int(axis < 4 ? low[axis] : high[axis &- 4])
        }
        set {
            precondition(axis >= 0 && axis < rank, "axis out of range")
            if axis < 4 { low[axis] = Int32(newValue) } else { high[axis &- 4] = Int32(newValue) }
        }
    }

    @inlinable public mutating func append(_ extent: Int) {
        precondition(rank < Shape.rankMax, "a shape has at most eight axes")
        axes += 1
        self[rank - 1] = extent
    }

    /// Elements of a tensor of this shape; `Int.max` when that is beyond counting. Unknown extents count as
    /// one, so ask ``isKnown`` first.
    @inlinable public var elementCount: Int {
        var count = 1
        for axis in 0..<rank {
            let extent = self[axis]
            if extent == 0 { return 0 }
            if extent > 0 {
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                count = overflow ? Int.max : product
            }
        }
        return count
    }

    /// Whether every extent is known.
    @inlinable public var isKnown: Bool { !any(low .< 0) && !any(high .< 0) }

    /// The extents in order; unknown ones are negative.
    public var extents: [Int] { (0..<rank).map { self[$0] } }

    /// The last extent, nil for a scalar.
    @inlinable public var last: Int? { rank > 0 ? self[rank - 1] : nil }

    /// The shape of the axes in `range`.
    @inlinable public subscript(range: Range<Int>) -> Shape {
        var part = Shape()
        for axis in range { part.append(self[axis]) }
        return part
    }

    public func dropLast(_ count: Int = 1) -> Shape { self[0..<Swift.max(0, rank - count)] }
    public func dropFirst(_ count: Int = 1) -> Shape { self[Swift.min(count, rank)..<rank] }

    /// This shape with `extent` at `axis` in place of what was there.
    @inlinable public func replacing(_ axis: Int, with extent: Int) -> Shape {
        var changed = self
        changed[axis] = extent
        return changed
    }

    /// This shape with a new axis before `axis`.
    public func inserting(_ extent: Int, at axis: Int) -> Shape {
        Shape(extents[..<axis] + [extent] + extents[axis...])
    }

    public func removing(_ axis: Int) -> Shape {
        Shape(extents[..<axis] + extents[(axis + 1)...])
    }

    /// Whether a tensor of the fully known shape `actual` may stand where this one, unknowns and all, is expected.
    public func accepts(_ actual: Shape) -> Bool {
        guard rank == actual.rank else { return false }
        for axis in 0..<rank where self[axis] >= 0 && actual[axis] >= 0 && self[axis] != actual[axis] { return false }
        return true
    }
}

@inlinable func any(_ mask: SIMDMask<SIMD4<Int32>>) -> Bool {
    mask[0] || mask[1] || mask[2] || mask[3]
}

extension Shape: ExpressibleByArrayLiteral {
    /// `[nil, 8]` is a batch of eight features.
    @inlinable public init(arrayLiteral elements: Int?...) {
        self.init(elements.map { $0 ?? Shape.unknown })
    }
}

extension Shape: CustomStringConvertible {
    /// `[?, 8]`
    public var description: String {
        "[" + extents.map { $0 < 0 ? "?" : String($0) }.joined(separator: ", ") + "]"
    }
}
