import Formats
import HTTP
import Service
import TensorCore

/// An error as a client gets it (RFC 9457). Errors of all floors become statuses here and nowhere else.
struct Problem {
    let status: HTTPStatus
    /// One of the contract's kinds: `ValueError`, `NotFoundError`, `InvalidRequest` …
    let kind: String
    let detail: String
    var headers = HTTPHeaders()

    init(_ status: HTTPStatus, kind: String, _ detail: String, headers: HTTPHeaders = HTTPHeaders()) {
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = headers
    }

    init(_ error: any Error) {
        switch error {
        case let error as HTTPError:
            self.init(error.status, kind: Problem.kind(of: error), error.detail, headers: error.headers)
        case let error as JSONError:
            self.init(
                error.isMalformed ? .badRequest : .unprocessableContent,
                kind: error.isMalformed ? "InvalidRequest" : error.kind.rawValue, error.description)
        case let error as FormatError:
            self.init(error)
        case let error as ServiceError:
            self.init(error)
        case let error as any ReferenceError:
            self.init(Problem.status(of: error.kind), kind: error.kind.rawValue, error.description)
        default:
            // What no one foresaw is a defect: its text is for the log, not for the client.
            self.init(.internalServerError, kind: "Internal", "an internal error occurred; the log has its details")
        }
    }

    /// Bytes that are no file of their format are malformed; a file that holds what there is no dtype for, or too much, does
    /// not fit.
    private init(_ error: FormatError) {
        switch error.problem {
        case .unsupported: self.init(.unprocessableContent, kind: error.kind.rawValue, error.description)
        case .limit: self.init(.contentTooLarge, kind: "ResourceExhausted", error.description)
        default: self.init(.badRequest, kind: "InvalidRequest", error.description)
        }
    }

    private init(_ error: ServiceError) {
        let detail = error.description
        switch error {
        case .noSuchModel, .noSuchVariable, .noSuchLayer, .noSuchCheckpoint, .noCheckpointYet, .noSuchDataSet,
            .noSuchJob:
            self.init(.notFound, kind: "NotFoundError", detail)
        case .modelExists, .checkpointExists: self.init(.conflict, kind: "AlreadyExistsError", detail)
        case .invalidName: self.init(.unprocessableContent, kind: "ValueError", detail)
        case .conflict: self.init(.conflict, kind: "RuntimeError", detail)
        case .unfit: self.init(.unprocessableContent, kind: "ValueError", detail)
        case .tooManyModels, .tooManyJobs: self.init(.conflict, kind: "ResourceExhausted", detail)
        case .tooLarge: self.init(.contentTooLarge, kind: "ResourceExhausted", detail)
        case .tooManyParameters: self.init(.unprocessableContent, kind: "ResourceExhausted", detail)
        case .broken: self.init(.serviceUnavailable, kind: "Unavailable", detail, headers: ["retry-after": "60"])
        case .overloaded: self.init(.serviceUnavailable, kind: "Unavailable", detail, headers: ["retry-after": "1"])
        case .stopping, .directoryInUse:
            self.init(.serviceUnavailable, kind: "Unavailable", detail, headers: ["retry-after": "5"])
        case .storage(_, let isFull):
            self.init(
                isFull ? .insufficientStorage : .internalServerError, kind: isFull ? "ResourceExhausted" : "Internal",
                detail)
        }
    }

    /// Where the reference's kinds of error come from a client's request, they say that it does not fit the model.
    private static func status(of kind: ErrorKind) -> HTTPStatus {
        switch kind {
        case .notFound: .notFound
        case .alreadyExists: .conflict
        case .value, .type, .attribute, .runtime, .notImplemented, .resourceExhausted: .unprocessableContent
        }
    }

    private static func kind(of error: HTTPError) -> String {
        switch error.status.code {
        case 401: "Unauthenticated"
        case 403: "PermissionDenied"
        case 404: "NotFoundError"
        case 413, 414, 429, 431: "ResourceExhausted"
        case 405, 406, 415, 501, 505: "Unsupported"
        case 500: "Internal"
        case 503: "Unavailable"
        default: "InvalidRequest"
        }
    }

    var response: HTTPResponse {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", "about:blank")
            writer.member("title", status.reason)
            writer.member("status", status.code)
            writer.member("detail", detail)
            writer.member("kind", kind)
        }
        var headers = headers
        headers.set("content-type", "application/problem+json")
        return HTTPResponse(status, headers: headers, body: .bytes(HTTPBody(writer.bytes)))
    }
}
