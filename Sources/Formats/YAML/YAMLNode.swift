/// What stands at one place of a YAML text. Scalars are kept as written; what they mean is for whoever asked for them.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        /// - Parameter isQuoted: `"null"` is a word, `null` is none.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        case mapping([(key: String, value: YAMLNode)])
    }

    public let content: Content
    /// From 1.
    public let line: Int

    public init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// The text of a scalar; nil for `null`, `~` and nothing, and for what is no scalar.
    public var text: String? {
        guard case .scalar(let text, let isQuoted) = content else { return nil }
        return isQuoted || !["", "~", "null", "Null", "NULL"].contains(text) ? text : nil
    }

    public var isNull: Bool {
        if case .scalar = content { text == nil } else { false }
    }

    /// The texts of a list of scalars, or of one scalar alone; nil for anything else.
    public var texts: [String]? {
        guard case .sequence(let items) = content else { return text.map { [$0] } }
        let texts = items.compactMap(\.text)
        return texts.count == items.count ? texts : nil
    }

    public var items: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    public var members: [(key: String, value: YAMLNode)]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    public subscript(_ key: String) -> YAMLNode? { members?.first { $0.key == key }?.value }
}

/// A text that is no YAML, or uses more of it than is read here.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    public let problem: String

    public var description: String { "line \(line): \(problem)" }
}
