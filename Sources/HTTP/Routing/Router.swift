/// What becomes of a request, decided from its head alone, before any content is read.
public enum RoutingDecision: Sendable {
    case handle(RouteMatch)
    /// Answered without a handler, such as OPTIONS.
    case answer(HTTPResponse)
    case refuse(HTTPError)
}

/// Finds the route of a request: by the segments of its path, then by its method.
///
/// A literal segment goes before a parameter, a parameter before a rest. Segments are compared and
/// parameters captured after percent-decoding, but paths are cut at their raw slashes, so `%2F`
/// stays inside its segment.
public struct Router: Sendable {
    private let root: RouteNode
    private let allowEverywhere: String

    public init(_ routes: [Route]) {
        let entries = routes.enumerated().map { index, route in
            (pattern: RoutePattern(route.pattern), entry: RouteEntry(route, index: index))
        }
        root = RouteNode(entries, depth: 0)
        allowEverywhere = Self.allow(routes.map(\.method))
    }

    public func route(_ request: HTTPRequest) -> RoutingDecision {
        // RFC 9110 §9.1: a method nobody here knows is 501, on whatever path.
        guard request.method.isKnown else {
            return .refuse(HTTPError(.methodNotImplemented, "method \(request.method) is not implemented"))
        }
        guard request.target.form != .asterisk else {
            return .answer(HTTPResponse(.noContent, headers: ["allow": allowEverywhere]))
        }
        var search = RouteSearch(request)
        search.visit(root, at: Int(request.target.path.start), RouteCaptures())
        if let match = search.match { return .handle(match) }
        guard !search.methods.isEmpty else {
            return .refuse(HTTPError(.notFound, "nothing is found at \(request.path)"))
        }
        let allow = Self.allow(search.methods)
        if request.method == .options {
            return .answer(HTTPResponse(.noContent, headers: ["allow": allow]))
        }
        return .refuse(
            HTTPError(
                .methodNotAllowed, "\(request.path) allows \(allow), not \(request.method)", headers: ["allow": allow]))
    }

    /// RFC 9110 §10.2.1; HEAD comes with GET, OPTIONS with everything.
    private static func allow(_ methods: [HTTPMethod]) -> String {
        var methods = Set(methods)
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return HTTPMethod.implemented.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
    }
}

/// One place in the tree of patterns.
private final class RouteNode: Sendable {
    let literals: [(name: [UInt8], node: RouteNode)]
    let parameter: RouteNode?
    let rest: RouteNode?
    let entries: [RouteEntry]

    init(_ routes: [(pattern: RoutePattern, entry: RouteEntry)], depth: Int) {
        entries = routes.filter { $0.pattern.segments.count == depth }.map(\.entry)
        var groups: [(segment: RoutePattern.Segment, routes: [(pattern: RoutePattern, entry: RouteEntry)])] = []
        for route in routes where route.pattern.segments.count > depth {
            let segment = route.pattern.segments[depth]
            if let index = groups.firstIndex(where: { $0.segment == segment }) {
                groups[index].routes.append(route)
            } else {
                groups.append((segment, [route]))
            }
        }
        var literals: [(name: [UInt8], node: RouteNode)] = []
        var parameter: RouteNode?
        var rest: RouteNode?
        for group in groups {
            let node = RouteNode(group.routes, depth: depth + 1)
            switch group.segment {
            case .literal(let name): literals.append((name, node))
            case .parameter: parameter = node
            case .rest: rest = node
            }
        }
        (self.literals, self.parameter, self.rest) = (literals, parameter, rest)
    }
}

/// A walk down the tree along one path; remembers the methods of every pattern that fits it.
private struct RouteSearch {
    private let method: HTTPMethod
    private let bytes: [UInt8]
    private let hasEscapes: Bool
    private let end: Int
    var match: RouteMatch?
    var methods: [HTTPMethod] = []

    init(_ request: HTTPRequest) {
        // Not the request itself: copying that takes a dozen references.
        method = request.method
        bytes = request.headers.bytes
        hasEscapes = request.target.pathHasEscapes
        end = Int(request.target.path.end)
    }

    /// - Parameter index: where the slash before the next segment stands, or the path's end.
    mutating func visit(_ node: RouteNode, at index: Int, _ captures: RouteCaptures) {
        guard index < end else {
            take(node, captures)
            return
        }
        let start = index + 1
        var segmentEnd = start
        while segmentEnd < end, bytes[segmentEnd] != .slash { segmentEnd += 1 }
        for literal in node.literals where match == nil && equals(start, segmentEnd, literal.name) {
            visit(literal.node, at: segmentEnd, captures)
        }
        if match == nil, let parameter = node.parameter, segmentEnd > start {
            visit(parameter, at: segmentEnd, captures.adding(start, segmentEnd))
        }
        if match == nil, let rest = node.rest, end > start {
            take(rest, captures.adding(start, end))
        }
    }

    private mutating func take(_ node: RouteNode, _ captures: RouteCaptures) {
        let entry =
            node.entries.first { $0.route.method == method }
            // RFC 9110 §9.3.2: HEAD is served by whatever serves GET.
            ?? (method == .head ? node.entries.first { $0.route.method == .get } : nil)
        if let entry {
            match = RouteMatch(entry, captures)
        } else {
            methods += node.entries.map(\.route.method)
        }
    }

    private func equals(_ start: Int, _ end: Int, _ literal: [UInt8]) -> Bool {
        if hasEscapes {
            return PercentEncoding.decode(bytes[start..<end]) == literal
        }
        guard end - start == literal.count else { return false }
        for index in 0..<literal.count where bytes[start + index] != literal[index] { return false }
        return true
    }
}
