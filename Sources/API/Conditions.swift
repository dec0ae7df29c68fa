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
func matches(_ request: HTTPRequest) -> ModelRegistry.Condition {
    { model in
        let tag = model?.entityTag
        guard request.headers.contains("if-match"), request.judgePreconditions(tag: tag) == .failed else { return }
        let current = tag.map { "its tag is \($0)" } ?? "it does not exist"
        throw HTTPError(.preconditionFailed, "if-match is \(request.headers["if-match"] ?? ""), but \(current)")
    }
}
