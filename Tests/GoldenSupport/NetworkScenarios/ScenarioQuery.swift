import Formats
import Layers
import Operators
import TensorCore

/// One question about an object of a scenario.
struct ScenarioQuery {
    private let step: JSONValue
    private let world: ScenarioWorld
    private let target: Layer

    init(_ step: JSONValue, _ world: ScenarioWorld) throws {
        self.step = step
        self.world = world
        target = try world.object(step.text("target"))
    }

    func answer() throws -> JSONValue {
        switch try step.text("what") {
        case "name": .string(try target.name)
        case "scope_name": .string(try target.scopeName)
        case "dtype": target.dtype.map { .string($0.name) } ?? .null
        case "built": .bool(target.isBuilt)
        case "trainable": .bool(target.isTrainable)
        case "count_params": .integer(try target.countParams())
        case "layer_names": .array(try network().layers.map { .string(try $0.name) })
        case "num_layers": .integer(try network().layers.count)
        case "variables": names(target.variables)
        case "weights": names(target.weights)
        case "trainable_variables": names(target.trainableVariables)
        case "trainable_weights": names(target.trainableWeights)
        case "non_trainable_variables": names(target.nonTrainableVariables)
        case "non_trainable_weights": names(target.nonTrainableWeights)
        case "variable_shapes": .array(target.variables.map { JSONValue($0.shape) })
        case "variable_values": .array(try target.variables.map { try JSONValue($0.storedValue) })
        case "num_losses": .integer(try target.losses.count)
        case "loss_values": try values(target.losses)
        case "num_losses_for": .integer(try target.getLossesFor(inputs()).count)
        case "loss_values_for": try values(target.getLossesFor(inputs()))
        case "num_updates": .integer(try target.updates.count)
        case "num_updates_for": .integer(try target.getUpdatesFor(inputs()).count)
        case "get_layer":
            .string(try network().getLayer(name: step["name"]?.string, index: step["index"]?.integer).name)
        case "get_layer_is":
            .bool(
                try network().getLayer(name: step["name"]?.string, index: step["index"]?.integer)
                    === world.object(step.text("other")))
        case "is_same": .bool(try target === world.object(step.text("other")))
        case "same_variable":
            .bool(
                try target.variables[step.number("i")]
                    === world.object(step.text("other")).variables[step.number("j")])
        case "collection_size": .integer(try collectionSize())
        case "input": try tensorNames(target.input)
        case "output": try tensorNames(target.output)
        case "input_shape": shapes(try target.inputShape)
        case "output_shape": shapes(try target.outputShape)
        case "get_input_at": try tensorNames(target.getInputAt(step.number("node")))
        case "get_output_at": try tensorNames(target.getOutputAt(step.number("node")))
        case "get_input_shape_at": shapes(try target.getInputShapeAt(step.number("node")))
        case "get_output_shape_at": shapes(try target.getOutputShapeAt(step.number("node")))
        case "add_variable": .string(try target.addVariable("v", []).name)
        case "add_loss": try addLoss()
        case let other: throw ScenarioFailure("there is no question '\(other)'")
        }
    }

    private func network() throws -> Network {
        guard let network = target as? Network else { throw ScenarioFailure("the target is no network") }
        return network
    }

    private func names(_ variables: [Variable]) -> JSONValue { .array(variables.map { .string($0.name) }) }

    private func values(_ losses: [Tensor]) throws -> JSONValue {
        .array(try losses.map { try JSONValue(world.value(of: $0)) })
    }

    /// The named tensors that a question is about; null asks for the unconditional ones.
    private func inputs() throws -> [Tensor]? {
        try step["inputs"]?.array?.map { name in
            guard let tensor = world.tensors[name.string ?? ""] else {
                throw ScenarioFailure("there is no tensor \(name)")
            }
            return tensor
        }
    }

    private func collectionSize() throws -> Int {
        let name = try step.text("collection")
        guard let key = GraphCollections.Key(rawValue: name) else {
            throw ScenarioFailure("there is no collection '\(name)'")
        }
        return VariableScope.current.registry.collections.count(key)
    }

    private func tensorNames(_ tensors: Tensors) throws -> JSONValue {
        let names = try tensors.array.map { tensor -> JSONValue in
            guard let name = world.tensorNames[tensor.id] else { throw ScenarioFailure("a tensor that no step named") }
            return .string(name)
        }
        return names.count == 1 ? names[0] : .array(names)
    }

    private func shapes(_ shapes: [Shape]) -> JSONValue {
        shapes.count == 1 ? JSONValue(shapes[0]) : .array(shapes.map { JSONValue($0) })
    }

    private func addLoss() throws -> JSONValue {
        try target.addLoss([Tensor(0)])
        return .null
    }
}
