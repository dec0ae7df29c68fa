import TensorCore

/// Bytes in memory together with whoever keeps them there: a mapped file, an array, a tensor's elements.
///
/// Writers hand out regions instead of one joined array, so that a gigabyte of tensors is never copied to be written.
public struct ByteRegion: @unchecked Sendable {
    // Sendable because nobody changes the bytes while the owner lives.
    public let pointer: UnsafeRawPointer
    public let count: Int
    public let owner: AnyObject

    /// - Parameter owner: keeps `bytes` in place and unchanged.
    public init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        pointer = bytes.baseAddress ?? UnsafeRawPointer(Unmanaged.passUnretained(owner).toOpaque())
        count = bytes.count
        self.owner = owner
    }

    /// A copy of `bytes`.
    public init(copying bytes: some Collection<UInt8>) {
        let memory = OwnedBytes(copying: bytes)
        self.init(UnsafeRawBufferPointer(memory.bytes), owner: memory)
    }

    /// New memory that `body` fills.
    public init<Failure: Error>(
        uninitialized count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let memory = OwnedBytes(count: count)
        try body(memory.bytes)
        self.init(UnsafeRawBufferPointer(memory.bytes), owner: memory)
    }

    /// The elements of a concrete tensor.
    public init(_ tensor: Tensor) {
        self.init(
            UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.spec.byteCount), owner: TensorOwner(tensor))
    }

    /// The bytes `range`, which lies inside.
    public subscript(range: Range<Int>) -> ByteRegion {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a part outside its region")
        return ByteRegion(
            UnsafeRawBufferPointer(start: pointer + range.lowerBound, count: range.count), owner: owner)
    }

    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = try body(UnsafeRawBufferPointer(start: pointer, count: count))
        withExtendedLifetime(owner) {}
        return result
    }

    /// A copy of the bytes, for tests and for what is small.
    public var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

private final class OwnedBytes {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }

    convenience init(copying source: some Collection<UInt8>) {
        self.init(count: source.count)
        bytes.copyBytes(from: source)
    }

    deinit { bytes.deallocate() }
}

private final class TensorOwner {
    let tensor: Tensor
    init(_ tensor: Tensor) { self.tensor = tensor }
}
