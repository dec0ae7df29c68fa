import CZlib

/// Undoes raw deflate compression, step by step into memory that the caller provides.
final class Inflater {
    private var stream = z_stream()
    private let source: UnsafeRawBufferPointer
    private let owner: ByteRegion
    private(set) var isAtEnd = false

    /// - Throws: `FormatError` when zlib has no memory.
    init(_ source: ByteRegion) throws(FormatError) {
        owner = source
        self.source = UnsafeRawBufferPointer(start: source.pointer, count: source.count)
        // Minus the window's bits: no zlib header, as in a zip file.
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw FormatError(.npz, "deflate", .outOfMemory(byteCount: 1 << 16))
        }
    }

    deinit { inflateEnd(&stream) }

    /// Bytes of the source that are used up.
    private var consumed = 0

    /// Fills `target`; returns how many bytes there were, fewer only at the end.
    func read(into target: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        var done = 0
        while done < target.count && !isAtEnd {
            let input = min(source.count - consumed, Int(UInt32.max))
            let output = min(target.count - done, Int(UInt32.max))
            stream.next_in = source.baseAddress.map {
                UnsafeMutablePointer(mutating: ($0 + consumed).assumingMemoryBound(to: UInt8.self))
            }
            stream.avail_in = UInt32(input)
            stream.next_out = target.baseAddress.map { ($0 + done).assumingMemoryBound(to: UInt8.self) }
            stream.avail_out = UInt32(output)
            let code = inflate(&stream, Z_NO_FLUSH)
            consumed += input - Int(stream.avail_in)
            done += output - Int(stream.avail_out)
            switch code {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK where output > Int(stream.avail_out) || input > Int(stream.avail_in): break
            default:
                let found = source.count == consumed ? "its end" : "broken codes"
                throw FormatError(.npz, "deflate", at: consumed, .malformed(expected: "more data", found: found))
            }
        }
        return done
    }

    /// Makes sure that the compressed data ends here, with nothing before or behind its end.
    func finish() throws(FormatError) {
        if !isAtEnd {
            var byte: UInt8 = 0
            let count = try withUnsafeMutableBytes(of: &byte) { (target) throws(FormatError) in
                try read(into: target)
            }
            guard count == 0 else {
                throw FormatError(.npz, "deflate", .malformed(expected: "the end", found: "more data"))
            }
        }
        guard consumed == source.count else {
            throw FormatError(
                .npz, "deflate", at: consumed,
                .malformed(expected: "the end", found: "\(source.count - consumed) bytes"))
        }
    }
}
