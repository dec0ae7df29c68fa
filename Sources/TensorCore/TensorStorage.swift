import Glibc

/// What a storage object keeps beside its elements.
@frozen public struct StorageHeader {
    @usableFromInline var pointer: UnsafeMutableRawPointer
    @usableFromInline var byteCount: Int
    /// What keeps the memory alive when it is not this object's own; such memory is never written.
    @usableFromInline var owner: AnyObject?
    /// The pool's size class the memory came from and returns to, −1 when it lies in this object's tail.
    @usableFromInline var sizeClass: Int8

    @inlinable
    init(pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject?, sizeClass: Int8) {
        self.pointer = pointer
        self.byteCount = byteCount
        self.owner = owner
        self.sizeClass = sizeClass
    }
}

/// The bytes of one or more tensors.
///
/// Small ones lie in the tail of this very object, so that a small tensor is one allocation. Large ones come
/// from ``StoragePool``, so that a steady loop does not go to malloc. A third kind only points into memory
/// that another object owns: a slice of a batch, a request's body, a mapped file.
///
/// The bytes are written only by whoever holds the only reference (`Tensor.isUnique`), and the header never
/// changes after creation; that is what lets a ``Tensor`` cross threads.
public final class TensorStorage: ManagedBuffer<StorageHeader, UInt64> {
    /// The largest size kept in the object's tail: beyond it a pooled block is cheaper than malloc.
    @usableFromInline static let tailBytesMax = 2048

    /// Memory for `byteCount` bytes, with no particular contents.
    ///
    /// - Throws: `TensorError.outOfMemory` when the system has no such block.
    @inlinable
    public static func allocate(byteCount: Int) throws(TensorError) -> TensorStorage {
        var pointer: UnsafeMutableRawPointer?
        return try allocate(byteCount: byteCount, &pointer)
    }

    /// The same, which also says where the memory is: asking the object costs a reference count.
    @inlinable
    static func allocate(
        byteCount: Int, _ pointer: inout UnsafeMutableRawPointer?
    ) throws(TensorError) -> TensorStorage {
        guard byteCount <= tailBytesMax else {
            let storage = try pooled(byteCount)
            pointer = storage.pointer
            return storage
        }
        let object = TensorStorage.create(minimumCapacity: (byteCount + 7) >> 3) { buffer in
            let elements = buffer.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
            pointer = elements
            return StorageHeader(pointer: elements, byteCount: byteCount, owner: nil, sizeClass: -1)
        }
        return unsafeDowncast(object, to: TensorStorage.self)
    }

    @usableFromInline
    static func pooled(_ byteCount: Int) throws(TensorError) -> TensorStorage {
        guard let block = StoragePool.shared.take(byteCount) else { throw .outOfMemory(byteCount: byteCount) }
        let object = TensorStorage.create(minimumCapacity: 0) { _ in
            StorageHeader(pointer: block.pointer, byteCount: byteCount, owner: nil, sizeClass: block.sizeClass)
        }
        return unsafeDowncast(object, to: TensorStorage.self)
    }

    /// Looks at `byteCount` bytes that `owner` keeps alive and nobody changes.
    public static func view(_ pointer: UnsafeRawPointer, byteCount: Int, owner: AnyObject) -> TensorStorage {
        let object = TensorStorage.create(minimumCapacity: 0) { _ in
            StorageHeader(
                pointer: UnsafeMutableRawPointer(mutating: pointer), byteCount: byteCount, owner: owner, sizeClass: -1)
        }
        return unsafeDowncast(object, to: TensorStorage.self)
    }

    // Read through its address: a plain read of `header` would be checked for exclusive access, and nobody writes it.
    @inlinable var pointer: UnsafeMutableRawPointer { withUnsafeMutablePointerToHeader { $0.pointee.pointer } }
    @inlinable var byteCount: Int { withUnsafeMutablePointerToHeader { $0.pointee.byteCount } }
    @inlinable var owner: AnyObject? { withUnsafeMutablePointerToHeader { $0.pointee.owner } }
    @inlinable var isView: Bool { owner != nil }

    deinit {
        withUnsafeMutablePointerToHeader { header in
            guard header.pointee.sizeClass >= 0 else { return }
            StoragePool.shared.give(header.pointee.pointer, sizeClass: header.pointee.sizeClass)
        }
    }
}
