/// What a request's conditions come to (RFC 9110 §13.2.2).
public enum PreconditionResult: Sendable, Equatable {
    case proceed
    /// 304: the client has it already.
    case notModified
    /// 412: the client knows another state.
    case failed
}

extension HTTPRequest {
    /// Judges `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`, in their order.
    ///
    /// - Parameters:
    ///   - tag: of the representation there is, `nil` when there is none.
    ///   - modified: when it was last modified, in seconds since 1970.
    public func judgePreconditions(tag: EntityTag?, modified: Int64? = nil) -> PreconditionResult {
        let isRead = method == .get || method == .head
        if let condition = headers["if-match"] {
            if !matches(condition, tag, { $0.stronglyEquals($1) }) { return .failed }
        } else if let since = headers["if-unmodified-since"].flatMap(HTTPDate.unixSeconds), let modified {
            if modified > since { return .failed }
        }
        if let condition = headers["if-none-match"] {
            if matches(condition, tag, { $0.weaklyEquals($1) }) { return isRead ? .notModified : .failed }
        } else if isRead, let since = headers["if-modified-since"].flatMap(HTTPDate.unixSeconds), let modified {
            if modified <= since { return .notModified }
        }
        return .proceed
    }

    /// Whether a `Range` is to be honoured: there is no `If-Range`, or it names what there is (§13.1.5).
    func rangeApplies(tag: EntityTag?, modified: Int64?) -> Bool {
        guard let condition = headers["if-range"] else { return true }
        if let date = HTTPDate.unixSeconds(from: condition) { return modified == date }
        guard let given = EntityTag.list(condition)?.first, let tag else { return false }
        return given.stronglyEquals(tag)
    }

    private func matches(_ condition: String, _ tag: EntityTag?, _ equals: (EntityTag, EntityTag) -> Bool) -> Bool {
        guard let tag else { return false }
        if condition == "*" { return true }
        return EntityTag.list(condition)?.contains { equals($0, tag) } ?? false
    }
}
