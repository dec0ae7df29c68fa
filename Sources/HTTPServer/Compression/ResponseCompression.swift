import Dispatch
import HTTP

/// Compresses answers where the client accepts it and it pays.
enum ResponseCompression {
    /// What an answer is to be coded with, `nil` to leave it as it is.
    static func coding(for response: HTTPResponse, to request: HTTPRequest) -> ContentCoding? {
        guard isCompressible(response) else { return nil }
        let coding = ContentNegotiation.contentCoding(request.headers["accept-encoding"])
        return coding == .identity ? nil : coding
    }

    /// Whether this kind of answer is ever compressed, and so depends on `Accept-Encoding`.
    static func isCompressible(_ response: HTTPResponse) -> Bool {
        // The size first: most answers are small, and then nothing else is looked at.
        guard isWorthIt(response.body), response.status.mayHaveContent, response.status != .partialContent,
            !response.headers.contains("content-encoding"), !response.headers.contains("content-range"),
            let type = response.headers["content-type"]
        else { return false }
        return isText(type)
    }

    /// Whether this may be done on a loop.
    static func isQuick(_ response: HTTPResponse) -> Bool {
        guard let count = response.body.count else { return true }
        return count <= immediateBytesMax
    }

    /// Calls back on some other thread.
    static func compress(
        _ response: HTTPResponse, _ coding: ContentCoding, then: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        queue.async { then(compress(response, coding)) }
    }

    /// The answer compressed; as it was when that makes it no smaller.
    static func compress(_ response: HTTPResponse, _ coding: ContentCoding) -> HTTPResponse {
        var result = response
        switch response.body {
        case .bytes(let body):
            guard let compressed = compress([body], coding) else { return response }
            result.body = .bytes(compressed)
        case .pieces(let bodies):
            guard let compressed = compress(bodies, coding) else { return response }
            result.body = .bytes(compressed)
        case .stream(let stream):
            result.body = .stream(compressing(stream, coding))
        case .none, .file: return response
        }
        result.headers.set("content-encoding", coding.rawValue)
        // RFC 9110 §8.8.3: these bytes are not those that a strong validator named.
        if let tag = result.headers["etag"], !tag.hasPrefix("W/") { result.headers.set("etag", "W/" + tag) }
        return result
    }

    private static let queue = DispatchQueue(label: "strata.compression", attributes: .concurrent, target: .global())
    private static let bytesMin = 1_024
    private static let immediateBytesMax = 16_384

    private static func isWorthIt(_ body: HTTPResponse.Body) -> Bool {
        switch body {
        case .none, .file: false
        case .bytes, .pieces: (body.count ?? 0) >= bytesMin
        case .stream(let stream): !stream.isEventStream
        }
    }

    private static func isText(_ type: String) -> Bool {
        let essence = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        let name = essence.filter { $0 != " " }
        return name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml")
            || ["application/json", "application/yaml", "application/javascript", "application/xml"].contains(name)
    }

    private static func compress(_ bodies: [HTTPBody], _ coding: ContentCoding) -> HTTPBody? {
        let deflater = Deflater(coding)
        var output: [UInt8] = []
        for (index, body) in bodies.enumerated() {
            let ends = index == bodies.count - 1
            guard body.withUnsafeBytes({ deflater.deflate($0, ends: ends, to: &output) }) else { return nil }
        }
        return output.count < bodies.reduce(0) { $0 + $1.count } ? HTTPBody(output) : nil
    }

    /// Each piece can be read by the client as soon as it has come.
    private static func compressing(_ stream: BodyStream, _ coding: ContentCoding) -> BodyStream {
        BodyStream { writer in
            let deflater = Deflater(coding)
            try await stream.produce(CompressingWriter(writer, deflater))
            var end: [UInt8] = []
            _ = deflater.deflate(UnsafeRawBufferPointer(start: nil, count: 0), ends: true, to: &end)
            try await writer.write(HTTPBody(end))
        }
    }
}

private struct CompressingWriter: BodyWriter {
    private let writer: any BodyWriter
    private let deflater: Deflater

    init(_ writer: any BodyWriter, _ deflater: Deflater) {
        self.writer = writer
        self.deflater = deflater
    }

    func write(_ piece: HTTPBody) async throws {
        var output: [UInt8] = []
        guard piece.withUnsafeBytes({ deflater.deflate($0, ends: false, to: &output) }) else {
            throw HTTPError(.internalError, "zlib has failed")
        }
        try await writer.write(HTTPBody(output))
    }
}
