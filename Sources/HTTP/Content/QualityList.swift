/// A list of preferences with weights, such as `Accept` (RFC 9110 §12.4.2 and §12.5).
struct QualityList {
    struct Element {
        /// In lower case, without parameters.
        let name: String
        /// But for `q` and what follows it, in lower case, as `name=value`.
        let parameters: [String]
        /// 0 to 1000.
        let quality: Int
    }

    let elements: [Element]

    /// Elements that cannot be read are passed over: a preference is not worth a refusal.
    init(_ text: String) {
        elements = Self.split(text, at: ",").compactMap(Self.element)
    }

    private static func element(_ text: String) -> Element? {
        var parts = split(text, at: ";").map { trimmed($0).lowercased() }
        let name = parts.removeFirst()
        guard !name.isEmpty else { return nil }
        var parameters: [String] = []
        for part in parts where !part.isEmpty {
            let pair = split(part, at: "=").map(trimmed)
            if pair[0] == "q" {
                guard pair.count == 2, let quality = quality(pair[1]) else { return nil }
                return Element(name: name, parameters: parameters, quality: quality)
            }
            parameters.append(pair.joined(separator: "="))
        }
        return Element(name: name, parameters: parameters, quality: 1_000)
    }

    /// `0`, `0.5`, `1.000`: at most three digits behind the point.
    private static func quality(_ text: String) -> Int? {
        let parts = split(text, at: ".")
        guard let whole = Int(parts[0]), parts[0] == "0" || parts[0] == "1", parts.count <= 2 else { return nil }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy(\.isDigit) else { return nil }
        let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count)) ?? 0
        let quality = whole * 1_000 + fraction
        return quality <= 1_000 ? quality : nil
    }

    /// Splits outside of quoted strings; never empty.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == separator, !isQuoted {
                parts.append("")
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && isQuoted && !isEscaped
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    private static func trimmed(_ text: String) -> String {
        String(decoding: Array(text.utf8).trimmingOptionalWhitespace, as: UTF8.self)
    }
}
