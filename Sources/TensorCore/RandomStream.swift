/// Random numbers by counting: Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as
/// easy as 1, 2, 3*, SC 2011).
///
/// Number `i` of a stream depends on the key and on `i` alone, so any part of a stream can be made at any time by
/// any thread.
public struct RandomStream: Sendable, Hashable {
    /// Which stream; usually a seed.
    public let key: UInt64
    /// Which sub-stream of it; for instance the number of the variable or of the operator.
    public let stream: UInt64

    public init(key: UInt64, stream: UInt64 = 0) {
        self.key = key
        self.stream = stream
    }

    /// The 128 bits at place `index`.
    @inlinable
    public func block(_ index: UInt64) -> SIMD4<UInt32> {
        var counter = SIMD4<UInt32>(
            UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        var round = SIMD2<UInt32>(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
        for _ in 0..<10 {
            let first = UInt64(counter[0]) &* 0xD251_1F53
            let second = UInt64(counter[2]) &* 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ round[0],
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ round[1],
                UInt32(truncatingIfNeeded: first))
            round &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }

    /// Four floats in [0, 1), each of 24 bits.
    @inlinable
    public func uniform(_ index: UInt64) -> SIMD4<Float> {
        SIMD4<Float>(block(index) &>> 8) * 0x1p-24
    }
}
