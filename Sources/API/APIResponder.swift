import HTTP

/// Answers every request of the contract, and every error in its form.
public final class APIResponder: Responder {
    /// Every route of the contract.
    public let routes: [Route]
    private let router: Router
    private let report: @Sendable (any Error, HTTPRequest?) -> Void

    /// - Parameter report: gets every error that is a defect of the server, for its log.
    public init(_ service: APIService, report: @escaping @Sendable (any Error, HTTPRequest?) -> Void = { _, _ in }) {
        routes = Routes.all(service)
        router = Router(routes)
        self.report = report
    }

    public func route(_ request: HTTPRequest) -> RoutingDecision { router.route(request) }

    public func errorResponse(for error: any Error, request: HTTPRequest?) -> HTTPResponse {
        let problem = Problem(error)
        if problem.status.code == 500 { report(error, request) }
        return problem.response
    }
}
