/// One field line, `name ":" OWS value OWS` (RFC 9112 §5), read strictly.
enum FieldLine {
    /// Reads the line that stands at `start ..< end` of `headers.bytes`, without its CRLF, and adds the field.
    static func parse(_ start: Int, _ end: Int, into headers: inout HTTPHeaders) throws(HTTPError) {
        // obs-fold, or whitespace between the request line and the first field (RFC 9112 §5.2 and §2.2).
        if headers.bytes[start].isOptionalWhitespace {
            throw HTTPError(.malformedField, "a field line starts with whitespace; folded lines are obsolete")
        }
        var colon = start
        while colon < end, headers.bytes[colon] != .colon {
            let byte = headers.bytes[colon]
            // RFC 9112 §5.1: whitespace before the colon must be refused; so must any other stranger.
            guard byte.isTokenByte else {
                throw HTTPError(.malformedField, "a field name holds byte \(byte.hexadecimal), which no name may hold")
            }
            colon += 1
        }
        guard colon < end else { throw HTTPError(.malformedField, "a field line has no colon") }
        guard colon > start else { throw HTTPError(.malformedField, "a field line has no name before its colon") }

        var first = colon + 1
        var last = end
        while first < last, headers.bytes[first].isOptionalWhitespace { first += 1 }
        while last > first, headers.bytes[last - 1].isOptionalWhitespace { last -= 1 }
        for index in first..<last {
            // RFC 9110 §5.5: CR, LF and NUL are dangerous, other controls invalid.
            guard headers.bytes[index].isFieldValueByte else {
                throw HTTPError(
                    .malformedField, "a field value holds control byte \(headers.bytes[index].hexadecimal)")
            }
        }
        headers.addField(start..<colon, value: first..<last)
    }
}

extension UInt8 {
    /// As `0x0a`, for messages.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return digits.utf8.count == 1 ? "0x0\(digits)" : "0x\(digits)"
    }
}
