import CZlib
import HTTP
import HTTPTestSupport
import Testing

@testable import HTTPServer

/// Compressed content …
struct CompressionTests {
    private let budget = MemoryBudget(bytesMax: 1 << 30)
    private let codings: [ContentCoding] = [.gzip, .deflate]

    private func compress(_ bytes: [UInt8], _ coding: ContentCoding = .gzip) -> [UInt8] {
        var output: [UInt8] = []
        let succeeded = bytes.withUnsafeBytes { Deflater(coding).deflate($0, ends: true, to: &output) }
        return succeeded ? output : []
    }

    private func inflate(_ bytes: [UInt8], _ coding: ContentCoding = .gzip, max: Int = 1 << 28) throws -> [UInt8] {
        try Inflation.inflate(HTTPBody(bytes), coding, bytesMax: max, budget: budget).bytes
    }

    private func kind(_ bytes: [UInt8], _ coding: ContentCoding = .gzip, max: Int = 1 << 28) -> HTTPError.Kind? {
        do {
            _ = try inflate(bytes, coding, max: max)
            return nil
        } catch {
            return (error as? HTTPError)?.kind
        }
    }

    @Test func comesBackAsItWas() throws {
        for count in [0, 1, 100, 65_536, 131_072, 4 << 20, (4 << 20) + 1, 9_000_000] {
            var bytes = [UInt8](repeating: 7, count: count)
            for index in stride(from: 0, to: count, by: 4_099) { bytes[index] = UInt8(truncatingIfNeeded: index >> 7) }
            for coding in codings { #expect(try inflate(compress(bytes, coding), coding) == bytes) }
        }
        #expect(budget.bytesUsed == 0)
    }

    /// RFC 1952 §2.2
    @Test func mayBeSeveralMembers() throws {
        #expect(try inflate(compress([1, 2]) + compress([]) + compress([3])) == [1, 2, 3])
    }

    /// Some clients send deflate without zlib's frame.
    @Test func mayBeBareDeflate() throws {
        let framed = compress(Array("hello hello hello".utf8), .deflate)
        #expect(try inflate(Array(framed.dropFirst(2).dropLast(4)), .deflate) == Array("hello hello hello".utf8))
    }

    @Test func isRefusedWhenCorruptOrCut() {
        let whole = compress(Array("hello hello hello".utf8))
        for count in 1..<whole.count { #expect(kind(Array(whole[..<count])) == .malformedContent) }
        for index in whole.indices where ![4, 5, 6, 7, 8, 9].contains(index) {
            var broken = whole
            broken[index] ^= 0xFF
            #expect(kind(broken) == .malformedContent)
        }
        #expect(kind(whole + [1, 2, 3]) == .malformedContent)
        #expect(kind(compress([1], .deflate) + [0], .deflate) == .malformedContent)
    }

    @Test func neverCostsMoreThanItMust() throws {
        let bomb = compress([UInt8](repeating: 0, count: 20_000_000))
        #expect(kind(bomb, max: 19_999_999) == .contentTooLarge)
        #expect(try inflate(bomb, max: 20_000_000).count == 20_000_000)
        let small = MemoryBudget(bytesMax: 6 << 20)
        #expect(throws: HTTPError.self) {
            try Inflation.inflate(HTTPBody(bomb), .gzip, bytesMax: 1 << 28, budget: small)
        }
        #expect(small.bytesUsed == 0)
    }

    @Test func survivesRandomBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 1...60)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for coding in codings {
                _ = kind(bytes, coding)
                _ = kind(Array(compress([1, 2, 3], coding).prefix(12)) + bytes, coding)
            }
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func isReadAndWrittenByTheServer(_ kind: EventLoopKind) async throws {
        let text = String(repeating: "some text ", count: 10_000)
        let routes = TestRoutes.all + [Route(.get, "/text") { _ in .text(text) }]
        try await serving(kind, routes: routes) { server in
            let client = try server.connect()
            let gzip = compress(Array(text.utf8))
            for path in ["echo", "count"] {
                try client.send(
                    "POST /\(path) HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: \(gzip.count)\r\n\r\n"
                )
                try client.send(gzip)
                #expect(try client.receiveAnswer().text == (path == "echo" ? text : "100000"))
            }
            for (accept, coding) in [
                ("gzip", "gzip"), ("deflate, br", "deflate"), ("gzip;q=0", nil), ("identity", nil),
            ] {
                try client.send("GET /text HTTP/1.1\r\nHost: a\r\nAccept-Encoding: \(accept)\r\n\r\n")
                let answer = try client.receiveAnswer()
                #expect(answer.field("content-encoding") == coding)
                #expect(answer.field("vary") == "accept-encoding")
                let plain = try coding.map { try inflate(answer.content, ContentCoding(rawValue: $0) ?? .gzip) }
                #expect(plain ?? answer.content == Array(text.utf8))
            }
            try client.send("GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            #expect(try client.receiveAnswer().text == "piece 0 piece 1 piece 2 ")
        }
    }

    @Test(arguments: EventLoopKind.allCases)
    func isBrokenOffByTheServerWhenItGrowsTooLarge(_ kind: EventLoopKind) async throws {
        let configure: Configuring = { $0.limits.bodyBytesMax = 1_000_000 }
        try await serving(kind, configure: configure) { server in
            let bomb = compress([UInt8](repeating: 0, count: 50_000_000))
            for path in ["echo", "count"] {
                let client = try server.connect()
                try client.send(
                    "POST /\(path) HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"
                )
                try client.send(bomb)
                #expect(try client.receiveAnswer().status == 413)
            }
        }
    }
}
