/// `method SP request-target SP HTTP-version` (RFC 9112 §3), with single spaces and nothing else.
struct RequestLine: Sendable {
    var method = HTTPMethod.get
    var target = RequestTarget()
    var version = HTTPVersion.http11

    init() {}

    /// Reads the line at `start ..< end` of `bytes`, without its CRLF.
    init(_ bytes: [UInt8], _ start: Int, _ end: Int, limits: HTTPLimits, isSecure: Bool) throws(HTTPError) {
        guard end - start <= Self.lengthMax(limits) else { throw Self.overlong(bytes, start, limits: limits) }
        guard let methodEnd = try Self.methodEnd(bytes, start, end) else {
            throw HTTPError(.malformedRequestLine, "the request line has no target")
        }
        method = Self.method(bytes, start, methodEnd)

        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < end, bytes[targetEnd] != .space { targetEnd += 1 }
        guard targetEnd - targetStart <= limits.targetBytesMax else { throw Self.targetTooLong(limits) }
        // HTTP/0.9 knew no version (RFC 9112 §3: the version is mandatory).
        guard targetEnd < end else {
            throw HTTPError(.malformedRequestLine, "the request line has no protocol version")
        }
        version = try Self.version(bytes, targetEnd + 1, end)
        target = try RequestTarget(bytes, targetStart, targetEnd, method: method, isSecure: isSecure)
    }

    /// Refuses the beginning of a line that cannot become a request line, as the whole line would be refused.
    static func judgePartial(_ bytes: [UInt8], _ start: Int, _ end: Int, limits: HTTPLimits) throws(HTTPError) {
        // A CR alone may become an empty line.
        guard end > start, end - start > 1 || bytes[start] != .carriageReturn else { return }
        // One more for a CR that may end the line.
        if end - start > lengthMax(limits) + 1 { throw overlong(bytes, start, limits: limits) }
        _ = try methodEnd(bytes, start, end)
    }
}

extension RequestLine {
    /// Nothing longer can be right: a method, a target, a version and two spaces.
    private static func lengthMax(_ limits: HTTPLimits) -> Int {
        HTTPMethod.lengthMax + 1 + limits.targetBytesMax + 1 + "HTTP/1.1".utf8.count
    }

    private static func overlong(_ bytes: [UInt8], _ start: Int, limits: HTTPLimits) -> HTTPError {
        do {
            _ = try methodEnd(bytes, start, start + lengthMax(limits))
            return targetTooLong(limits)
        } catch {
            return error
        }
    }

    private static func targetTooLong(_ limits: HTTPLimits) -> HTTPError {
        HTTPError(.targetTooLong, "the request target exceeds \(limits.targetBytesMax) bytes")
    }

    /// - Returns: where the space behind the method stands, `nil` when the line ends before it.
    private static func methodEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(HTTPError) -> Int? {
        var index = start
        while index < end, bytes[index] != .space {
            let byte = bytes[index]
            guard byte.isTokenByte || (byte == .carriageReturn && index == end - 1) else {
                throw HTTPError(
                    .malformedRequestLine,
                    "the request line starts with byte \(byte.hexadecimal), which is in no method")
            }
            // RFC 9112 §3: a method longer than any that is implemented is 501.
            guard index - start < HTTPMethod.lengthMax else {
                throw HTTPError(.methodNotImplemented, "the method is longer than \(HTTPMethod.lengthMax) characters")
            }
            index += 1
        }
        guard index < end else { return nil }
        guard index > start else { throw HTTPError(.malformedRequestLine, "the request line starts with a space") }
        return index
    }

    private static func method(_ bytes: [UInt8], _ start: Int, _ end: Int) -> HTTPMethod {
        // The usual ones without making a string.
        switch (end - start, bytes[start], bytes[start + 1 < end ? start + 1 : start]) {
        case (3, 0x47, 0x45) where bytes[start + 2] == 0x54: .get
        case (3, 0x50, 0x55) where bytes[start + 2] == 0x54: .put
        case (4, 0x50, 0x4F) where bytes[start + 2] == 0x53 && bytes[start + 3] == 0x54: .post
        default: HTTPMethod(rawValue: String(decoding: bytes[start..<end], as: UTF8.self))
        }
    }

    /// `HTTP/` digit `.` digit, in this case only (RFC 9112 §2.3).
    private static func version(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(HTTPError) -> HTTPVersion {
        guard end - start == 8, bytes[start..<(start + 5)].elementsEqual("HTTP/".utf8), bytes[start + 5].isDigit,
            bytes[start + 6] == .period, bytes[start + 7].isDigit
        else {
            throw HTTPError(.malformedRequestLine, "the request line does not end with a version such as HTTP/1.1")
        }
        // RFC 9110 §15.6.6; the preface of HTTP/2, `PRI * HTTP/2.0`, ends here too.
        guard bytes[start + 5] == UInt8(ascii: "1") else {
            let version = String(decoding: bytes[start..<end], as: UTF8.self)
            throw HTTPError(.versionNotSupported, "this server speaks HTTP/1.1 and HTTP/1.0, not \(version)")
        }
        return bytes[start + 7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
