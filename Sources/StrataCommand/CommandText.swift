import Formats
import Glibc

/// The value of a variable of the environment.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

func writeError(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// One segment of a path, or several, percent-encoded where it must be.
func pathText(_ text: String) -> String {
    text.utf8.map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return String(Unicode.Scalar(byte))
        default:
            if "-._~/:".utf8.contains(byte) { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
        }
    }.joined()
}

/// Columns under each other.
func table(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
        var line = ""
        for (column, text) in row.enumerated() {
            line += text
            if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - text.count + 2) }
        }
        return line + "\n"
    }.joined()
}

/// A string as it is, anything else as JSON.
func text(_ value: JSONValue?) -> String { value?.string ?? value.map { "\($0)" } ?? "" }
