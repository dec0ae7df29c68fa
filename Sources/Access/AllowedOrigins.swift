import HTTP

/// Which web pages may call, and how a browser is told so.
///
/// - Source: Fetch Standard, https://fetch.spec.whatwg.org/#http-cors-protocol
public struct AllowedOrigins: Sendable {
    private let origins: Set<String>
    private let allowsAll: Bool

    /// - Parameter origins: `https://app.example`, or `*` for all.
    public init(_ origins: [String]) {
        self.origins = Set(origins.map { $0.lowercased() })
        allowsAll = origins.contains("*")
    }

    public var isEmpty: Bool { origins.isEmpty }

    func allows(_ origin: String) -> Bool { allowsAll || origins.contains(origin.lowercased()) }

    /// A page of another site can make a browser send a request without asking first, as long as it says nothing of its
    /// content. On a server that trusts whoever reaches it, such a request must not change anything.
    func refuseForeignPages(_ request: HTTPRequest) throws(HTTPError) {
        guard request.method == .post, !request.headers.contains("content-type"),
            let origin = request.headers["origin"],
            !allows(origin)
        else { return }
        let host = request.headers["host"] ?? ""
        guard origin.lowercased() != "http://\(host.lowercased())",
            origin.lowercased() != "https://\(host.lowercased())"
        else {
            return
        }
        throw HTTPError(
            .permissionDenied, "pages of \(origin) may not call this server; the setting cors-origin says which may")
    }

    /// What a browser must be told with an answer.
    func dress(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        guard !isEmpty else { return response }
        var response = response
        response.headers.add("vary", "origin")
        guard let origin = request.headers["origin"], allows(origin) else { return response }
        response.headers.add("access-control-allow-origin", allowsAll ? "*" : origin)
        response.headers.add(
            "access-control-expose-headers", "etag, location, retry-after, strata-step, strata-version, x-request-id")
        return response
    }

    /// What a browser asks before it sends what a page wants sent.
    func answerPreflight(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        var response = dress(response, for: request)
        guard response.headers.contains("access-control-allow-origin"),
            request.headers.contains("access-control-request-method")
        else { return response }
        response.headers.add("access-control-allow-methods", response.headers["allow"] ?? "")
        if let fields = request.headers["access-control-request-headers"] {
            response.headers.add("access-control-allow-headers", fields)
        }
        response.headers.add("access-control-max-age", "600")
        return response
    }
}
