/// Undoes Snappy compression (its block format), which TensorFlow reads in an index, though it never writes it.
enum Snappy {
    /// More than this one block never holds: TensorFlow's are 256 KiB.
    private static let sizeMax = 64 << 20

    static func decompress(_ source: UnsafeRawBufferPointer, _ place: String) throws(FormatError) -> [UInt8] {
        var reader = ByteReader(source, .bundle, place)
        let size = try reader.size()
        guard size <= sizeMax else { throw reader.error(.limit(max: sizeMax, found: size)) }
        var output: [UInt8] = []
        output.reserveCapacity(min(size, source.count * 8))
        while !reader.isAtEnd {
            let tag = try reader.fixed(UInt8.self)
            if tag & 3 == 0 {
                let length = try literalLength(tag, &reader)
                output.append(contentsOf: try reader.take(length))
            } else {
                let (length, distance) = try copy(tag, &reader)
                guard distance > 0, distance <= output.count else {
                    throw reader.error(.malformed(expected: "a copy from before", found: "distance \(distance)"))
                }
                // A copy may reach into what it is just writing, and then repeats it.
                let start = output.count - distance
                for index in 0..<length { output.append(output[start + index]) }
            }
            guard output.count <= size else {
                throw reader.error(.malformed(expected: "\(size) bytes", found: "more"))
            }
        }
        guard output.count == size else {
            throw reader.error(.malformed(expected: "\(size) bytes", found: "\(output.count)"))
        }
        return output
    }

    private static func literalLength(_ tag: UInt8, _ reader: inout ByteReader) throws(FormatError) -> Int {
        let short = Int(tag >> 2)
        guard short >= 60 else { return short + 1 }
        var length = 0
        for index in 0..<short - 59 { length |= Int(try reader.fixed(UInt8.self)) << (8 * index) }
        return length + 1
    }

    private static func copy(
        _ tag: UInt8, _ reader: inout ByteReader
    ) throws(FormatError) -> (length: Int, distance: Int) {
        switch tag & 3 {
        case 1: (Int(tag >> 2 & 7) + 4, Int(tag >> 5) << 8 | Int(try reader.fixed(UInt8.self)))
        case 2: (Int(tag >> 2) + 1, Int(try reader.fixed(UInt16.self)))
        default: (Int(tag >> 2) + 1, Int(try reader.fixed(UInt32.self)))
        }
    }
}
