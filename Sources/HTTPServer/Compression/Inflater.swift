import CZlib
import HTTP

/// Undoes gzip or deflate, piece by piece.
final class Inflater: @unchecked Sendable {
    // Sendable because whoever has it hands it on whole: it is used by one task or job at a time.
    private var stream = z_stream()
    private let coding: ContentCoding
    private var isReady = false
    private var isAtMemberEnd = false
    /// Bytes that have come out.
    private(set) var count = 0

    init(_ coding: ContentCoding) {
        self.coding = coding
    }

    deinit {
        if isReady { inflateEnd(&stream) }
    }

    /// Gives what comes out of `input` to `output`, in runs of at most `scratch.count` bytes.
    ///
    /// - Throws: `malformedContent` when this is not what the coding promises.
    func inflate(
        _ input: UnsafeRawBufferPointer, scratch: UnsafeMutableRawBufferPointer,
        output: (UnsafeRawBufferPointer) throws(HTTPError) -> Void
    ) throws(HTTPError) {
        guard !input.isEmpty else { return }
        try prepare(input)
        let bytes = input.bindMemory(to: UInt8.self)
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.avail_in = UInt32(clamping: bytes.count)
        repeat {
            if isAtMemberEnd { try beginMember() }
            stream.next_out = scratch.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(clamping: scratch.count)
            let code = CZlib.inflate(&stream, Z_NO_FLUSH)
            // No progress means that more input is needed.
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw corrupt() }
            isAtMemberEnd = code == Z_STREAM_END
            let made = scratch.count - Int(stream.avail_out)
            count += made
            if made > 0 { try output(UnsafeRawBufferPointer(rebasing: scratch[..<made])) }
            // A full buffer may hide more, but not behind the end.
        } while stream.avail_in > 0 || (stream.avail_out == 0 && !isAtMemberEnd)
    }

    /// Checks that the content did not stop in the middle.
    func finish() throws(HTTPError) {
        guard !isReady || isAtMemberEnd else {
            throw HTTPError(.malformedContent, "the \(coding.rawValue) content ends before its stream does")
        }
    }
}

extension Inflater {
    private func prepare(_ input: UnsafeRawBufferPointer) throws(HTTPError) {
        guard !isReady else { return }
        let windowBits: Int32 =
            switch coding {
            case .gzip: 15 + 16
            // RFC 9110 §8.4.1.2 means zlib's form, but some clients have always sent bare deflate.
            default: input[0] & 0x0F == 8 && (input.count < 2 || Self.isZlib(input[0], input[1])) ? 15 : -15
            }
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw HTTPError(.overloaded, "there is no memory to decompress the content", headers: ["retry-after": "1"])
        }
        isReady = true
    }

    /// RFC 1952 §2.2: a gzip file may be several, one after the other. A deflate stream is one.
    private func beginMember() throws(HTTPError) {
        guard coding == .gzip, inflateReset(&stream) == Z_OK else {
            throw HTTPError(.malformedContent, "the \(coding.rawValue) content goes on behind its end")
        }
        isAtMemberEnd = false
    }

    private static func isZlib(_ first: UInt8, _ second: UInt8) -> Bool {
        (Int(first) << 8 | Int(second)) % 31 == 0
    }

    private func corrupt() -> HTTPError {
        HTTPError(.malformedContent, "the content is not valid \(coding.rawValue)")
    }
}
