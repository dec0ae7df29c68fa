/// Undoes the chunked transfer coding (RFC 9112 §7.1) in whatever pieces it arrives.
///
/// The grammar is taken literally: CRLF only, hexadecimal digits only, extensions checked and
/// dropped, nothing between a chunk's data and its CRLF. Trailers are kept apart from the headers.
struct ChunkedDecoder: Sendable {
    enum Output: Equatable {
        /// Content stands at these places of the bytes given.
        case data(Range<Int>)
        case needsBytes
        case end
    }

    private(set) var trailers = HTTPHeaders()

    private enum State {
        case sizeStart, size, afterSize, sizeLineFeed
        case extensionStart, extensionName, afterExtensionName, extensionValueStart, extensionToken
        case extensionQuoted, extensionEscaped, afterExtension
        case data, dataCarriageReturn, dataLineFeed
        case trailers, end
    }

    private let limits: HTTPLimits
    private var state = State.sizeStart
    private var remaining: UInt64 = 0
    private var digits = 0
    private var extensionBytes = 0
    private var extensionBytesOfAll = 0
    private var trailerLineStart = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Reads from `offset` on and moves it past what has been read.
    mutating func decode(_ bytes: borrowing Span<UInt8>, from offset: inout Int) throws(HTTPError) -> Output {
        while offset < bytes.count {
            switch state {
            case .data:
                let count = Int(min(remaining, UInt64(bytes.count - offset)))
                let range = offset..<(offset + count)
                offset += count
                remaining -= UInt64(count)
                if remaining == 0 { state = .dataCarriageReturn }
                return .data(range)
            case .trailers:
                let byte = bytes[offset]
                offset += 1
                if try takeTrailerByte(byte) {
                    state = .end
                    return .end
                }
            case .end:
                return .end
            default:
                let byte = bytes[offset]
                offset += 1
                try step(byte)
            }
        }
        return state == .end ? .end : .needsBytes
    }
}

extension ChunkedDecoder {
    private mutating func step(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .sizeStart, .size: try takeSizeByte(byte)
        case .afterSize:
            // RFC 9112 §7.1.1: whitespace is bad but legal before a semicolon, nowhere else.
            if byte == .semicolon { try beginExtension() } else if !byte.isOptionalWhitespace { throw malformedSize() }
        case .sizeLineFeed:
            guard byte == .lineFeed else { throw HTTPError(.malformedChunk, "a chunk size line has a CR without LF") }
            (digits, extensionBytes) = (0, 0)
            state = remaining == 0 ? .trailers : .data
        case .dataCarriageReturn:
            guard byte == .carriageReturn else {
                throw HTTPError(.malformedChunk, "chunk data is not followed by CRLF")
            }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == .lineFeed else { throw HTTPError(.malformedChunk, "chunk data is not followed by CRLF") }
            state = .sizeStart
        case .data, .trailers, .end: break
        default: try takeExtensionByte(byte)
        }
    }

    private mutating func takeSizeByte(_ byte: UInt8) throws(HTTPError) {
        if let value = byte.hexadecimalValue {
            digits += 1
            // Sixteen digits could still overflow what a body may count; fifteen cannot.
            guard digits <= 15 else { throw HTTPError(.malformedChunk, "a chunk size has more than 15 digits") }
            remaining = remaining << 4 | UInt64(value)
            state = .size
            return
        }
        guard state == .size else { throw malformedSize() }
        switch byte {
        case .carriageReturn: state = .sizeLineFeed
        case .semicolon: try beginExtension()
        case .space, .horizontalTab: state = .afterSize
        default: throw malformedSize()
        }
    }

    private mutating func beginExtension() throws(HTTPError) {
        try countExtensionByte()
        state = .extensionStart
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`
    private mutating func takeExtensionByte(_ byte: UInt8) throws(HTTPError) {
        try countExtensionByte()
        switch (state, byte) {
        case (.extensionQuoted, UInt8(ascii: "\"")): state = .afterExtension
        case (.extensionQuoted, UInt8(ascii: "\\")): state = .extensionEscaped
        case (.extensionQuoted, _) where byte.isFieldValueByte: break
        case (.extensionEscaped, _) where byte.isFieldValueByte: state = .extensionQuoted
        case (.extensionStart, _) where byte.isOptionalWhitespace: break
        case (.extensionStart, _) where byte.isTokenByte: state = .extensionName
        case (.extensionName, _) where byte.isTokenByte: break
        case (.extensionName, .equals), (.afterExtensionName, .equals): state = .extensionValueStart
        case (.extensionValueStart, _) where byte.isOptionalWhitespace: break
        case (.extensionValueStart, UInt8(ascii: "\"")): state = .extensionQuoted
        case (.extensionValueStart, _) where byte.isTokenByte: state = .extensionToken
        case (.extensionToken, _) where byte.isTokenByte: break
        case (.extensionName, .semicolon), (.afterExtensionName, .semicolon), (.extensionToken, .semicolon),
            (.afterExtension, .semicolon):
            state = .extensionStart
        case (.extensionName, .carriageReturn), (.extensionToken, .carriageReturn), (.afterExtension, .carriageReturn):
            state = .sizeLineFeed
        case (.extensionName, _) where byte.isOptionalWhitespace: state = .afterExtensionName
        case (.afterExtensionName, _) where byte.isOptionalWhitespace: break
        case (.extensionToken, _) where byte.isOptionalWhitespace: state = .afterExtension
        case (.afterExtension, _) where byte.isOptionalWhitespace: break
        default: throw HTTPError(.malformedChunk, "a chunk extension is malformed at byte \(byte.hexadecimal)")
        }
    }

    private mutating func countExtensionByte() throws(HTTPError) {
        extensionBytes += 1
        extensionBytesOfAll += 1
        guard extensionBytes <= limits.chunkExtensionBytesMax,
            extensionBytesOfAll <= limits.chunkExtensionBytesMax * 16
        else {
            throw HTTPError(.malformedChunk, "chunk extensions exceed \(limits.chunkExtensionBytesMax) bytes")
        }
    }

    /// - Returns: whether this byte ended the trailer section.
    private mutating func takeTrailerByte(_ byte: UInt8) throws(HTTPError) -> Bool {
        trailers.bytes.append(byte)
        guard byte == .lineFeed else {
            guard trailers.bytes.count <= limits.headerBytesMax + 2 else {
                throw HTTPError(.headersTooLarge, "the trailer section exceeds \(limits.headerBytesMax) bytes")
            }
            return false
        }
        let end = trailers.bytes.count - 2
        let endsWell = end >= trailerLineStart && trailers.bytes[end] == .carriageReturn
        if endsWell, end == trailerLineStart { return true }
        guard trailers.bytes.count <= limits.headerBytesMax else {
            throw HTTPError(.headersTooLarge, "the trailer section exceeds \(limits.headerBytesMax) bytes")
        }
        guard endsWell else {
            throw HTTPError(.malformedTrailer, "a trailer line ends with LF alone instead of CRLF")
        }
        guard trailers.fields.count < limits.headersMax else {
            throw HTTPError(.tooManyHeaders, "the trailer section has more than \(limits.headersMax) field lines")
        }
        do {
            try FieldLine.parse(trailerLineStart, end, into: &trailers)
        } catch {
            throw HTTPError(.malformedTrailer, error.detail)
        }
        trailerLineStart = trailers.bytes.count
        return false
    }

    private func malformedSize() -> HTTPError {
        HTTPError(.malformedChunk, "a chunk does not start with its size in hexadecimal digits and CRLF")
    }
}
