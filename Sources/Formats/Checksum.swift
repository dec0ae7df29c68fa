import CKernels

/// CRC-32C (Castagnoli), the checksum of TensorFlow's files and of ours.
public struct CRC32C: Hashable, Sendable {
    public private(set) var value: UInt32 = 0

    public init() {}

    public init(_ bytes: UnsafeRawBufferPointer) { update(bytes) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = ck_crc32c(value, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        Array(bytes).withUnsafeBytes { update($0) }
    }

    /// The checksum of these bytes followed by `count` others whose checksum is `next`.
    public func followed(by next: CRC32C, count: Int) -> CRC32C {
        var joined = self
        joined.value = ck_crc32c_join(value, next.value, UInt64(count))
        return joined
    }

    /// The checksum behind its stored form.
    public init(masked: UInt32) {
        let rotated = masked &- 0xA282_EAD8
        value = rotated >> 17 | rotated << 15
    }

    /// As files store it: a checksum of bytes that hold their own checksum would otherwise be a constant.
    public var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }
}
