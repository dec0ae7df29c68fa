import CContract
import Formats
import HTTP

/// How the server is, and what it can do.
struct ServerEndpoints: EndpointGroup {
    let service: APIService

    var routes: [Route] {
        [
            Route(.get, "/healthz", health).needs(.nothing),
            Route(.get, "/readyz", readiness).needs(.nothing),
            Route(.get, "/version", version).needs(.nothing),
            Route(.get, "/openapi.yaml", contract).needs(.nothing),
            Route(.get, "/metrics", metrics).needs(.read),
        ]
    }

    private static let ok = HTTPBody(#"{"status":"ok"}"#)
    private static let document = HTTPBody(
        Array(UnsafeBufferPointer(start: strata_openapi(), count: strata_openapi_count())))

    @Sendable func health(_ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(.ok, type: "application/json", ServerEndpoints.ok)
    }

    @Sendable func readiness(_ request: HTTPRequest) -> HTTPResponse {
        guard service.isReady() else {
            return Problem(
                .serviceUnavailable, kind: "Unavailable", "the server is starting or stopping",
                headers: ["retry-after": "1"]
            ).response
        }
        return HTTPResponse(.ok, type: "application/json", ServerEndpoints.ok)
    }

    @Sendable func version(_ request: HTTPRequest) -> HTTPResponse {
        .json { writer in
            writer.object { writer in
                writer.member("name", "strata")
                writer.member("version", service.version)
            }
        }
    }

    @Sendable func metrics(_ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(.ok, type: "text/plain; version=0.0.4; charset=utf-8", HTTPBody(service.metrics()))
    }

    @Sendable func contract(_ request: HTTPRequest) -> HTTPResponse {
        HTTPResponse(.ok, type: "application/yaml", ServerEndpoints.document)
    }
}
