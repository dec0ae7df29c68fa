/// Reads a request's head, in whatever pieces it arrives, line by line (RFC 9112 §2 and §3).
///
/// What comes out does not depend on the pieces: a line is judged when it is whole, or when it is
/// too long to become a right one.
struct RequestHeadParser: Sendable {
    let limits: HTTPLimits
    let isSecure: Bool

    private var headers = HTTPHeaders()
    private var line = RequestLine()
    private var facts = FramingFacts()
    private var isInFields = false
    private var emptyLines = 0
    private var lineStart = 0
    private var scanned = 0
    private var fieldsStart = 0

    init(limits: HTTPLimits, isSecure: Bool) {
        self.limits = limits
        self.isSecure = isSecure
    }

    /// Takes bytes from `offset` on and moves it past those that belong to the head.
    ///
    /// - Returns: the head once its empty line has been read, `nil` while bytes are missing.
    mutating func parse(_ bytes: borrowing Span<UInt8>, from offset: inout Int) throws(HTTPError) -> RequestHead? {
        while offset < bytes.count {
            let end = min(bytes.count, offset + Self.step)
            headers.bytes.append(bytes, offset..<end)
            offset = end
            while let lineFeed = nextLineFeed() {
                if try takeLine(endingAt: lineFeed) {
                    offset -= headers.bytes.count - (lineFeed + 1)
                    headers.bytes.removeSubrange((lineFeed + 1)...)
                    return try finish()
                }
            }
            try judgePartialLine()
        }
        return nil
    }

    /// Whether a byte of a head has arrived; the empty lines before it do not count.
    var hasStarted: Bool { isInFields || headers.bytes.count > lineStart }

    /// Makes ready for the next head, keeping the memory if nobody else holds it.
    mutating func reset() {
        headers.reset()
        line = RequestLine()
        facts = FramingFacts()
        isInFields = false
        (emptyLines, lineStart, scanned, fieldsStart) = (0, 0, 0, 0)
    }

    /// Bytes are copied in pieces of this size, so that a body behind the head is not copied with it.
    private static let step = 4_096
}

extension RequestHeadParser {
    private mutating func nextLineFeed() -> Int? {
        var index = scanned
        let count = headers.bytes.count
        while index < count {
            if headers.bytes[index] == .lineFeed {
                scanned = index + 1
                return index
            }
            index += 1
        }
        scanned = count
        return nil
    }

    /// - Returns: whether this was the empty line that ends the head.
    private mutating func takeLine(endingAt lineFeed: Int) throws(HTTPError) -> Bool {
        let start = lineStart
        let end = lineFeed - 1
        lineStart = lineFeed + 1
        let isEmpty = end == start && headers.bytes[end] == .carriageReturn
        // First what would have been refused before the line's end had come.
        if !isInFields {
            try RequestLine.judgePartial(headers.bytes, start, lineFeed, limits: limits)
        } else if !isEmpty, lineFeed + 1 - fieldsStart > limits.headerBytesMax {
            throw headersTooLarge()
        }
        // RFC 9112 §2.2: a lone LF may be taken for a line's end, and is not: what two recipients read
        // differently is how requests are smuggled.
        guard end >= start, headers.bytes[end] == .carriageReturn else {
            throw isInFields
                ? HTTPError(.malformedField, "a field line ends with LF alone instead of CRLF")
                : HTTPError(.malformedRequestLine, "a line ends with LF alone instead of CRLF")
        }
        guard isInFields else {
            if isEmpty {
                try skipEmptyLine()
            } else {
                line = try RequestLine(headers.bytes, start, end, limits: limits, isSecure: isSecure)
                isInFields = true
                fieldsStart = lineStart
            }
            return false
        }
        if isEmpty { return true }
        guard headers.fields.count < limits.headersMax else {
            throw HTTPError(.tooManyHeaders, "the head has more than \(limits.headersMax) field lines")
        }
        try FieldLine.parse(start, end, into: &headers)
        try facts.note(headers.fields[headers.fields.count - 1], in: headers)
        return false
    }

    /// RFC 9112 §2.2: empty lines before a request line are to be ignored, within reason.
    private mutating func skipEmptyLine() throws(HTTPError) {
        emptyLines += 1
        guard emptyLines <= limits.emptyLinesMax else {
            throw HTTPError(.malformedRequestLine, "more than \(limits.emptyLinesMax) empty lines before a request")
        }
    }

    /// Refuses what no further byte can put right, so that nobody waits for a timeout.
    private func judgePartialLine() throws(HTTPError) {
        let count = headers.bytes.count
        if isInFields {
            // The two bytes are the CRLF that ends the section and does not count.
            guard count - fieldsStart <= limits.headerBytesMax + 2 else { throw headersTooLarge() }
        } else {
            try RequestLine.judgePartial(headers.bytes, lineStart, count, limits: limits)
        }
    }

    private func headersTooLarge() -> HTTPError {
        HTTPError(.headersTooLarge, "the field lines of the head exceed \(limits.headerBytesMax) bytes")
    }

    private mutating func finish() throws(HTTPError) -> RequestHead {
        let target = try line.target.normalized(in: &headers.bytes)
        return try facts.head(line: line, target: target, headers: headers)
    }
}

extension [UInt8] {
    mutating func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }
}
