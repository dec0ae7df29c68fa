/// Reads keys and scalars of one line of YAML.
struct YAMLScanner {
    private var rest: Substring
    private let line: Int

    init(_ text: Substring, line: Int) {
        rest = text
        self.line = line
    }

    /// Whether nothing but blanks and a comment is left.
    var isAtEnd: Bool {
        let trimmed = rest.drop(while: \.isBlank)
        return trimmed.isEmpty || (trimmed.first == "#" && (trimmed.startIndex > rest.startIndex || rest.isEmpty))
    }

    /// Whether the line begins with `key:`.
    var startsMember: Bool {
        var copy = self
        return (try? copy.key()) != nil
    }

    /// Takes `key:` and the blanks after it.
    mutating func key() throws(YAMLError) -> String {
        let key: String
        if rest.first == "\"" || rest.first == "'" {
            key = try quoted()
            rest = rest.drop(while: \.isBlank)
        } else {
            try refuseIndicator()
            guard let colon = rest.indices.first(where: { isColon(at: $0) }) else {
                throw error("expected 'key: value', found '\(rest)'")
            }
            guard !hasComment(before: colon) else { throw error("expected 'key: value', found '\(rest)'") }
            key = rest[..<colon].trimmingBlanks
            rest = rest[colon...]
        }
        guard let colon = rest.indices.first, isColon(at: colon) else { throw error("expected ':' after the key") }
        guard !key.isEmpty else { throw error("a key is missing before ':'") }
        rest = rest.dropFirst()
        return key
    }

    /// Takes a scalar or a list in brackets, which must end the line.
    mutating func value() throws(YAMLError) -> YAMLNode {
        rest = rest.drop(while: \.isBlank)
        let node: YAMLNode
        if rest.first == "[" {
            node = try list()
        } else if rest.first == "\"" || rest.first == "'" {
            node = YAMLNode(.scalar(try quoted(), isQuoted: true), line: line)
        } else {
            node = try plain()
        }
        guard isAtEnd else { throw error("expected the end of the line, found '\(rest)'") }
        return node
    }

    /// `[a, "b", c]`
    private mutating func list() throws(YAMLError) -> YAMLNode {
        var items: [YAMLNode] = []
        rest = rest.dropFirst().drop(while: \.isBlank)
        while rest.first != "]" {
            guard let first = rest.first else { throw error("a list must end in its line") }
            if first == "\"" || first == "'" {
                items.append(YAMLNode(.scalar(try quoted(), isQuoted: true), line: line))
            } else {
                let text = rest.prefix { $0 != "," && $0 != "]" }
                guard !text.isEmpty, !text.contains(where: { "[{}#".contains($0) }), !text.contains(": "),
                    !text.trimmingBlanks.hasSuffix(":")
                else { throw error("'[\(rest)' is no list of words and numbers") }
                try refuseIndicator()
                items.append(YAMLNode(.scalar(text.trimmingBlanks, isQuoted: false), line: line))
                rest = rest[text.endIndex...]
            }
            rest = rest.drop(while: \.isBlank)
            if rest.first == "," {
                rest = rest.dropFirst().drop(while: \.isBlank)
            } else if rest.isEmpty {
                throw error("a list must end in its line")
            } else if rest.first != "]" {
                throw error("expected ',' or ']' in a list, found '\(rest)'")
            }
        }
        rest = rest.dropFirst()
        return YAMLNode(.sequence(items), line: line)
    }

    private mutating func plain() throws(YAMLError) -> YAMLNode {
        try refuseIndicator()
        var end = rest.endIndex
        for index in rest.indices {
            if isColon(at: index) { throw error("'\(rest)' has a second ': '; put the value in quotes") }
            if rest[index] == "#", index > rest.startIndex, rest[rest.index(before: index)].isBlank {
                end = index
                break
            }
        }
        let text = rest[..<end].trimmingBlanks
        rest = ""
        return YAMLNode(.scalar(text, isQuoted: false), line: line)
    }

    private mutating func quoted() throws(YAMLError) -> String {
        let quote = rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == quote {
                // In single quotes, two of them are one.
                guard quote == "'", rest.first == "'" else { return text }
                text.append(rest.removeFirst())
            } else if character == "\\", quote == "\"" {
                text.unicodeScalars.append(try escape())
            } else {
                text.append(character)
            }
        }
        throw error("a quote is not closed in its line")
    }

    private mutating func escape() throws(YAMLError) -> Unicode.Scalar {
        switch rest.popFirst() {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\": return "\\"
        case "\"": return "\""
        case "/": return "/"
        case "x": return try scalar(digits: 2)
        case "u": return try scalar(digits: 4)
        case let other: throw error("'\\\(other.map(String.init) ?? "")' is no escape that is read here")
        }
    }

    private mutating func scalar(digits count: Int) throws(YAMLError) -> Unicode.Scalar {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw error("'\(digits)' are no \(count) hexadecimal digits of a character") }
        rest = rest.dropFirst(count)
        return scalar
    }

    /// What starts with one of these is more than a word.
    private func refuseIndicator() throws(YAMLError) {
        guard let first = rest.first, "&*!|>%@`{}[],#".contains(first) || startsWithIndicatorAndBlank else { return }
        throw error("'\(rest)' starts with '\(first)', which is not read here; put it in quotes")
    }

    /// `? key`, and a dash or colon with nothing to it.
    private var startsWithIndicatorAndBlank: Bool {
        guard let first = rest.first, "?-:".contains(first) else { return false }
        return rest.dropFirst().first.map(\.isBlank) ?? true
    }

    private func isColon(at index: Substring.Index) -> Bool {
        rest[index] == ":" && rest[rest.index(after: index)...].first.map(\.isBlank) ?? true
    }

    private func hasComment(before end: Substring.Index) -> Bool {
        rest[..<end].indices.contains { index in
            rest[index] == "#" && index > rest.startIndex && rest[rest.index(before: index)].isBlank
        }
    }

    private func error(_ problem: String) -> YAMLError { YAMLError(line: line, problem: problem) }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        String(drop(while: \.isBlank).reversed().drop(while: \.isBlank).reversed())
    }
}
