import Testing

@testable import TensorCore

struct StoragePoolTests {
    @Test func everySizeClassHoldsWhatItIsChosenFor() {
        for bytes in [1, 4096, 4097, 5120, 5121, 8192, 8193, 1 << 20, (1 << 20) + 1, 3 << 28] {
            let sizeClass = StoragePool.sizeClass(for: bytes)
            #expect(StoragePool.size(of: sizeClass) >= bytes)
            if sizeClass > 0 { #expect(StoragePool.size(of: sizeClass - 1) < bytes) }
        }
    }

    @Test func givesTheSameBlockAgain() throws {
        let pool = StoragePool()
        let first = try #require(pool.take(10_000))
        pool.give(first.pointer, sizeClass: first.sizeClass)
        #expect(pool.idleBytes == StoragePool.size(of: Int(first.sizeClass)))
        let second = try #require(pool.take(9_900))
        #expect(second.pointer == first.pointer)
        pool.give(second.pointer, sizeClass: second.sizeClass)
        pool.trim()
        #expect(pool.idleBytes == 0)
    }

    @Test func hasNothingForTheAbsurd() {
        #expect(StoragePool().take(Int.max) == nil)
    }
}
