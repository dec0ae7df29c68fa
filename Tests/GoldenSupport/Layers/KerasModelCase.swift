import Formats
import Layers
import Operators
import TensorCore
import TestSupport

/// A whole model that Keras wrote: its weights in order, its outputs, eagerly and in a plan; and the same model once more, made
/// from what ours writes in either dialect.
func runKerasModel(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let name = manifest["model"]?.string ?? "a model without a name"
    do {
        let fields: Set<String> = [
            "format", "model", "tensors", "generated_with", "class_name", "weights_in_order", "layers", "count_params",
            "inputs", "outputs", "note",
        ]
        try manifest.refuseFields(besides: fields)
        let prefix = folder.isEmpty ? "" : folder + "/"
        let tensors = try GoldenTensors(prefix + (manifest["tensors"]?.string ?? ""))
        let json = try JSONValue(parsing: Goldens.bytes(prefix + name))
        let model = try KerasModelCase(manifest: manifest, tensors: tensors, json: json)
        try model.check()
        for dialect in KerasDialect.allCases {
            do {
                try KerasModelCase(manifest: manifest, tensors: tensors, json: model.network.kerasJSON(dialect)).check()
            } catch {
                throw GoldenFailure("written back for \(dialect): \(error)")
            }
        }
        return [(name, nil)]
    } catch {
        return [(name, "\(error)")]
    }
}

private struct KerasModelCase {
    let manifest: JSONValue
    let tensors: GoldenTensors
    let network: Network

    init(manifest: JSONValue, tensors: GoldenTensors, json: JSONValue) throws {
        self.manifest = manifest
        self.tensors = tensors
        network = try Context.currentOrDefault.with(names: NameRegistry(seed: 1).names()).bind {
            try Network.model(kerasJSON: json)
        }
    }

    private func named(_ key: String) throws -> [Tensor] {
        try (manifest[key]?.array ?? []).map { try tensors.tensor($0.string ?? $0["tensor"]?.string ?? "") }
    }

    func check() throws {
        let inputs = try named("inputs")
        guard let ports = network.inputPorts, ports.count == inputs.count else {
            throw GoldenFailure("the model has no ports for \(inputs.count) inputs")
        }
        if manifest["class_name"]?.string == "Functional" {
            let names = manifest["inputs"]?.array?.compactMap { $0["name"]?.string } ?? []
            guard ports.map(\.name) == names else {
                throw GoldenFailure("the inputs are \(ports.map(\.name)), not \(names)")
            }
        }
        _ = try network(Tensors(inputs))
        try assignWeights()
        if let count = manifest["count_params"]?.integer, try network.countParams() != count {
            throw GoldenFailure("the model has \(try network.countParams()) parameters, not \(count)")
        }
        try checkLayers()
        try compare(network(Tensors(inputs)).array)
        guard let store = network.variables.first?.store else { return }
        let plan = try Plan(tracing: ports.map(\.spec), in: store) { try network(Tensors($0)).array }
        // Keras makes its inputs what the model declares them to be.
        let fitting = try zip(inputs, ports).map { try cast($0, to: $1.spec.dtype) }
        try compare(plan.run(fitting, on: store.lease()))
    }

    private func assignWeights() throws {
        let entries = manifest["weights_in_order"]?.array ?? []
        guard entries.count == network.variables.count else {
            throw GoldenFailure("the model has the weights \(network.variables.map(\.name))")
        }
        for (entry, variable) in zip(entries, network.variables) {
            // Ours have the model's own name in front.
            guard let name = entry["name"]?.string, variable.name.hasSuffix("/" + name) else {
                throw GoldenFailure("\(variable.name) should be \(entry["name"] ?? .null)")
            }
            guard entry["trainable"]?.bool == variable.isTrainable else {
                throw GoldenFailure("\(variable.name) is wrongly trainable or not")
            }
            try variable.assign(tensors.tensor(entry["key"]?.string ?? ""))
        }
    }

    private func checkLayers() throws {
        let entries = manifest["layers"]?.array ?? []
        guard entries.compactMap({ $0["name"]?.string }) == (try network.layers.map { try $0.name }) else {
            throw GoldenFailure("the model has the layers \(try network.layers.map { try $0.name })")
        }
        for (entry, layer) in zip(entries, network.layers) {
            guard let expected = entry["output_shape"]?.array, let shape = layer.latestShapes?.outputs.first else {
                continue
            }
            let extents = (expected.first?.array ?? expected).map(\.integer)
            guard extents.count == shape.rank, zip(extents, shape.extents).allSatisfy({ $0 == nil || $0 == $1 }) else {
                throw GoldenFailure("\(try layer.name) gives \(shape), not \(extents)")
            }
        }
    }

    private func compare(_ outputs: [Tensor]) throws {
        let expected = try named("outputs")
        guard outputs.count == expected.count else {
            throw GoldenFailure("there are \(outputs.count) outputs, not \(expected.count)")
        }
        for (output, truth) in zip(outputs, expected) {
            let error = try largestError(output, truth)
            // Both are in single precision, after some thousand sums.
            guard error <= 1e-5 else { throw GoldenFailure("an output differs by \(error)") }
        }
    }
}
