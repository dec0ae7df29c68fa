import Glibc
import Strata

/// Where a setting comes from: its flag, else its twin in the environment, else its default.
struct SettingsEnvironment {
    let variable: (String) -> String?

    init(_ variable: @escaping (String) -> String? = { getenv($0).map { String(cString: $0) } }) {
        self.variable = variable
    }

    /// The twin of `--max-body-bytes` is `STRATA_MAX_BODY_BYTES`.
    static func twin(of flag: String) -> String {
        "STRATA_" + flag.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// What the environment says.
    func value(_ flag: String) -> String? { variable(SettingsEnvironment.twin(of: flag)) }

    func read(_ flag: String, _ given: String?, into setting: inout String) throws {
        setting = given ?? value(flag) ?? setting
    }

    /// Several values stand behind each other in the environment, with commas between them.
    func read(_ flag: String, _ given: [String], into setting: inout [String]) throws {
        if !given.isEmpty {
            setting = given
        } else if let text = value(flag) {
            setting = text.split(separator: ",").map(String.init)
        }
    }

    func read(_ flag: String, _ given: Bool?, into setting: inout Bool) throws {
        if let given {
            setting = given
        } else if let text = variable(SettingsEnvironment.twin(of: flag)) {
            switch text.lowercased() {
            case "true", "1", "yes", "on": setting = true
            case "false", "0", "no", "off", "": setting = false
            default:
                throw SettingsError("\(SettingsEnvironment.twin(of: flag)) must be true or false, but it is '\(text)'")
            }
        }
    }

    func read<Number: LosslessStringConvertible & Comparable>(
        _ flag: String, _ given: Number?, into setting: inout Number, _ range: ClosedRange<Number>
    ) throws {
        var found: Number? = setting
        try read(flag, given, into: &found, range)
        if let found { setting = found }
    }

    func read<Number: LosslessStringConvertible & Comparable>(
        _ flag: String, _ given: Number?, into setting: inout Number?, _ range: ClosedRange<Number>
    ) throws {
        var value = given
        var source = "--\(flag)"
        if value == nil, let text = variable(SettingsEnvironment.twin(of: flag)) {
            source = SettingsEnvironment.twin(of: flag)
            guard let number = Number(text) else {
                throw SettingsError("\(source) must be a number, but it is '\(text)'")
            }
            value = number
        }
        guard let value else { return }
        guard range.contains(value) else {
            throw SettingsError("\(source) must be from \(range.lowerBound) to \(range.upperBound), but it is \(value)")
        }
        setting = value
    }
}
