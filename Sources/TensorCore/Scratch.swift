/// Memory that a kernel needs for the length of a call, from the pool that tensors come from.
struct Scratch: ~Copyable, @unchecked Sendable {
    // Sendable because it is only an address; who writes where in it is the kernel's affair.
    let pointer: UnsafeMutableRawPointer
    private let sizeClass: Int8

    /// - Throws: `TensorError.outOfMemory`.
    init(byteCount: Int) throws(TensorError) {
        guard let block = StoragePool.shared.take(byteCount) else { throw .outOfMemory(byteCount: byteCount) }
        pointer = block.pointer
        sizeClass = block.sizeClass
    }

    deinit { StoragePool.shared.give(pointer, sizeClass: sizeClass) }
}
