/// What is known of a tensor without looking at its elements.
@frozen public struct TensorSpec: Hashable, Sendable {
    public var shape: Shape
    public var dtype: DType

    @inlinable public init(_ shape: Shape, _ dtype: DType = .float32) {
        self.shape = shape
        self.dtype = dtype
    }

    @inlinable public var rank: Int { shape.rank }
    @inlinable public var elementCount: Int { shape.elementCount }

    /// Bytes of all elements; `Int.max` when that is beyond counting.
    @inlinable public var byteCount: Int {
        let (bytes, overflow) = shape.elementCount.multipliedReportingOverflow(by: dtype.byteCount)
        return overflow ? Int.max : bytes
    }

    @inlinable public func with(_ dtype: DType) -> TensorSpec { TensorSpec(shape, dtype) }
    @inlinable public func with(_ shape: Shape) -> TensorSpec { TensorSpec(shape, dtype) }
}

extension TensorSpec: CustomStringConvertible {
    /// `float32[?, 8]`
    public var description: String { dtype.name + shape.description }
}
