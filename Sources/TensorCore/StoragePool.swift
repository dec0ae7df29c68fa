import Glibc
import Locking

/// Keeps the memory blocks of dead tensors for the next ones of about their size.
///
/// A training loop makes the same temporaries at every step; taking them from here costs a lock instead of
/// a system call and a page fault per 4 KiB. Blocks are aligned to a cache line.
public final class StoragePool: Sendable {
    public static let shared = StoragePool()

    /// Bytes that idle blocks may hold; what is given back beyond that goes to the system at once.
    public static let defaultIdleBytesMax = 256 << 20

    private struct State: Sendable {
        var idle: [[UInt]] = Array(repeating: [], count: StoragePool.sizeClasses)
        var idleBytes = 0
        var idleBytesMax = StoragePool.defaultIdleBytesMax
    }

    private let state = Lock(State())

    /// Four classes for each doubling, from 4 KiB: at most a fifth of a block is wasted.
    private static let smallest = 4096
    private static let sizeClasses = 112

    /// A block of at least `byteCount` bytes, nil when the system has none.
    func take(_ byteCount: Int) -> (pointer: UnsafeMutableRawPointer, sizeClass: Int8)? {
        guard byteCount <= 1 << 46 else { return nil }
        let sizeClass = StoragePool.sizeClass(for: byteCount)
        let size = StoragePool.size(of: sizeClass)
        let kept: UInt? = state.withLock { state in
            guard let block = state.idle[sizeClass].popLast() else { return nil }
            state.idleBytes -= size
            return block
        }
        if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept) { return (pointer, Int8(sizeClass)) }
        var fresh: UnsafeMutableRawPointer?
        guard posix_memalign(&fresh, 64, size) == 0, let fresh else { return nil }
        return (fresh, Int8(sizeClass))
    }

    func give(_ pointer: UnsafeMutableRawPointer, sizeClass: Int8) {
        let size = StoragePool.size(of: Int(sizeClass))
        let kept = state.withLock { state in
            guard state.idleBytes + size <= state.idleBytesMax else { return false }
            state.idle[Int(sizeClass)].append(UInt(bitPattern: pointer))
            state.idleBytes += size
            return true
        }
        if !kept { free(pointer) }
    }

    /// Bytes held for later use.
    public var idleBytes: Int { state.withLock { $0.idleBytes } }

    /// Gives all idle blocks back to the system.
    public func trim() {
        let blocks = state.withLock { state in
            let blocks = state.idle.flatMap { $0 }
            state.idle = Array(repeating: [], count: StoragePool.sizeClasses)
            state.idleBytes = 0
            return blocks
        }
        for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
    }

    static func sizeClass(for byteCount: Int) -> Int {
        guard byteCount > smallest else { return 0 }
        let doubling = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let quarter = ((byteCount - 1) >> (doubling - 2)) & 3
        return (doubling - 12) * 4 + quarter + 1
    }

    static func size(of sizeClass: Int) -> Int {
        guard sizeClass > 0 else { return smallest }
        let doubling = 12 + (sizeClass - 1) / 4
        return (1 << doubling) + ((sizeClass - 1) % 4 + 1) << (doubling - 2)
    }
}
