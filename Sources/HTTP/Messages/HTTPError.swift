/// Why a request cannot be answered as it asks: a status, a case for programs, a sentence for people.
public struct HTTPError: Error, Sendable, Equatable {
    public let kind: Kind
    /// What was wrong, the limit or the expectation, and what came.
    public let detail: String
    /// What the answer must carry, such as `Allow` with 405.
    public let headers: HTTPHeaders

    public init(_ kind: Kind, _ detail: String, headers: HTTPHeaders = HTTPHeaders()) {
        self.kind = kind
        self.detail = detail
        self.headers = headers
    }

    public var status: HTTPStatus { kind.status }

    /// The machine-readable case.
    public enum Kind: String, Sendable, CaseIterable {
        // 400
        case malformedRequestLine, malformedTarget, malformedField, missingHost, repeatedHost, malformedHost
        case malformedLength, conflictingLength, malformedTransferCoding, malformedChunk, malformedTrailer
        case incompleteRequest, malformedContent, missingParameter, malformedQuery
        // Each of the rest stands for one status.
        case unauthenticated, permissionDenied, rateLimited
        case notFound, methodNotAllowed, notAcceptable, requestTimeout, lengthRequired, preconditionFailed
        case contentTooLarge, targetTooLong, unsupportedMediaType, unsupportedContentCoding, rangeNotSatisfiable
        case expectationFailed, misdirectedRequest, headersTooLarge, tooManyHeaders
        case internalError, methodNotImplemented, transferCodingNotImplemented, versionNotSupported
        case overloaded, draining

        public var status: HTTPStatus {
            switch self {
            case .malformedRequestLine, .malformedTarget, .malformedField, .missingHost, .repeatedHost, .malformedHost,
                .malformedLength, .conflictingLength, .malformedTransferCoding, .malformedChunk, .malformedTrailer,
                .incompleteRequest, .malformedContent, .missingParameter, .malformedQuery:
                .badRequest
            case .unauthenticated: .unauthorized
            case .permissionDenied: .forbidden
            case .rateLimited: .tooManyRequests
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .notAcceptable: .notAcceptable
            case .requestTimeout: .requestTimeout
            case .lengthRequired: .lengthRequired
            case .preconditionFailed: .preconditionFailed
            case .contentTooLarge: .contentTooLarge
            case .targetTooLong: .targetTooLong
            case .unsupportedMediaType, .unsupportedContentCoding: .unsupportedMediaType
            case .rangeNotSatisfiable: .rangeNotSatisfiable
            case .expectationFailed: .expectationFailed
            case .misdirectedRequest: .misdirectedRequest
            case .headersTooLarge, .tooManyHeaders: .headersTooLarge
            case .internalError: .internalServerError
            case .methodNotImplemented, .transferCodingNotImplemented: .notImplemented
            case .versionNotSupported: .versionNotSupported
            case .overloaded, .draining: .serviceUnavailable
            }
        }
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String { "\(status): \(detail)" }
}
