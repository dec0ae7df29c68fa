import Logging

/// The two forms of a log line.
enum LogLine {
    static func text(
        _ timestamp: String, _ level: Logger.Level, _ message: String, _ label: String, _ metadata: Logger.Metadata
    ) -> String {
        let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(singleLine("\($0.value)"))" }
        return "\(timestamp) \(level.rawValue) \(label): \(singleLine(message))" + details.joined()
    }

    static func json(
        _ timestamp: String, _ level: Logger.Level, _ message: String, _ label: String, _ metadata: Logger.Metadata
    ) -> String {
        var pairs = [
            ("time", timestamp), ("level", level.rawValue), ("logger", label), ("message", message),
        ]
        pairs += metadata.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        return "{" + pairs.map { "\(quoted($0.0)):\(quoted($0.1))" }.joined(separator: ",") + "}"
    }

    /// What a client sent may stand in a message; it must not start a line of its own.
    private static func singleLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return text.unicodeScalars.reduce(into: "") { $0 += $1.value < 0x20 ? "\\u{\($1.value)}" : String($1) }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
