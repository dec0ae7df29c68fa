import Formats
import HTTP
import TensorCore

extension HTTPRequest {
    /// Reads the body as one JSON object, member by member.
    func readObject(_ member: (_ key: String, _ reader: inout JSONReader) throws -> Void) throws {
        try requireJSON()
        try readMembers(member)
    }

    /// The same, of a body that is known to be JSON.
    func readMembers(_ member: (_ key: String, _ reader: inout JSONReader) throws -> Void) throws {
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

    /// The content, piece by piece, as what keeps files reads it.
    func nextPiece() -> () async throws -> ByteRegion? {
        var pieces = self.pieces.makeAsyncIterator()
        return { try await pieces.next().map { piece in piece.withUnsafeBytes { ByteRegion($0, owner: piece) } } }
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
