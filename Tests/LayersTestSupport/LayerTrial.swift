import Formats
import Layers
import Operators
import TensorCore
import TestSupport

/// What must hold of every layer that a model's JSON can name, in double precision: a plan for any batch gives what the layer
/// gives eagerly, gradients are those by finite differences, and what its JSON describes, and a copy, give the same.
public struct LayerTrial: Sendable, CustomStringConvertible {
    public let className: String
    let config: JSONValue
    let inputs: [Tensor]
    let checksGradients: Bool

    /// - Parameter checksGradients: false where a derivative jumps or is none.
    public init(_ className: String, _ config: JSONValue = [:], _ inputs: Tensor..., checksGradients: Bool = true) {
        self.className = className
        self.config = config
        self.inputs = inputs.map(widened)
        self.checksGradients = checksGradients
    }

    public var description: String { "\(className) \(config)" }

    /// The layer, built, with variables of all kinds of numbers.
    func make() throws -> Layer {
        var settings = config.object ?? JSONObject()
        settings["dtype"] = "float64"
        let layer = try LayerCatalog.layer(
            ["class_name": .string(className), "config": .object(settings)], path: "layer")
        _ = try outputs(layer, inputs)
        for (index, variable) in layer.variables.enumerated() {
            // Variances are positive; others are of both signs.
            let numbers = sample(variable.shape, scale: 0.7 - 0.05 * Float(index % 5))
            let isPositive = variable.name.contains("variance") || variable.name.contains("stddev")
            let value = widened(numbers)
            try variable.assign(isPositive ? abs(value) + 0.5 : value)
        }
        return layer
    }

    private func outputs(_ layer: Layer, _ inputs: [Tensor]) throws -> [Tensor] {
        try layer(Tensors(inputs), CallOptions()).array
    }

    /// The first thing that is wrong; nil when nothing is.
    public func flaw() throws -> String? {
        try withFreshNames {
            let layer = try make()
            let truth = try outputs(layer, inputs)
            for check in [shapes, plan, gradients, json, copies, examples, emptyBatch] {
                if let flaw = try check(layer, truth) { return flaw }
            }
            return nil
        }
    }

    private func difference(_ found: [Tensor], _ truth: [Tensor]) -> String? {
        guard found.map(\.shape) == truth.map(\.shape) else {
            return "the shapes \(found.map(\.shape)), not \(truth.map(\.shape))"
        }
        for (index, (one, other)) in zip(found, truth).enumerated() where one.dtype == .float64 {
            for (x, y) in zip(one.scalars(Double.self), other.scalars(Double.self)) {
                guard Swift.abs(x - y) <= 1e-9 * (1 + Swift.abs(y)) else { return "\(x), not \(y), in output \(index)" }
            }
        }
        return nil
    }

    private func shapes(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        let shapes = try layer.computeOutputShapes(inputs.map(\.shape))
        return shapes == truth.map(\.shape) ? nil : "computes the shapes \(shapes), but gives \(truth.map(\.shape))"
    }

    private func plan(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        let store = layer.variables.first?.store ?? VariableStore()
        let specs = inputs.map { $0.spec.with($0.shape.replacing(0, with: Shape.unknown)) }
        let plan = try Plan(tracing: specs, in: store) { try layer(Tensors($0), CallOptions()).array }
        return try difference(plan.run(inputs, on: store.lease()), truth).map { "a plan gives \($0)" }
    }

    private func gradients(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        guard checksGradients else { return nil }
        let error = try gradientError(ofAll: inputs) { try outputs(layer, $0) }
        guard error < 1e-6 else { return "the gradient of the inputs differs by \(error)" }
        let weights = truth.map(unevenWeights)
        func loss() throws -> Tensor {
            let parts = try zip(outputs(layer, inputs), weights).map { try sum($0 * $1) }
            return try parts.dropFirst().reduce(parts[0]) { try $0 + $1 }
        }
        let tape = GradientTape()
        let found = try tape.gradient(of: tape.record { try loss() }, withRespectTo: layer.trainableVariables)
        for (variable, gradient) in zip(layer.trainableVariables, found) {
            let value = try variable.value
            let numbers = gradient?.scalars(Double.self) ?? Array(repeating: 0, count: value.elementCount)
            for element in 0..<value.elementCount {
                func shifted(_ step: Double) throws -> Double {
                    var other = try value.copied()
                    other.withMutableElements(Double.self) { $0[element] += step }
                    try variable.assign(other)
                    return try loss().scalars(Double.self)[0]
                }
                let slope = try (shifted(1e-5) - shifted(-1e-5)) / 2e-5
                try variable.assign(value)
                guard Swift.abs(slope - numbers[element]) < 1e-6 * (1 + Swift.abs(slope)) else {
                    return "the gradient of \(variable.name) is \(numbers[element]), not \(slope)"
                }
            }
        }
        return nil
    }

    private func json(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        for dialect in KerasDialect.allCases {
            let json = try layer.configuration(dialect)
            let twin = try LayerCatalog.layer(json, path: "layer")
            _ = try outputs(twin, inputs)
            guard try twin.configuration(dialect) == json else { return "another JSON after it was read from \(json)" }
            guard twin.variables.map(\.shape) == layer.variables.map(\.shape) else {
                return "other variables when read from JSON for \(dialect)"
            }
            for (one, other) in zip(twin.variables, layer.variables) { try one.assign(other.value) }
            if let flaw = try difference(outputs(twin, inputs), truth) { return "read from JSON it gives \(flaw)" }
        }
        return nil
    }

    private func copies(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        try difference(outputs(layer.copy(), inputs), truth).map { "a copy gives \($0)" }
    }

    /// Whether each example gives by itself what it gives in the batch, where the layer says so.
    private func examples(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        guard layer.treatsExamplesAlone else { return nil }
        let alone = try inputs.map { try slice($0, [.range(from: 0, to: 1)]) }
        let first = try truth.map { try slice($0, [.range(from: 0, to: 1)]) }
        return try difference(outputs(layer, alone), first).map { "alone, the first example gives \($0)" }
    }

    private func emptyBatch(_ layer: Layer, _ truth: [Tensor]) throws -> String? {
        let none = try inputs.map { try slice($0, [.range(from: 0, to: 0)]) }
        let shapes = try outputs(layer, none).map(\.shape)
        guard layer.treatsExamplesAlone else { return nil }
        let expected = truth.map { $0.shape.replacing(0, with: 0) }
        return shapes == expected ? nil : "an empty batch gives the shapes \(shapes), not \(expected)"
    }
}
