import Formats
import Layers
import Operators
import TensorCore
import TestSupport

/// Runs every scenario in every mode that it names; each begins in a world of its own.
func runNetworkScenarios(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try (manifest["scenarios"]?.array ?? []).map { scenario in
        let name = scenario["id"]?.string ?? "?"
        try scenario.refuseFields(besides: ["id", "description", "rules", "classes", "modes", "steps"])
        let modes = scenario["modes"]?.array?.compactMap(\.string) ?? []
        guard !modes.isEmpty, modes.allSatisfy(["eager", "graph"].contains), scenario["steps"]?.array?.isEmpty == false
        else { return (name, "it has no modes that are known, or no steps") }
        var failure: String?
        for mode in modes where failure == nil {
            failure = try run(scenario, mode).map { "\(mode): \($0)" }
        }
        return (name, failure)
    }
}

private func run(_ scenario: JSONValue, _ mode: String) throws -> String? {
    let registry = NameRegistry(seed: 1)
    let steps = scenario["steps"]?.array ?? []
    let world = ScenarioWorld(classes: scenario["classes"] ?? [:], mode: mode)
    let runner = ScenarioRunner(steps: steps, world: world)
    guard mode == "graph" else {
        return try Context(names: registry.names()).bind { try runner.runAll() }
    }
    let graph = Graph(names: registry.names())
    world.session = Session(graph)
    return try graph.asDefault { try runner.runAll() }
}

/// The objects of one scenario.
final class ScenarioWorld {
    let classes: JSONValue
    let mode: String
    var session: Session?
    var objects: [String: Layer] = [:]
    var tensors: [String: Tensor] = [:]
    var tensorNames: [UInt64: String] = [:]
    var captured: [String: VariableScope] = [:]
    var prefixes: [String: String] = [:]
    let directory = TemporaryDirectory()

    init(classes: JSONValue, mode: String) {
        self.classes = classes
        self.mode = mode
    }

    /// `a.k0.l1`: an object, and what it holds under a name.
    func object(_ path: String) throws -> Layer {
        let parts = path.split(separator: ".").map(String.init)
        guard var object = objects[parts[0]] else { throw ScenarioFailure("there is no object '\(path)'") }
        for part in parts.dropFirst() {
            guard let next = (object as? ScenarioNetwork)?.children[part] else {
                throw ScenarioFailure("there is no object '\(path)'")
            }
            object = next
        }
        return object
    }

    /// The number behind a tensor: computed already, or run in the session.
    func value(of tensor: Tensor) throws -> Tensor {
        guard tensor.isSymbolic else { return tensor }
        guard let session else { throw ScenarioFailure("a symbolic tensor without a session") }
        return try session.run(tensor)
    }
}

/// The scenario asks for something that does not exist: a defect of the scenario or of the runner.
struct ScenarioFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
