import Glibc

/// One line of the printed table.
struct Row {
    let name: String
    let value: Double
    let unit: String
    /// What the figure is held against, in the same unit, and its name.
    var reference: (name: String, value: Double)?

    func printed(beside peers: Peers) -> String {
        var line = "| \(name) | \(Row.rounded(value)) \(unit) |"
        let references = [reference, peers[name].map { ("PyTorch", $0) }].compactMap { $0 }
        line += " " + references.map { "\($0.name) \(Row.rounded($0.value))" }.joined(separator: ", ") + " |"
        return line + " " + references.map { Row.rounded(value / $0.value) }.joined(separator: ", ") + " |"
    }

    /// Three digits are more than the noise leaves.
    private static func rounded(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let scale = Glibc.pow(10, 2 - Glibc.floor(Glibc.log10(Swift.abs(value))))
        let number = (value * scale).rounded() / scale
        return number == number.rounded() && Swift.abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    }
}
