import CZlib

/// CRC-32 as zip files use it.
public struct CRC32: Hashable, Sendable {
    public private(set) var value: UInt32 = 0

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        value = UInt32(crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// The checksum of these bytes followed by `count` others whose checksum is `next`.
    public func followed(by next: CRC32, count: Int) -> CRC32 {
        var joined = self
        joined.value = UInt32(crc32_combine(UInt(value), UInt(next.value), count))
        return joined
    }
}
