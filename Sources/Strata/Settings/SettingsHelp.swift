/// The settings told to people: in the help, in the documentation, and as they are.
public enum SettingsHelp {
    /// For a terminal of eighty columns.
    public static var text: String {
        var text = ""
        for group in ServerOption.Group.allCases {
            text += "\n\(group.rawValue.uppercased()):\n"
            for option in ServerOption.all where option.group == group {
                text += "  --\(option.name) \(option.placeholder)".trimmedEnd + "\n"
                let state =
                    option.isFlag && option.defaultDescription == "false"
                    ? "" : " (default: \(option.defaultDescription))"
                for line in wrapped(option.help + state, width: 70) { text += "        \(line)\n" }
            }
        }
        return text
    }

    /// The table of the documentation, in Markdown.
    public static var markdown: String {
        var text = ""
        for group in ServerOption.Group.allCases {
            text +=
                "\n### \(group.rawValue)\n\n| setting | default | at SIGHUP | what it is for |\n| --- | --- | --- | --- |\n"
            for option in ServerOption.all where option.group == group {
                text +=
                    "| `\(option.name)` | \(option.defaultDescription) | \(option.isReloadable ? "new value" : "–") | "
                text += "\(option.help) |\n"
            }
        }
        return text
    }

    /// Settings as a file would say them, with a remark on where each comes from.
    public static func file(_ settings: ServerSettings, origins: [String: String]) -> String {
        ServerOption.all.map { option in
            let texts = option.texts(in: settings).map(quoted)
            let value = option.isList ? "[\(texts.joined(separator: ", "))]" : texts.first ?? ""
            return "\(option.name): \(value)".trimmedEnd + "  # \(origins[option.name] ?? "default")\n"
        }.joined()
    }

    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/.-_:".contains($0)) }
        guard !isPlain || text.hasPrefix("-") || text.hasSuffix(":") else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
