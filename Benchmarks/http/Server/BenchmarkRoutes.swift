import HTTP

enum BenchmarkRoutes {
    static let all = [
        Route(.get, "/") { _ in hello },
        Route(.get, "/hop") { _ in
            await Task.yield()
            return hello
        },
        Route(.post, "/echo") { request in
            HTTPResponse(type: request.headers["content-type"] ?? "application/octet-stream", request.body)
        },
        Route(.post, "/count", body: .streamed(max: 1 << 40)) { request in
            var count = 0
            for try await piece in request.pieces { count += piece.count }
            return .text("\(count)\n")
        },
        Route(.get, "/stream/{count}") { request in
            let count = Int(try request.parameter("count")) ?? 1
            return HTTPResponse(
                headers: ["content-type": "text/plain"],
                body: .stream(
                    BodyStream { writer in
                        for index in 0..<count { try await writer.write(HTTPBody("line \(index)\n")) }
                    }))
        },
        Route(.get, "/pour") { _ in
            let piece = HTTPBody([UInt8](repeating: UInt8(ascii: "x"), count: 65_536))
            return HTTPResponse(body: .stream(BodyStream { writer in while true { try await writer.write(piece) } }))
        },
        Route(.get, "/bytes/{count}") { request in
            let count = min(max(Int(try request.parameter("count")) ?? 1, 0), 1 << 28)
            return HTTPResponse(
                type: "application/octet-stream", HTTPBody([UInt8](repeating: UInt8(ascii: "x"), count: count)))
        },
        Route(.get, "/text/{count}") { request in
            let count = min(max(Int(try request.parameter("count")) ?? 1, 0), 1 << 28)
            return HTTPResponse(type: "text/plain", HTTPBody(String(repeating: "some text ", count: count / 10)))
        },
        Route(.get, "/events") { _ in
            .events { writer in
                for number in 0..<1_000_000 {
                    try await writer.send(ServerSentEvent("number \(number)", id: "\(number)"))
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        },
        Route(.get, "/etag") { request in
            try .conditional(
                request, type: "text/plain", content: .bytes(HTTPBody("0123456789")), tag: EntityTag("v1"))
        },
        Route(.get, "/path/{rest...}") { request in .text(try request.parameter("rest")) },
    ]

    private static let hello = HTTPResponse.text("Hello, world!\n")
}
