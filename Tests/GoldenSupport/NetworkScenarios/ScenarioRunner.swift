import Checkpoints
import Formats
import Layers
import Operators
import TensorCore
import TestSupport

/// Runs the steps of one scenario and holds each answer against what TensorFlow answered.
final class ScenarioRunner {
    private let steps: [JSONValue]
    private let world: ScenarioWorld
    private var next = 0

    init(steps: [JSONValue], world: ScenarioWorld) {
        self.steps = steps
        self.world = world
    }

    /// What went wrong first, nil when every step answered as expected.
    func runAll() throws -> String? {
        let failure = try runUntilScopeEnds()
        guard failure == nil, next == steps.count else { return failure ?? "a scope is left that was not entered" }
        return nil
    }

    /// Runs up to the end of the scope that was entered last, or of the scenario.
    private func runUntilScopeEnds() throws -> String? {
        while next < steps.count {
            let step = steps[next]
            let place = "step \(next)"
            next += 1
            let failure: String?
            switch step["op"]?.string {
            case "exit_scope": return nil
            case "enter_scope": failure = try variableScope(step.text("name")) { _ in try runUntilScopeEnds() }
            case "enter_captured_scope":
                guard let scope = world.captured[try step.text("key")] else {
                    return "\(place): no such captured scope"
                }
                failure = try variableScope(scope) { _ in try runUntilScopeEnds() }
            default: failure = check(step).map { "\(place) \(step): \($0)" }
            }
            if let failure { return failure }
        }
        return nil
    }

    private func check(_ step: JSONValue) -> String? {
        let expected = step["expect"] ?? step["expect_by_mode"]?[world.mode] ?? .null
        do {
            let answer = try perform(step)
            if let error = expected["error"] { return "expected \(error), but it answered \(answer)" }
            guard agrees(answer, expected["ok"] ?? .null) else { return "answered \(answer)" }
            return nil
        } catch let error as any ReferenceError {
            guard let wanted = expected["error"] else { return "threw \(error.kind.rawValue): \(error)" }
            let phrase = wanted["key_phrase"]?.string ?? ""
            guard wanted["type"]?.string == error.kind.rawValue, error.description.contains(phrase) else {
                return "threw \(error.kind.rawValue): \(error)"
            }
            return nil
        } catch {
            return "threw \(error)"
        }
    }

    /// Equal, numbers within rounding of a float.
    private func agrees(_ answer: JSONValue, _ expected: JSONValue) -> Bool {
        if let left = answer.double, let right = expected.double {
            return abs(left - right) <= 1e-6 * max(1, abs(right))
        }
        if let left = answer.array, let right = expected.array {
            return left.count == right.count && zip(left, right).allSatisfy(agrees)
        }
        if let left = answer.object, let right = expected.object {
            return left.keys.sorted() == right.keys.sorted()
                && left.members.allSatisfy { agrees($0.value, right[$0.key] ?? .null) }
        }
        return answer == expected
    }

    // MARK: Steps

    private func perform(_ step: JSONValue) throws -> JSONValue {
        switch try step.text("op") {
        case "new": try new(step)
        case "new_with_scope_name":
            // The compiler refuses a scope as a name; so does the one door that is not typed.
            _ = try Network.name(of: try variableScope(step.text("scope")) { $0 })
        case "new_layer":
            world.objects[try step.text("var")] = try makePlainLayer(step.text("kind"), step["config"] ?? [:])
        case "call": return try call(step)
        case "track": return try track(step)
        case "assign":
            let variable = try target(step).variables[step.number("i")]
            try variable.store.publish([
                (variable.slot, Tensor(repeating: step["fill"]?.double ?? 0, variable.shape, variable.dtype))
            ])
        case "capture_scope": world.captured[try step.text("key")] = VariableScope.current
        case "delete": world.objects[try step.text("var")] = nil
        case "deepcopy": world.objects[try step.text("var")] = try target(step).copy()
        case "set_trainable": try setTrainable(step)
        case "global_step":
            let globalStep = try GlobalStep.create()
            globalStep.store.publish([(globalStep.slot, Tensor([], [Int64(try step.number("value"))]))])
        case "save": return try save(step)
        case "restore":
            try restoreNetworkCheckpoint(network(step), path(step), map: map(step["map_func"]))
        case "tensor":
            try name(constant(Tensor(repeating: step["fill"]?.double ?? 0, shape(step["shape"]))), step.text("var"))
        case "input": try name(input(shape(step["shape"])), step.text("var"))
        case "layer_add_loss":
            try target(step).addLoss([constant(Tensor(Float(step["value"]?.double ?? 0)))])
        case "query": return try ScenarioQuery(step, world).answer()
        case let other: throw ScenarioFailure("there is no step '\(other)'")
        }
        return .null
    }

    private func new(_ step: JSONValue) throws {
        let className = try step.text("class")
        if world.classes[className]?["track_before_init"]?.bool == true {
            _ = try Network.trackLayer(Dense(1), in: nil)
        }
        var arguments: [String: Layer] = [:]
        for argument in step["args"]?.object?.members ?? [] {
            arguments[argument.key] = try world.object(argument.value.string ?? "")
        }
        world.objects[try step.text("var")] = try ScenarioNetwork(
            className, name: step["name"]?.string, arguments: arguments, in: world)
    }

    private func call(_ step: JSONValue) throws -> JSONValue {
        let layer = try target(step)
        let input: Tensor
        if let name = step["input"]?.string {
            guard let known = world.tensors[name] else { throw ScenarioFailure("there is no tensor '\(name)'") }
            input = known
        } else {
            let tensor = try Tensor(repeating: step["fill"]?.double ?? 1, shape(step["input_shape"]))
            input = executesEagerly ? tensor : try constant(tensor)
        }
        var options = CallOptions()
        if let scope = step["scope"]?.string { options.scope = try variableScope(scope) { $0 } }
        let output = try layer(Tensors(input), options).single(for: layer)
        if let name = step["output"]?.string { self.name(output, name) }
        if step["value"]?.bool == true { return ["output": try JSONValue(world.value(of: output))] }
        return ["output_shape": JSONValue(output.shape)]
    }

    private func track(_ step: JSONValue) throws -> JSONValue {
        let network = try world.object(step.text("net")) as? Network
        let object: Any = try step["layer"]?.string.map { try world.object($0) } ?? step["literal"] ?? .null
        let returned = try Network.trackLayer(object, in: network)
        return ["returned_same": .bool(returned === object as AnyObject)]
    }

    private func setTrainable(_ step: JSONValue) throws {
        let value = step["value"]?.bool ?? true
        if let network = try target(step) as? Network {
            try network.setTrainable(value)
        } else {
            try target(step).isTrainable = value
        }
    }

    private func save(_ step: JSONValue) throws -> JSONValue {
        let prefix = try saveNetworkCheckpoint(
            network(step), path(step), globalStep: step["global_step"]?.integer.map(Int64.init),
            map: map(step["map_func"]))
        world.prefixes[try step.text("key")] = prefix
        return [
            "path_suffix": .string(String(prefix.dropFirst(world.directory.path.count + 1))),
            "checkpoint_names": .array(try listVariables(prefix).map { .string($0.name) }),
        ]
    }

    // MARK: Fields

    private func target(_ step: JSONValue) throws -> Layer { try world.object(step.text("target")) }

    private func network(_ step: JSONValue) throws -> Network {
        guard let network = try target(step) as? Network else { throw ScenarioFailure("the target is no network") }
        return network
    }

    /// A remembered prefix, or a folder of the scenario's own, with a prefix in it if one is given.
    private func path(_ step: JSONValue) throws -> String {
        if step["op"] == "restore", let key = step["key"]?.string, step["dir"] == nil {
            guard let prefix = world.prefixes[key] else { throw ScenarioFailure("nothing was saved under '\(key)'") }
            return prefix
        }
        let folder = world.directory.path + "/" + (step["dir"]?.string ?? "")
        try LocalFileSystem().makeDirectory(folder)
        return step["prefix"]?.string.map { folder + "/" + $0 } ?? folder
    }

    private func map(_ function: JSONValue?) throws -> ((String) -> String)? {
        guard let function, !function.isNull else { return nil }
        if function["identity"] != nil { return { $0 } }
        if let constant = function["const"]?.string { return { _ in constant } }
        if let table = function["table"]?.object { return { table[$0]?.string ?? $0 } }
        if let pair = function["replace"]?.array, pair.count == 2, let from = pair[0].string, let to = pair[1].string {
            return { $0.split(separator: from, omittingEmptySubsequences: false).joined(separator: to) }
        }
        if let prefix = function["prepend"]?.string { return { prefix + $0 } }
        if let count = function["last"]?.integer {
            return { $0.split(separator: "/").suffix(count).joined(separator: "/") }
        }
        throw ScenarioFailure("there is no map \(function)")
    }

    private func shape(_ value: JSONValue?) throws -> Shape {
        try Shape(checking: (value?.array ?? []).compactMap(\.integer))
    }

    private func name(_ tensor: Tensor, _ name: String) {
        world.tensors[name] = tensor
        world.tensorNames[tensor.id] = name
    }

    /// In a graph, a constant is a tensor of that graph.
    private func constant(_ tensor: Tensor) throws -> Tensor { executesEagerly ? tensor : try tensor * 1 }
}

extension JSONValue {
    func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else { throw ScenarioFailure("\(self) has no '\(key)'") }
        return text
    }

    func number(_ key: String) throws -> Int {
        guard let number = self[key]?.integer else { throw ScenarioFailure("\(self) has no number '\(key)'") }
        return number
    }

    /// Unknown extents are null.
    init(_ shape: Shape) { self = .array(shape.extents.map { $0 < 0 ? .null : .integer($0) }) }

    /// A tensor as nested arrays.
    init(_ tensor: Tensor) throws {
        var writer = JSONWriter()
        writer.tensor(tensor)
        self = try JSONValue(parsing: writer.bytes)
    }
}
