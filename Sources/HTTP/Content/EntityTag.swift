/// The validator of a representation: `"abc"`, or `W/"abc"` for one that is only equivalent (RFC 9110 §8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    public let value: String
    public let isWeak: Bool

    /// - Parameter value: visible ASCII without quotes.
    public init(_ value: String, isWeak: Bool = false) {
        self.value = value
        self.isWeak = isWeak
    }

    public var description: String { isWeak ? "W/\"\(value)\"" : "\"\(value)\"" }

    /// Both name the same bytes.
    public func stronglyEquals(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && value == other.value
    }

    public func weaklyEquals(_ other: EntityTag) -> Bool {
        value == other.value
    }

    /// The tags of a list; `nil` when it is malformed.
    public static func list(_ text: String) -> [EntityTag]? {
        var tags: [EntityTag] = []
        var rest = Array(text.utf8)[...]
        while true {
            rest = rest.drop { $0.isOptionalWhitespace || $0 == .comma }
            guard !rest.isEmpty else { return tags.isEmpty ? nil : tags }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == UInt8(ascii: "\"") else { return nil }
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            tags.append(EntityTag(String(decoding: rest[..<end], as: UTF8.self), isWeak: isWeak))
            rest = rest[(end + 1)...]
            guard rest.isEmpty || rest.first == .comma || rest.first?.isOptionalWhitespace == true else { return nil }
        }
    }
}
