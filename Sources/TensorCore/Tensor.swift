import Synchronization

/// An n-dimensional array of one element type: a value, copied when it is written and shared until then.
///
/// A tensor is either *concrete*, with elements in memory, or *symbolic*, standing for what a graph will
/// compute; then its shape may have unknown extents. Operators take both.
@frozen public struct Tensor: @unchecked Sendable {
    // Sendable because a storage is written only through a proof of uniqueness, and a node holds only lets.
    @usableFromInline var payload: Payload
    /// Tells this value from every other one made in this process; tapes watch it.
    public let id: UInt64
    public let spec: TensorSpec
    public let isSymbolic: Bool
    /// Where the elements are: the payload's own pointer, kept here so that reading it costs no reference count. It
    /// fills what alignment leaves of 64 bytes.
    @usableFromInline let address: UnsafeMutableRawPointer?

    @inlinable
    init(payload: Payload, address: UnsafeMutableRawPointer?, id: UInt64, spec: TensorSpec) {
        self.payload = payload
        self.id = id
        self.spec = spec
        self.isSymbolic = address == nil
        self.address = address
    }

    @inlinable
    init(_ storage: TensorStorage, _ spec: TensorSpec) {
        self.init(payload: .storage(storage), address: storage.pointer, id: TensorIdentity.next(), spec: spec)
    }

    @inlinable public var shape: Shape { spec.shape }
    @inlinable public var dtype: DType { spec.dtype }
    @inlinable public var rank: Int { spec.rank }
    @inlinable public var elementCount: Int { spec.elementCount }
}

/// Where a tensor's value is.
@frozen public enum Payload {
    case storage(TensorStorage)
    case node(TensorNode)
    /// Only for a moment, while uniqueness is asked.
    case moved
}

/// The source of tensor identities. Zero is never given out.
public enum TensorIdentity {
    @usableFromInline static let counter = Atomic<UInt64>(1)

    @inlinable public static func next() -> UInt64 { counter.wrappingAdd(1, ordering: .relaxed).oldValue }
}

// MARK: - Making tensors

extension Tensor {
    /// A tensor whose elements are still to be written.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    @inlinable
    public init(uninitialized spec: TensorSpec) throws(TensorError) {
        var address: UnsafeMutableRawPointer?
        let storage = try TensorStorage.allocate(byteCount: spec.byteCount, &address)
        self.init(payload: .storage(storage), address: address, id: TensorIdentity.next(), spec: spec)
    }

    /// The given elements in row-major order; their number must be that of the shape, anything else is a defect of
    /// the calling code.
    @_disfavoredOverload
    public init<Scalar: TensorScalar>(_ shape: Shape, _ elements: [Scalar]) {
        precondition(elements.count == shape.elementCount, "\(elements.count) elements do not fill \(shape)")
        self = Tensor.filled(TensorSpec(shape, Scalar.dtype)) { (target: UnsafeMutableBufferPointer<Scalar>) in
            _ = target.update(fromContentsOf: elements)
        }
    }

    /// Float elements, so that `Tensor([2], [1, 2])` needs no types.
    public init(_ shape: Shape, _ elements: [Float]) {
        precondition(elements.count == shape.elementCount, "\(elements.count) elements do not fill \(shape)")
        self = Tensor.filled(TensorSpec(shape, .float32)) { (target: UnsafeMutableBufferPointer<Float>) in
            _ = target.update(fromContentsOf: elements)
        }
    }

    /// One number.
    @_disfavoredOverload
    public init<Scalar: TensorScalar>(_ scalar: Scalar) { self.init([], [scalar]) }

    /// One float.
    public init(_ scalar: Float) { self.init([], [scalar]) }

    /// A tensor over bytes that `owner` keeps alive and unchanged; nothing is copied.
    public init(viewing pointer: UnsafeRawPointer, spec: TensorSpec, owner: AnyObject) {
        self.init(TensorStorage.view(pointer, byteCount: spec.byteCount, owner: owner), spec)
    }

    /// A tensor that a graph will compute. Handles of the same output have the same identity.
    public init(node: TensorNode, spec: TensorSpec, id: UInt64) {
        self.init(payload: .node(node), address: nil, id: id, spec: spec)
    }

    /// Makes a tensor and lets `body` write its elements, all of them. Running out of memory ends the process
    /// here: for what a client can make large, use ``init(uninitialized:)`` and ``withMutableElements(_:_:)``.
    public static func filled<Scalar: TensorScalar>(
        _ spec: TensorSpec, _ body: (UnsafeMutableBufferPointer<Scalar>) -> Void
    ) -> Tensor {
        guard var tensor = try? Tensor(uninitialized: spec) else { preconditionFailure("no memory for \(spec)") }
        tensor.withMutableElements(Scalar.self, body)
        return tensor
    }

    /// The same elements under another shape of as many; shared, with an identity of its own.
    @inlinable
    public func viewed(as shape: Shape) -> Tensor {
        Tensor(payload: payload, address: address, id: TensorIdentity.next(), spec: spec.with(shape))
    }

    /// The same value under a fresh identity, as a variable hands it out after an assignment.
    @inlinable
    public func withFreshIdentity() -> Tensor { viewed(as: shape) }

    /// `count` elements from `start` on, under `shape`; shared, not copied. For concrete tensors.
    public func slice(from start: Int, as shape: Shape) -> Tensor {
        let size = dtype.byteCount
        let part = spec.with(shape)
        precondition(start >= 0 && start * size + part.byteCount <= spec.byteCount, "a slice outside its tensor")
        guard let storage else { preconditionFailure("a symbolic tensor has no elements to slice") }
        // Views of views point at the first owner, so that chains do not grow.
        let owner: AnyObject = storage.owner ?? storage
        return Tensor(viewing: storage.pointer + start * size, spec: part, owner: owner)
    }
}

// MARK: - Reaching the elements

extension Tensor {
    @inlinable var storage: TensorStorage? {
        guard case .storage(let storage) = payload else { return nil }
        return storage
    }

    /// The graph's node behind a symbolic tensor.
    @inlinable public var node: TensorNode? {
        guard case .node(let node) = payload else { return nil }
        return node
    }

    /// The address of the first element, for kernels. Whoever calls keeps the tensor alive meanwhile
    /// (`withExtendedLifetime`), and never writes.
    @inlinable public var pointer: UnsafeRawPointer {
        guard let address else { preconditionFailure("a symbolic tensor has no elements") }
        return UnsafeRawPointer(address)
    }

    @inlinable public func pointer<Scalar>(to type: Scalar.Type) -> UnsafePointer<Scalar> {
        pointer.assumingMemoryBound(to: Scalar.self)
    }

    /// Where a kernel writes. Only for tensors that were just made and that nobody else has seen.
    @inlinable public var buffer: TensorBuffer {
        TensorBuffer(pointer: UnsafeMutableRawPointer(mutating: pointer), spec: spec)
    }

    /// Whether this value alone holds its memory, so that it may be written in place.
    @inlinable public mutating func isUnique() -> Bool {
        guard case .storage(var storage) = payload, !storage.isView else { return false }
        payload = .moved
        let unique = isKnownUniquelyReferenced(&storage)
        payload = .storage(storage)
        return unique
    }

    /// Lets `body` read the bytes.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = try body(UnsafeRawBufferPointer(start: pointer, count: spec.byteCount))
        withExtendedLifetime(self) {}
        return result
    }

    /// Lets `body` read the elements; `Scalar` must be the Swift type of the tensor's dtype.
    public func withElements<Scalar: TensorScalar, Result, Failure: Error>(
        _ type: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(Scalar.dtype == dtype, "\(dtype) elements read as \(Scalar.dtype)")
        let result = try body(UnsafeBufferPointer(start: pointer(to: Scalar.self), count: elementCount))
        withExtendedLifetime(self) {}
        return result
    }

    /// Lets `body` write the elements, after a copy if anyone else holds them: where there may be no memory for one,
    /// take ``copied()`` first.
    public mutating func withMutableElements<Scalar: TensorScalar, Result, Failure: Error>(
        _ type: Scalar.Type, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(Scalar.dtype == dtype, "\(dtype) elements written as \(Scalar.dtype)")
        if !isUnique() {
            guard let copy = try? copied() else { preconditionFailure("no memory for \(spec)") }
            self = copy
        }
        let target = buffer
        let result = try body(
            UnsafeMutableBufferPointer(
                start: target.pointer.assumingMemoryBound(to: Scalar.self), count: elementCount))
        withExtendedLifetime(self) {}
        return result
    }

    /// The elements in memory of their own.
    public func copied() throws(TensorError) -> Tensor {
        let copy = try Tensor(uninitialized: spec)
        copy.buffer.pointer.copyMemory(from: pointer, byteCount: spec.byteCount)
        withExtendedLifetime(self) {}
        return copy
    }

    /// The float elements in row-major order. For tests, examples and small tensors.
    public var values: [Float] { scalars(Float.self) }

    /// The elements in row-major order.
    public func scalars<Scalar: TensorScalar>(_ type: Scalar.Type) -> [Scalar] {
        withElements(type) { Array($0) }
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String { isSymbolic ? "symbolic \(spec)" : "\(spec)" }
}

/// Memory that a kernel fills: the elements of one tensor in the making.
@frozen public struct TensorBuffer {
    public let pointer: UnsafeMutableRawPointer
    public let spec: TensorSpec

    @inlinable public init(pointer: UnsafeMutableRawPointer, spec: TensorSpec) {
        self.pointer = pointer
        self.spec = spec
    }

    @inlinable public var shape: Shape { spec.shape }
    @inlinable public var dtype: DType { spec.dtype }
    @inlinable public var elementCount: Int { spec.elementCount }

    @inlinable public func pointer<Scalar>(to type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
        pointer.assumingMemoryBound(to: Scalar.self)
    }
}
