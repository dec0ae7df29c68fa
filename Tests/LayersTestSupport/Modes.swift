import Layers
import Operators
import TensorCore

/// Where a test runs: eagerly or in a graph of its own, with names of its own.
public struct World {
    /// Nil when executing eagerly.
    public let graph: Graph?

    public var isGraph: Bool { graph != nil }

    /// A tensor to call layers with: in a graph, one of its constants.
    public func tensor(_ shape: Shape, fill: Float = 1) throws -> Tensor {
        let tensor = try Tensor(repeating: Double(fill), shape)
        return isGraph ? try identity(tensor) : tensor
    }

    /// One row of one number.
    public var one: Tensor { get throws { try tensor([1, 1]) } }

    /// The numbers behind a tensor: in a graph, those of a run.
    public func values(_ tensor: Tensor) throws -> [Float] {
        guard tensor.isSymbolic, let graph else { return tensor.values }
        return try Session(graph).run(tensor).values
    }
}

/// Runs `body` twice: executing eagerly, and inside a graph.
public func inBothModes(_ body: (World) throws -> Void) throws {
    try eagerly(body)
    try inGraph(body)
}

/// Runs `body` executing eagerly, in a world of names of its own.
@discardableResult
public func eagerly<Result>(_ body: (World) throws -> Result) throws -> Result {
    try withFreshNames { try body(World(graph: nil)) }
}

/// Runs `body` inside a graph of its own.
@discardableResult
public func inGraph<Result>(_ body: (World) throws -> Result) throws -> Result {
    let graph = Graph(names: NameRegistry(seed: 1).names())
    return try graph.asDefault { try body(World(graph: graph)) }
}

/// Runs `body` in a world of names of its own.
public func withFreshNames<Result>(_ body: () throws -> Result) throws -> Result {
    try Context(names: NameRegistry(seed: 1).names()).bind(body)
}

/// An error of the reference's kind that says its key phrase.
public func key(_ kind: ErrorKind, _ phrase: String) -> @Sendable (any Error) -> Bool {
    { error in
        guard let error = error as? any ReferenceError else { return false }
        return error.kind == kind && error.description.contains(phrase)
    }
}

extension Variable {
    /// Fills it with one number at once, whatever the mode.
    public func fill(_ number: Double) throws {
        store.publish([(slot, try Tensor(repeating: number, shape, dtype))])
    }
}

extension Layer {
    /// The names of its variables.
    public var variableNames: [String] { variables.map(\.name) }
}
