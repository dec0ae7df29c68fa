import Formats
import HTTP
import TensorCore

extension HTTPRequest {
    /// Refuses a body that is labelled as something other than JSON. None is labelled JSON too, and so is what `curl -d` sends,
    /// unless a browser's form sent it: that must not reach the service.
    func requireJSON() throws(HTTPError) {
        guard let type = headers["content-type"] else { return }
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        switch essence {
        case "application/json": return
        case "application/x-www-form-urlencoded" where !headers.contains("origin"): return
        default:
            throw HTTPError(
                .unsupportedMediaType, "content-type is '\(type)', but this takes application/json",
                headers: ["accept": "application/json"])
        }
    }

    /// Reads the body as one JSON object, member by member.
    func readObject(_ member: (_ key: String, _ reader: inout JSONReader) throws -> Void) throws {
        try requireJSON()
        try body.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.object(member)
            try reader.end()
        }
    }

    /// The body as a JSON value; an empty body is an empty object.
    func jsonValue() throws -> JSONValue {
        try requireJSON()
        return try body.isEmpty ? [:] : body.withUnsafeBytes { try JSONValue(parsing: $0) }
    }

    /// A query parameter that is `true` or `false`.
    func flag(_ name: String) throws(HTTPError) -> Bool? {
        switch try query.single(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let other?:
            throw HTTPError(.malformedQuery, "query parameter '\(name)' must be true or false, but it is '\(other)'")
        }
    }
}
