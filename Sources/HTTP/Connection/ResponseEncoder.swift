/// Writes the head of an answer and the marks between chunks.
public struct ResponseEncoder: Sendable {
    private let serverLine: [UInt8]
    /// Of almost every answer.
    private static let statusLineOK = statusLine(.ok)

    /// - Parameter server: the value of the `Server` field, `nil` for none.
    public init(server: String?) {
        var headers = HTTPHeaders()
        if let server { headers.add("server", server) }
        var line: [UInt8] = []
        for index in headers.fields.indices { Self.appendField(headers, index, to: &line) }
        serverLine = line
    }

    /// Appends status line and fields, the empty line included.
    ///
    /// Fields about framing and connection come from `plan`; a handler's own are dropped, so that no
    /// handler can say one length and send another.
    public func appendHead(
        _ status: HTTPStatus, _ headers: HTTPHeaders, plan: ResponsePlan, date: borrowing DateLine,
        id: RequestIdentifier?, to output: inout [UInt8]
    ) {
        output.append(contentsOf: status == .ok ? Self.statusLineOK : Self.statusLine(status))
        date.append(to: &output)
        output.append(contentsOf: serverLine)
        var hasType = false
        for index in headers.fields.indices {
            let field = headers.fields[index]
            guard !Self.isReserved(field, in: headers) else { continue }
            hasType = hasType || (field.nameCount == 12 && headers.isNamed(field, "content-type"))
            Self.appendField(headers, index, to: &output)
        }
        appendFraming(plan, hasType: hasType, to: &output)
        if let id {
            output.append("x-request-id: ")
            id.append(to: &output)
            output.append("\r\n")
        }
        output.append("\r\n")
    }

    /// `100 Continue`, before the content is read (RFC 9110 §10.1.1).
    public static let `continue` = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The line before a chunk of `count` bytes; a chunk of none would end the content.
    public static func appendChunkStart(_ count: Int, to output: inout [UInt8]) {
        output.append(contentsOf: String(count, radix: 16).utf8)
        output.append("\r\n")
    }

    public static let chunkEnd = Array("\r\n".utf8)
    public static let lastChunk = Array("0\r\n\r\n".utf8)
}

extension ResponseEncoder {
    private static func statusLine(_ status: HTTPStatus) -> [UInt8] {
        Array("HTTP/1.1 \(status.code) \(status.reason)\r\n".utf8)
    }

    private func appendFraming(_ plan: ResponsePlan, hasType: Bool, to output: inout [UInt8]) {
        // RFC 9110 §8.3: content should say its type; what nobody named is bytes.
        if !hasType, plan.framing != .none, plan.framing != .length(0) {
            output.append("content-type: application/octet-stream\r\n")
        }
        switch plan.framing {
        case .none, .untilClose: break
        case .chunked: output.append("transfer-encoding: chunked\r\n")
        case .length(let count):
            output.append("content-length: ")
            output.appendDecimal(count)
            output.append("\r\n")
        }
        if !plan.keepsAlive {
            output.append("connection: close\r\n")
        } else if plan.announcesKeepAlive {
            output.append("connection: keep-alive\r\n")
        }
    }

    private static func appendField(_ headers: HTTPHeaders, _ index: Int, to output: inout [UInt8]) {
        let field = headers.fields[index]
        headers.bytes.withUnsafeBufferPointer { bytes in
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.name]))
            output.append(": ")
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.value]))
        }
        output.append("\r\n")
    }

    private static func isReserved(_ field: HTTPHeaders.Field, in headers: HTTPHeaders) -> Bool {
        switch field.nameCount {
        case 4: headers.isNamed(field, "date")
        case 6: headers.isNamed(field, "server")
        case 10: headers.isNamed(field, "connection")
        case 12: headers.isNamed(field, "x-request-id")
        case 14: headers.isNamed(field, "content-length")
        case 17: headers.isNamed(field, "transfer-encoding")
        default: false
        }
    }
}

/// The `Date` line, written anew once a second (RFC 9110 §6.6.1).
public struct DateLine: Sendable {
    private var seconds: Int64 = .min
    private var bytes: [UInt8] = []

    public init() {}

    /// - Parameter seconds: wall time since 1970.
    public mutating func update(unixSeconds seconds: Int64) {
        guard seconds != self.seconds else { return }
        self.seconds = seconds
        bytes = Array("date: ".utf8) + HTTPDate.bytes(fromUnixSeconds: seconds) + Array("\r\n".utf8)
    }

    borrowing func append(to output: inout [UInt8]) {
        output.append(contentsOf: bytes)
    }
}

extension [UInt8] {
    /// Text of ours, without a string made of it.
    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Digits of a number that is not negative.
    mutating func appendDecimal(_ value: Int) {
        if value >= 10 { appendDecimal(value / 10) }
        append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }
}
