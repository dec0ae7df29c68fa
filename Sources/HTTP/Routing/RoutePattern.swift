/// A route's pattern, cut at its slashes: literals, `{name}`, and last, perhaps, `{name...}`.
struct RoutePattern: Sendable {
    enum Segment: Sendable, Hashable {
        case literal([UInt8])
        case parameter
        case rest
    }

    let segments: [Segment]
    /// In the order in which they stand in the pattern.
    let parameters: [String]

    /// How many parameters a match holds without allocating.
    static let parametersMax = 4

    /// A pattern is written by us, never by a client: a wrong one stops the program at start.
    init(_ pattern: String) {
        precondition(pattern.hasPrefix("/"), "route pattern '\(pattern)' does not start with a slash")
        var segments: [Segment] = []
        var parameters: [String] = []
        for text in pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            precondition(segments.last != .rest, "route pattern '\(pattern)' goes on after its rest parameter")
            guard text.hasPrefix("{"), text.hasSuffix("}") else {
                segments.append(.literal(Array(text.utf8)))
                continue
            }
            let name = text.dropFirst().dropLast()
            segments.append(name.hasSuffix("...") ? .rest : .parameter)
            parameters.append(String(name.hasSuffix("...") ? name.dropLast(3) : name))
        }
        precondition(parameters.count <= Self.parametersMax, "route pattern '\(pattern)' has too many parameters")
        self.segments = segments
        self.parameters = parameters
    }
}
