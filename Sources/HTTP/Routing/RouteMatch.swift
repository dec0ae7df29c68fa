/// The route that answers a request, and where its parameters stand in the path.
public struct RouteMatch: Sendable {
    private let entry: RouteEntry
    private let captures: RouteCaptures

    init(_ entry: RouteEntry, _ captures: RouteCaptures) {
        self.entry = entry
        self.captures = captures
    }

    public var route: Route { entry.route }
    public var bodyMode: BodyMode { entry.route.body }
    /// The place of the route in the router's list.
    public var index: Int { entry.index }
    /// Who asks, where that is known; whoever decides on that sets it.
    public var caller: String?

    func range(of name: String) -> RequestTarget.ByteRange? {
        switch entry.parameters.firstIndex(of: name) {
        case 0: captures.ranges.0
        case 1: captures.ranges.1
        case 2: captures.ranges.2
        case 3: captures.ranges.3
        default: nil
        }
    }
}

/// A route with the names of its parameters; one object, so that a match holds one reference.
final class RouteEntry: Sendable {
    let route: Route
    let index: Int
    let parameters: [String]

    init(_ route: Route, index: Int) {
        self.route = route
        self.index = index
        parameters = RoutePattern(route.pattern).parameters
    }
}

/// Up to four places in a path, held without allocating.
struct RouteCaptures: Sendable {
    typealias Place = RequestTarget.ByteRange

    private(set) var ranges = (Place(), Place(), Place(), Place())
    private var count = 0

    /// The captures with one more.
    func adding(_ start: Int, _ end: Int) -> RouteCaptures {
        var result = self
        let range = Place(start, end)
        switch count {
        case 0: result.ranges.0 = range
        case 1: result.ranges.1 = range
        case 2: result.ranges.2 = range
        default: result.ranges.3 = range
        }
        result.count += 1
        return result
    }
}
