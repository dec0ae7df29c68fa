/// What a head says about its body and its connection, gathered while its lines are read and judged
/// together at its end. Every doubt about where the body ends is refused: two readings of one
/// request are how requests are smuggled (RFC 9112 §6.3 and §11.2).
struct FramingFacts: Sendable {
    private var hosts = 0
    private var contentLength: Int?
    private var transferEncodings = 0
    private var transferCoding = TransferCoding.none
    private var closes = false
    private var keepsAlive = false
    private var expectsContinue = false
    private var hasUnknownExpectation = false
    private var contentEncodings = 0
    private var contentCoding = ContentCoding.identity
    private var requestIdentifier: RequestTarget.ByteRange?

    private enum TransferCoding {
        case none, chunked, unknownBeforeChunked, malformed
    }

    /// Looks at one field line that has just been read.
    mutating func note(_ field: HTTPHeaders.Field, in headers: HTTPHeaders) throws(HTTPError) {
        // The length of the name tells most fields apart without comparing.
        switch field.nameCount {
        case 4 where headers.isNamed(field, "host"): try noteHost(headers.valueBytes(field))
        case 6 where headers.isNamed(field, "expect"): noteExpectation(headers.valueBytes(field))
        case 10 where headers.isNamed(field, "connection"): noteConnection(headers.valueBytes(field))
        case 12 where headers.isNamed(field, "x-request-id"): noteIdentifier(field, in: headers)
        case 14 where headers.isNamed(field, "content-length"): try noteLength(headers.valueBytes(field))
        case 16 where headers.isNamed(field, "content-encoding"): noteContentCoding(headers.valueBytes(field))
        case 17 where headers.isNamed(field, "transfer-encoding"): noteTransferCoding(headers.valueBytes(field))
        default: break
        }
    }

    /// Judges the whole, at the empty line.
    func head(line: RequestLine, target: RequestTarget, headers: HTTPHeaders) throws(HTTPError) -> RequestHead {
        // RFC 9112 §3.2: a 1.1 request without Host must be refused.
        guard hosts > 0 || line.version == .http10 else {
            throw HTTPError(.missingHost, "an HTTP/1.1 request needs a Host field")
        }
        // RFC 9110 §10.1.1: an expectation from HTTP/1.0 must be ignored.
        let isModern = line.version == .http11
        if isModern, hasUnknownExpectation {
            throw HTTPError(.expectationFailed, "the only expectation this server can meet is 100-continue")
        }
        return RequestHead(
            method: line.method, version: line.version, target: target, headers: headers,
            framing: try framing(line.version), contentCoding: contentCoding,
            // RFC 9112 §9.3: close wins; 1.0 persists only where it asks to.
            keepsAlive: !closes && (isModern || keepsAlive),
            expectsContinue: isModern && expectsContinue, requestIdentifier: requestIdentifier)
    }
}

extension FramingFacts {
    /// RFC 9112 §6.3.
    private func framing(_ version: HTTPVersion) throws(HTTPError) -> BodyFraming {
        guard transferEncodings > 0 else {
            return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
        }
        guard contentLength == nil else {
            throw HTTPError(.conflictingLength, "a request carries both Content-Length and Transfer-Encoding")
        }
        // RFC 9112 §6.1: in HTTP/1.0 the framing must be taken for faulty.
        guard version == .http11 else {
            throw HTTPError(.malformedTransferCoding, "Transfer-Encoding is not for HTTP/1.0")
        }
        guard transferEncodings == 1 else {
            throw HTTPError(.malformedTransferCoding, "Transfer-Encoding is given \(transferEncodings) times")
        }
        switch transferCoding {
        case .chunked: return .chunked
        // RFC 9112 §6.1: a coding that is not understood is 501.
        case .unknownBeforeChunked:
            throw HTTPError(.transferCodingNotImplemented, "chunked is the only transfer coding this server knows")
        case .none, .malformed:
            throw HTTPError(.malformedTransferCoding, "Transfer-Encoding must be chunked, once and last")
        }
    }

    private mutating func noteHost(_ value: ArraySlice<UInt8>) throws(HTTPError) {
        hosts += 1
        guard hosts == 1 else { throw HTTPError(.repeatedHost, "the Host field is given more than once") }
        guard HostValue.isValid(value) else { throw HTTPError(.malformedHost, "the Host field is not host[:port]") }
    }

    /// RFC 9110 §8.6: digits only. Two lengths, even equal ones, are refused.
    private mutating func noteLength(_ value: ArraySlice<UInt8>) throws(HTTPError) {
        guard contentLength == nil else {
            throw HTTPError(.malformedLength, "the Content-Length field is given more than once")
        }
        guard !value.isEmpty, value.allSatisfy(\.isDigit) else {
            throw HTTPError(.malformedLength, "Content-Length is not a decimal number")
        }
        var length = 0
        for byte in value {
            let (product, tooLong) = length.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = product.addingReportingOverflow(Int(byte - 0x30))
            guard !tooLong, !tooLarge else {
                throw HTTPError(.malformedLength, "Content-Length does not fit in 63 bits")
            }
            length = sum
        }
        contentLength = length
    }

    private mutating func noteTransferCoding(_ value: ArraySlice<UInt8>) {
        transferEncodings += 1
        let codings = value.split(separator: .comma, omittingEmptySubsequences: false).map(\.trimmingOptionalWhitespace)
        guard let last = codings.last, last.equalsIgnoringCase("chunked".utf8),
            !codings.dropLast().contains(where: { !$0.isTokenWithParameters || $0.equalsIgnoringCase("chunked".utf8) })
        else {
            transferCoding = .malformed
            return
        }
        transferCoding = codings.count == 1 ? .chunked : .unknownBeforeChunked
    }

    private mutating func noteConnection(_ value: ArraySlice<UInt8>) {
        value.forEachListElement { option in
            closes = closes || option.equalsIgnoringCase("close".utf8)
            keepsAlive = keepsAlive || option.equalsIgnoringCase("keep-alive".utf8)
        }
    }

    private mutating func noteExpectation(_ value: ArraySlice<UInt8>) {
        value.forEachListElement { expectation in
            if expectation.equalsIgnoringCase("100-continue".utf8) {
                expectsContinue = true
            } else if !expectation.isEmpty {
                hasUnknownExpectation = true
            }
        }
    }

    private mutating func noteContentCoding(_ value: ArraySlice<UInt8>) {
        contentEncodings += 1
        value.forEachListElement { coding in
            let coding = ContentCoding(token: coding)
            guard coding != .identity else { return }
            // One layer is undone; more is a bomb's trick.
            contentCoding = contentCoding == .identity ? coding : .unknown
        }
    }

    /// Echoed only where it is short and plain, so that it can go into headers and logs as it is.
    private mutating func noteIdentifier(_ field: HTTPHeaders.Field, in headers: HTTPHeaders) {
        let value = headers.valueBytes(field)
        guard requestIdentifier == nil, (1...128).contains(value.count), value.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return }
        requestIdentifier = RequestTarget.ByteRange(value.startIndex, value.endIndex)
    }
}

extension HTTPHeaders {
    func valueBytes(_ field: Field) -> ArraySlice<UInt8> {
        bytes[field.value]
    }

    /// - Parameter name: in lower case, of the field's length.
    func isNamed(_ field: Field, _ name: StaticString) -> Bool {
        let start = Int(field.nameStart)
        return name.withUTF8Buffer { name in
            for index in 0..<name.count where bytes[start + index].lowercased != name[index] { return false }
            return true
        }
    }
}

extension ArraySlice<UInt8> {
    /// `token *( OWS ";" … )`, judged by its token.
    fileprivate var isTokenWithParameters: Bool {
        let token = prefix { $0 != .semicolon }.trimmingOptionalWhitespace
        return !token.isEmpty && token.allSatisfy(\.isTokenByte)
    }
}
