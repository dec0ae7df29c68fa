import CZlib

/// Raw deflate compression of several regions, one after the other.
enum Deflater {
    static func deflate(_ pieces: [ByteRegion]) throws(FormatError) -> [UInt8] {
        var stream = z_stream()
        // The level that zlib and NumPy take when nothing is said.
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw FormatError(.npz, "deflate", .outOfMemory(byteCount: 1 << 18)) }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
        defer { chunk.deallocate() }
        for (number, piece) in pieces.enumerated() {
            var start = 0
            repeat {
                // zlib counts in 32 bits.
                let count = min(piece.count - start, 1 << 30)
                let isLast = number == pieces.count - 1 && start + count == piece.count
                stream.next_in = UnsafeMutablePointer(
                    mutating: (piece.pointer + start).assumingMemoryBound(to: UInt8.self))
                stream.avail_in = UInt32(count)
                repeat {
                    stream.next_out = chunk
                    stream.avail_out = 1 << 16
                    _ = CZlib.deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    output.append(
                        contentsOf: UnsafeBufferPointer(start: chunk, count: 1 << 16 - Int(stream.avail_out)))
                } while stream.avail_out == 0
                start += count
            } while start < piece.count
            withExtendedLifetime(piece.owner) {}
        }
        return output
    }
}
