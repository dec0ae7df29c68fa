/// Where the parts of a request target stand in the head's bytes (RFC 9112 §3.2), checked but not decoded.
struct RequestTarget: Sendable {
    enum Form: Sendable {
        case origin, absolute, asterisk, authority
    }

    var form = Form.origin
    /// As it came.
    var raw = ByteRange()
    /// Still percent-encoded; once normalized, without dot segments.
    var path = ByteRange()
    var query: ByteRange?
    var pathHasEscapes = false
    private var mayHaveDotSegments = false

    struct ByteRange: Sendable, Hashable {
        var start: Int32 = 0
        var end: Int32 = 0

        var indices: Range<Int> { Int(start)..<Int(end) }
        var count: Int { Int(end - start) }
        var isEmpty: Bool { start == end }

        init() {}

        init(_ start: Int, _ end: Int) {
            (self.start, self.end) = (Int32(start), Int32(end))
        }
    }

    init() {}

    /// Reads the target at `start ..< end` of `bytes`.
    init(_ bytes: [UInt8], _ start: Int, _ end: Int, method: HTTPMethod, isSecure: Bool) throws(HTTPError) {
        guard end > start else { throw HTTPError(.malformedTarget, "the request target is empty") }
        raw = ByteRange(start, end)
        if method.rawValue == "CONNECT" {
            // Authority form: no method of ours takes it, the router answers 501.
            form = .authority
            guard bytes[start..<end].allSatisfy({ $0.isQueryByte }) else { throw Self.stranger(bytes, start, end) }
            path = ByteRange(start, start)
        } else if bytes[start] == .slash {
            try readPathAndQuery(bytes, start, end)
        } else if bytes[start] == UInt8(ascii: "*"), end == start + 1 {
            // RFC 9112 §3.2.4: only for a server-wide OPTIONS.
            guard method == .options else {
                throw HTTPError(.malformedTarget, "the target * is for OPTIONS only, not for \(method)")
            }
            form = .asterisk
            path = ByteRange(start, end)
        } else {
            form = .absolute
            try readAbsolute(bytes, start, end, isSecure: isSecure)
        }
    }

    /// Resolves dot segments, once, encoded ones (`%2e`) included (RFC 3986 §5.2.4 and §6.2.2); the new path
    /// is put behind the head's bytes. A `..` at the root stays at the root.
    func normalized(in bytes: inout [UInt8]) throws(HTTPError) -> RequestTarget {
        var result = self
        if path.isEmpty, form == .absolute {
            // `http://host` and `http://host?query` mean the root (RFC 9110 §4.2.3).
            bytes.append(.slash)
            result.path = ByteRange(bytes.count - 1, bytes.count)
        } else if mayHaveDotSegments {
            result.path = DotSegments.remove(from: path, in: &bytes)
        }
        return result
    }
}

extension RequestTarget {
    /// `absolute-path [ "?" query ]`
    private mutating func readPathAndQuery(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(HTTPError) {
        var index = start
        while index < end, bytes[index] != .questionMark {
            let byte = bytes[index]
            if byte == .percent {
                pathHasEscapes = true
                try checkEscape(bytes, index, end)
            } else if !byte.isPathByte {
                throw Self.stranger(bytes, index, end)
            }
            if byte == .slash, index + 1 < end, bytes[index + 1] == .period || bytes[index + 1] == .percent {
                mayHaveDotSegments = true
            }
            index += 1
        }
        path = ByteRange(start, index)
        if pathHasEscapes, !PercentEncoding.decodesToText(bytes[start..<index]) {
            throw HTTPError(.malformedTarget, "the path does not decode to UTF-8 without NUL")
        }
        guard index < end else { return }
        query = ByteRange(index + 1, end)
        for index in (index + 1)..<end {
            if bytes[index] == .percent {
                try checkEscape(bytes, index, end)
            } else if !bytes[index].isQueryByte {
                throw Self.stranger(bytes, index, end)
            }
        }
    }

    /// `scheme "://" authority path-abempty [ "?" query ]` (RFC 9112 §3.2.2); a server must take it.
    private mutating func readAbsolute(_ bytes: [UInt8], _ start: Int, _ end: Int, isSecure: Bool) throws(HTTPError) {
        let authority: Int
        if bytes[start..<end].prefix(7).equalsIgnoringCase("http://".utf8) {
            authority = start + 7
        } else if bytes[start..<end].prefix(8).equalsIgnoringCase("https://".utf8) {
            authority = start + 8
            // RFC 9110 §4.2.2: an https resource must not be served over a connection that is not secured.
            guard isSecure else {
                throw HTTPError(.misdirectedRequest, "an https target came over a connection without TLS")
            }
        } else {
            throw HTTPError(.malformedTarget, "the request target is neither a path, nor *, nor an http URI")
        }
        var index = authority
        while index < end, bytes[index] != .slash, bytes[index] != .questionMark { index += 1 }
        // RFC 9110 §4.2.1 and §4.2.4: an empty host is invalid, user information an error.
        guard index > authority, HostValue.isValid(bytes[authority..<index]) else {
            throw HTTPError(.malformedTarget, "the authority of the request target is not host[:port]")
        }
        try readPathAndQuery(bytes, index, end)
    }

    private func checkEscape(_ bytes: [UInt8], _ index: Int, _ end: Int) throws(HTTPError) {
        guard index + 2 < end, bytes[index + 1].hexadecimalValue != nil, bytes[index + 2].hexadecimalValue != nil else {
            throw HTTPError(.malformedTarget, "a percent sign in the target is not followed by two hexadecimal digits")
        }
    }

    private static func stranger(_ bytes: [UInt8], _ index: Int, _ end: Int) -> HTTPError {
        let byte = bytes[index..<end].first { !$0.isQueryByte } ?? bytes[index]
        return HTTPError(.malformedTarget, "the request target holds byte \(byte.hexadecimal), which must be encoded")
    }
}
