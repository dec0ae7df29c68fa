import Formats
import HTTP
import Service
import TensorCore
import Testing

@testable import API

struct ProblemTests {
    @Test(
        arguments: [
            (ServiceError.noSuchModel("a"), 404, "NotFoundError"), (.modelExists("a"), 409, "AlreadyExistsError"),
            (.checkpointExists("c", model: "a"), 409, "AlreadyExistsError"), (.conflict("x"), 409, "RuntimeError"),
            (.unfit("x"), 422, "ValueError"), (.invalidName("/", what: "model"), 422, "ValueError"),
            (.overloaded(model: "a", limit: 1), 503, "Unavailable"), (.stopping, 503, "Unavailable"),
            (.broken(model: "a", reason: "r"), 503, "Unavailable"),
            (.storage("full", isFull: true), 507, "ResourceExhausted"),
            (.storage("odd", isFull: false), 500, "Internal"),
            (.tooManyParameters(count: 2, limit: 1), 422, "ResourceExhausted"),
        ] as [(ServiceError, Int, String)])
    func serviceErrorsHaveTheirStatus(error: ServiceError, status: Int, kind: String) {
        let problem = Problem(error)
        #expect(problem.status.code == status && problem.kind == kind)
        #expect(problem.detail == error.description)
        #expect((problem.headers["retry-after"] != nil) == (status == 503))
    }

    @Test(arguments: HTTPError.Kind.allCases)
    func protocolErrorsKeepTheirStatusAndGetAKind(kind: HTTPError.Kind) {
        let problem = Problem(HTTPError(kind, "why", headers: ["allow": "GET"]))
        #expect(problem.status == kind.status)
        #expect(problem.response.headers["allow"] == "GET")
        #expect(problem.response.headers["content-type"] == "application/problem+json")
    }

    @Test func whatNoOneForesawTellsNothingOfItself() {
        struct Secret: Error { let password = "hunter2" }
        let problem = Problem(Secret())
        #expect(problem.status.code == 500 && problem.kind == "Internal")
        #expect(!problem.detail.contains("hunter2"))
    }

    @Test func tensorsThatDoNotFitAreTheClientsAffair() {
        #expect(Problem(TensorError.rankTooSmall(operator: "softmax", minimum: 1, received: [])).status.code == 422)
        #expect(Problem(TensorError.unsupportedDType(operator: "relu", received: .int8)).kind == "TypeError")
    }
}
