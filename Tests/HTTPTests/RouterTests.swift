import Testing

@testable import HTTP

/// A router …
struct RouterTests {
    private let router = Router(
        [
            ("GET", "/"), ("GET", "/models"), ("POST", "/models"), ("GET", "/models/{name}"), ("PUT", "/models/{name}"),
            ("GET", "/models/{name}/variables"), ("GET", "/models/{name}/variables/{variable...}"),
            ("POST", "/models/{name}/call"), ("GET", "/models/special"),
        ].map { method, pattern in
            Route(HTTPMethod(rawValue: method), pattern) { request in
                let parameters = ["name", "variable"].compactMap { try? request.parameter($0) }
                return .text("\(pattern) \(parameters)")
            }
        })

    private func answer(_ method: HTTPMethod, _ target: String) throws -> String {
        var request = try HTTPRequest(method, target)
        let responder = RouterResponder(router)
        switch router.route(request) {
        case .refuse(let error): return "\(error.status.code) \(error.headers["allow"] ?? "")"
        case .answer(let response): return "\(response.status.code) \(response.headers["allow"] ?? "")"
        case .handle(let match):
            request.match = match
            guard case .bytes(let body) = try responder.reply(to: request).response?.body else { return "none" }
            return body.text
        }
    }

    @Test func findsLiteralsBeforeParametersBeforeRests() throws {
        #expect(try answer(.get, "/") == "/ []")
        #expect(try answer(.get, "/models") == "/models []")
        #expect(try answer(.get, "/models/net") == #"/models/{name} ["net"]"#)
        #expect(try answer(.get, "/models/special") == "/models/special []")
        #expect(try answer(.get, "/models/net/variables") == #"/models/{name}/variables ["net"]"#)
    }

    @Test(arguments: ["net/dense/kernel:0", "net%2Fdense%2fkernel%3A0", "net/dense%2Fkernel:0"])
    func decodesARestOfSlashes(_ spelling: String) throws {
        #expect(
            try answer(.get, "/models/net/variables/\(spelling)")
                == #"/models/{name}/variables/{variable...} ["net", "net/dense/kernel:0"]"#)
    }

    @Test func cutsAtRawSlashesOnly() throws {
        #expect(try answer(.get, "/models/a%2Fb") == #"/models/{name} ["a/b"]"#)
        #expect(try answer(.get, "/m%6Fdels") == "/models []")
    }

    @Test(arguments: ["/nothing", "/models/", "/models//call", "//models", "/models/net/variables/", "/models/net/x"])
    func findsNothing(_ target: String) throws {
        #expect(try answer(.get, target) == "404 ")
    }

    /// RFC 9110 §15.5.6: with `Allow`.
    @Test func knowsWhichMethodsAreAllowed() throws {
        #expect(try answer(.delete, "/models") == "405 GET, HEAD, POST, OPTIONS")
        #expect(try answer(.get, "/models/net/call") == "405 POST, OPTIONS")
    }

    /// RFC 9110 §9.3.8: known, and allowed nowhere.
    @Test(arguments: ["TRACE", "QUERY"]) func declinesMethodsThatItKnows(_ method: String) throws {
        #expect(try answer(HTTPMethod(rawValue: method), "/models") == "405 GET, HEAD, POST, OPTIONS")
        #expect(try answer(HTTPMethod(rawValue: method), "/nothing") == "404 ")
    }

    @Test func aLiteralKnowsItsOwnMethodsOnly() throws {
        // The literal knows GET only, the parameter beside it PUT too.
        #expect(try answer(.put, "/models/special") == #"/models/{name} ["special"]"#)
    }

    /// RFC 9110 §9.1
    @Test(arguments: ["FOO", "get", "CONNECT"]) func doesNotImplementOtherMethods(_ method: String) throws {
        #expect(try answer(HTTPMethod(rawValue: method), "/models") == "501 ")
    }

    /// RFC 9110 §9.3.7
    @Test func answersOptions() throws {
        #expect(try answer(.options, "/models") == "204 GET, HEAD, POST, OPTIONS")
        #expect(try answer(.options, "*") == "204 GET, HEAD, POST, PUT, OPTIONS")
        #expect(try answer(.options, "/nothing") == "404 ")
    }

    @Test func servesHeadByGet() throws {
        #expect(try answer(.head, "/models") == "/models []")
    }
}
