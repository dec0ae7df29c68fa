/// What of a head decides on how it is answered. The head itself is not kept, so that its memory serves the next one.
struct AnswerTerms: Sendable {
    let isModern: Bool
    let wantsNoContent: Bool
    let keepsAlive: Bool
    let expectsContinue: Bool

    init(_ head: RequestHead) {
        isModern = head.version != .http10
        wantsNoContent = head.method == .head
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
    }
}

/// How one answer is framed and what becomes of the connection behind it (RFC 9112 §6 and §9).
public struct ResponsePlan: Sendable, Equatable {
    public enum Framing: Sendable, Equatable {
        /// No content and no field about it: 1xx, 204, 304.
        case none
        case length(Int)
        case chunked
        /// The end of the connection ends the content: for HTTP/1.0, which knows no chunks.
        case untilClose
    }

    public let framing: Framing
    /// False for HEAD and for statuses without content, whatever the fields say.
    public let sendsContent: Bool
    public let keepsAlive: Bool
    /// Whether a 1.0 client must be told that the connection goes on.
    let announcesKeepAlive: Bool

    /// - Parameters:
    ///   - terms: the request's, `nil` when it could not be read.
    ///   - count: bytes of content, `nil` when unknown.
    init(for terms: AnswerTerms?, status: HTTPStatus, count: Int?, keepsAlive: Bool) {
        let isModern = terms?.isModern ?? true
        let framing: Framing =
            if !status.mayHaveContent {
                .none
            } else if let count {
                .length(count)
            } else {
                isModern ? .chunked : .untilClose
            }
        self.framing = framing
        sendsContent = framing != .none && framing != .length(0) && !(terms?.wantsNoContent ?? false)
        let endsItself = framing != .untilClose || !sendsContent
        self.keepsAlive = keepsAlive && endsItself
        announcesKeepAlive = self.keepsAlive && !isModern
    }
}
