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
    ///   - head: the request's, `nil` when it could not be read.
    ///   - count: bytes of content, `nil` when unknown.
    init(for head: RequestHead?, status: HTTPStatus, count: Int?, keepsAlive: Bool) {
        let isModern = head?.version != .http10
        let framing: Framing =
            if !status.mayHaveContent {
                .none
            } else if let count {
                .length(count)
            } else {
                isModern ? .chunked : .untilClose
            }
        self.framing = framing
        sendsContent = framing != .none && framing != .length(0) && head?.method != .head
        let endsItself = framing != .untilClose || !sendsContent
        self.keepsAlive = keepsAlive && endsItself
        announcesKeepAlive = self.keepsAlive && !isModern
    }
}
