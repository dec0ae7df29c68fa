/// Keys whose order as bytes is the order of what they hold. A partitioned variable's parts stand under such keys.
enum OrderedCode {
    /// `00`, the name, the number of axes, and for each its start and length.
    static func sliceKey(name: String, slice: BundleSlice) -> [UInt8] {
        var key: [UInt8] = [0]
        append(name.utf8, to: &key)
        append(unsigned: UInt64(slice.starts.count), to: &key)
        for (start, length) in zip(slice.starts, slice.lengths) {
            append(signed: start, to: &key)
            append(signed: length, to: &key)
        }
        return key
    }

    /// Bytes with 00 and FF escaped, then 00 01.
    static func append(_ text: some Sequence<UInt8>, to key: inout [UInt8]) {
        for byte in text {
            key.append(byte)
            if byte == 0x00 { key.append(0xFF) }
            if byte == 0xFF { key.append(0x00) }
        }
        key.append(contentsOf: [0x00, 0x01])
    }

    /// How many bytes, then these, the highest first.
    static func append(unsigned value: UInt64, to key: inout [UInt8]) {
        let count = (64 - value.leadingZeroBitCount + 7) / 8
        key.append(UInt8(count))
        for index in (0..<count).reversed() { key.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }

    /// n bytes of two's complement, the highest first, whose first n bits are inverted; n is the least for which
    /// −2^(7n − 1) ≤ value < 2^(7n − 1).
    static func append(signed value: Int, to key: inout [UInt8]) {
        var count = 1
        while count < 10 && (value >> (7 * count - 1) != value >> 63) { count += 1 }
        var bytes = (0..<count).map { index -> UInt8 in
            let shift = 8 * (count - 1 - index)
            return UInt8(truncatingIfNeeded: value >> min(shift, 63))
        }
        for bit in 0..<count { bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8) }
        key.append(contentsOf: bytes)
    }
}
