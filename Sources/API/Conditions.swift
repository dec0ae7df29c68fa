import Formats
import HTTP
import Service

extension Model {
    /// Changes with every publication and every change of settings, and is never that of another incarnation of the model.
    var entityTag: EntityTag { EntityTag("\(incarnation)-\(version)-\(settingsVersion)") }
}

extension HTTPResponse {
    /// A JSON answer to a GET that honours `If-None-Match`.
    static func conditionalJSON(
        _ request: HTTPRequest, tag: EntityTag?, _ write: (inout JSONWriter) -> Void
    ) throws(HTTPError) -> HTTPResponse {
        var writer = JSONWriter()
        write(&writer)
        return try .conditional(request, type: "application/json", content: .bytes(HTTPBody(writer.bytes)), tag: tag)
    }
}

/// Refuses a change of what is no longer as the client saw it (`If-Match`).
func matches(_ request: HTTPRequest) throws(HTTPError) -> ModelRegistry.Condition {
    guard let given = request.headers["if-match"] else { return { _ in } }
    // A condition that is not understood must not let the change through, nor claim that something has changed.
    guard given == "*" || EntityTag.list(given) != nil else {
        throw HTTPError(.malformedField, "if-match is '\(given)', but it must be entity tags in quotes, or *")
    }
    return { model in
        let tag = model?.entityTag
        guard request.judgePreconditions(tag: tag) == .failed else { return }
        let current = tag.map { "its tag is \($0)" } ?? "it does not exist"
        throw HTTPError(.preconditionFailed, "if-match is \(given), but \(current)")
    }
}
