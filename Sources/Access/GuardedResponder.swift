import HTTP
import Locking
import Logging
import Synchronization
import Telemetry

/// What stands around the router: lets callers in or not, and keeps the record of what they did.
///
/// Everything about a request that is not the API's own happens here, in one place.
public final class GuardedResponder<Inner: Responder>: Responder {
    private let inner: Inner
    private let gate: Gate
    private let record: RequestRecord

    public init(_ inner: Inner, gate: Gate, record: RequestRecord) {
        self.inner = inner
        self.gate = gate
        self.record = record
    }

    public func route(_ request: HTTPRequest) -> RoutingDecision {
        switch inner.route(request) {
        case .handle(var match):
            do throws(HTTPError) {
                match.caller = try gate.policy.admit(request, to: match.route, at: gate.time.now())
            } catch {
                record.refused(request, match.route, error)
                return .refuse(error)
            }
            return .handle(match)
        case .answer(let response): return .answer(gate.policy.origins.answerPreflight(response, for: request))
        case .refuse(let error): return .refuse(error)
        }
    }

    public func reply(to request: HTTPRequest) throws -> Reply {
        let reply = try inner.reply(to: request)
        guard gate.hasOrigins else { return reply }
        let origins = gate.policy.origins
        return reply.map { origins.dress($0, for: request) }
    }

    public func errorResponse(for error: any Error, request: HTTPRequest?) -> HTTPResponse {
        let response = inner.errorResponse(for: error, request: request)
        return request.map { gate.policy.origins.dress(response, for: $0) } ?? response
    }

    public func answered(_ request: HTTPRequest?, _ facts: AnswerFacts) {
        record.answered(request, facts)
    }
}

/// Holds the policy that is in force.
public final class Gate: Sendable {
    private let current: Lock<AccessPolicy>
    private let hasOriginsFlag: Atomic<Bool>
    let time: any TimeSource

    public init(_ policy: AccessPolicy, time: any TimeSource = SystemTime()) {
        current = Lock(policy)
        hasOriginsFlag = Atomic(!policy.origins.isEmpty)
        self.time = time
    }

    /// From the next request on.
    public var policy: AccessPolicy {
        get { current.withLock { $0 } }
        set {
            current.withLock { $0 = newValue }
            hasOriginsFlag.store(!newValue.origins.isEmpty, ordering: .relaxed)
        }
    }

    /// Whether any page of another site may call: answers need nothing said about that where none may.
    var hasOrigins: Bool { hasOriginsFlag.load(ordering: .relaxed) }
}
