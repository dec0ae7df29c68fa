import CZlib
import HTTP

/// Compresses to gzip or deflate, piece by piece.
final class Deflater: @unchecked Sendable {
    // Sendable because whoever has it hands it on whole: it is used by one task or job at a time.
    private var stream = z_stream()
    private let isReady: Bool

    init(_ coding: ContentCoding) {
        // The fastest level: answers are compressed once and read once.
        isReady =
            deflateInit2_(
                &stream, 1, Z_DEFLATED, coding == .gzip ? 15 + 16 : 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        if isReady { deflateEnd(&stream) }
    }

    /// Adds the compressed form of `input` to `output`.
    ///
    /// - Parameter ends: whether nothing follows; otherwise all that was given can be read from what has come out.
    /// - Returns: false when zlib has failed, for want of memory.
    func deflate(_ input: UnsafeRawBufferPointer, ends: Bool, to output: inout [UInt8]) -> Bool {
        guard isReady else { return false }
        let bytes = input.bindMemory(to: UInt8.self)
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.avail_in = UInt32(clamping: bytes.count)
        var hasFailed = false
        var room = Int(deflateBound(&stream, UInt(bytes.count))) + 64
        repeat {
            let made = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(clamping: buffer.count)
                let code = CZlib.deflate(&stream, ends ? Z_FINISH : Z_SYNC_FLUSH)
                hasFailed = code == Z_STREAM_ERROR
                count = buffer.count - Int(stream.avail_out)
            }
            output += made
            room = 65_536
        } while !hasFailed && stream.avail_out == 0
        return !hasFailed
    }
}
