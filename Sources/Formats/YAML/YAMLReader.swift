/// Reads the part of YAML that configuration files are written in: mappings and lists by indentation, lists in brackets,
/// plain and quoted scalars, comments.
///
/// Everything else (anchors, tags, braces, text over several lines, several documents) is refused by its line, never
/// guessed at; what is read means what it means in all of YAML.
///
/// - Source: YAML 1.2.2, https://yaml.org/spec/1.2.2/
public struct YAMLReader {
    private struct Line {
        let number: Int
        let indent: Int
        let text: Substring
    }

    private var lines: ArraySlice<Line> = []
    private var depth = 0

    /// Files nested deeper than this are refused rather than recursed into.
    private static let depthMax = 32

    /// - Returns: an empty mapping for a text that holds nothing.
    public static func parse(_ text: String) throws(YAMLError) -> YAMLNode {
        var reader = YAMLReader()
        reader.lines = try lines(of: text)
        guard let first = reader.lines.first else { return YAMLNode(.mapping([]), line: 1) }
        let node = try reader.block(indent: first.indent)
        if let rest = reader.lines.first {
            throw YAMLError(line: rest.number, problem: "the indentation fits nothing above it")
        }
        return node
    }

    private static func lines(of text: String) throws(YAMLError) -> ArraySlice<Line> {
        var lines: [Line] = []
        var number = 0
        for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let body = raw.drop { $0 == " " }
            if body.first == "\t" { throw YAMLError(line: number, problem: "a tab cannot indent") }
            guard let first = body.first, first != "#" else { continue }
            if raw == "---", lines.isEmpty { continue }
            if raw.hasPrefix("---") || raw.hasPrefix("...") || raw.hasPrefix("%") {
                throw YAMLError(line: number, problem: "only one document is read, and no directives")
            }
            lines.append(Line(number: number, indent: raw.count - body.count, text: body))
        }
        return lines[...]
    }

    private mutating func block(indent: Int) throws(YAMLError) -> YAMLNode {
        guard let first = lines.first else { return YAMLNode(.scalar("", isQuoted: false), line: 1) }
        guard depth < YAMLReader.depthMax else { throw YAMLError(line: first.number, problem: "nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        return YAMLReader.isItem(first.text)
            ? try sequence(indent: indent, line: first.number) : try mapping(indent: indent, line: first.number)
    }

    private static func isItem(_ text: Substring) -> Bool { text == "-" || text.hasPrefix("- ") }

    private mutating func sequence(indent: Int, line: Int) throws(YAMLError) -> YAMLNode {
        var items: [YAMLNode] = []
        while let next = lines.first, next.indent == indent, YAMLReader.isItem(next.text) {
            let rest = next.text.dropFirst().drop { $0 == " " }
            guard !rest.isEmpty, rest.first != "#" else {
                lines.removeFirst()
                items.append(try nested(under: indent, line: next.number))
                continue
            }
            // What follows the dash may itself be the first line of a mapping or a list, indented to where it stands.
            let inner = Line(number: next.number, indent: indent + next.text.count - rest.count, text: rest)
            if YAMLReader.isItem(rest) || YAMLScanner(rest, line: next.number).startsMember {
                lines[lines.startIndex] = inner
                items.append(try block(indent: inner.indent))
            } else {
                lines.removeFirst()
                var scanner = YAMLScanner(rest, line: next.number)
                items.append(try scanner.value())
            }
        }
        return YAMLNode(.sequence(items), line: line)
    }

    private mutating func mapping(indent: Int, line: Int) throws(YAMLError) -> YAMLNode {
        var members: [(key: String, value: YAMLNode)] = []
        while let next = lines.first, next.indent == indent, !YAMLReader.isItem(next.text) {
            lines.removeFirst()
            var scanner = YAMLScanner(next.text, line: next.number)
            let key = try scanner.key()
            guard !members.contains(where: { $0.key == key }) else {
                throw YAMLError(line: next.number, problem: "'\(key)' stands here twice")
            }
            members.append(
                (
                    key,
                    scanner.isAtEnd ? try nested(under: indent, line: next.number, isMember: true) : try scanner.value()
                ))
        }
        return YAMLNode(.mapping(members), line: line)
    }

    /// What is indented under a line that says nothing more itself.
    private mutating func nested(under indent: Int, line: Int, isMember: Bool = false) throws(YAMLError) -> YAMLNode {
        // A list may stand right under its key.
        if let next = lines.first,
            next.indent > indent || (isMember && next.indent == indent && YAMLReader.isItem(next.text))
        {
            return try block(indent: next.indent)
        }
        return YAMLNode(.scalar("", isQuoted: false), line: line)
    }
}
