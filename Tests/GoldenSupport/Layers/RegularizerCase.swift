import Formats
import Layers
import Operators
import TensorCore

/// Regularizers: their value and gradient. Constraints: what they make of a variable. Each eagerly and in a plan.
func runRegularizersAndConstraints(
    _ manifest: JSONValue, _ folder: String
) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = ["kind", "api", "class", "config", "w", "value", "grad", "output"]
    return try runCases(manifest, folder, fields: fields) { golden in
        let (item, tensors) = (golden.item, golden.tensors)
        let json: JSONValue = ["class_name": item["class"] ?? nil, "config": item["config"] ?? [:]]
        let w = try tensors.tensor(item["w"]?.string ?? "")
        switch item["kind"]?.string {
        case "regularizer":
            let regularizer = try RegularizerCatalog.make(json, path: "regularizer")
            for (value, gradient) in try [value(of: regularizer, at: w), plannedValue(of: regularizer, at: w)] {
                try near(value, Tensor(Float(item["value"]?.double ?? .nan)), "value")
                if let name = item["grad"]?.string { try near(gradient, tensors.tensor(name), "gradient") }
            }
        case "constraint":
            let constraint = try ConstraintCatalog.make(json, path: "constraint")
            let expected = try tensors.tensor(item["output"]?.string ?? "")
            try near(constraint(w), expected, "output")
            let plan = try Plan(tracing: [w.spec], in: VariableStore()) { [try constraint($0[0])] }
            try near(plan.run([w], on: plan.store.lease())[0], expected, "output of a plan")
        default: throw GoldenFailure("there is an unknown kind \(item["kind"] ?? .null)")
        }
    }
}

private func value(of regularizer: any Regularizer, at w: Tensor) throws -> (Tensor, Tensor) {
    let tape = GradientTape()
    tape.watch(w)
    guard let value = try tape.record({ try regularizer(w) }) else { throw GoldenFailure("it adds no loss") }
    guard let gradient = try tape.gradient(of: value, withRespectTo: w) else {
        throw GoldenFailure("it has no gradient")
    }
    return (value, gradient)
}

private func plannedValue(of regularizer: any Regularizer, at w: Tensor) throws -> (Tensor, Tensor) {
    let plan = try Plan(tracing: [w.spec], in: VariableStore()) { inputs in
        let (value, gradient) = try value(of: regularizer, at: inputs[0])
        return [value, gradient]
    }
    let results = try plan.run([w], on: plan.store.lease())
    return (results[0], results[1])
}

/// Single precision, with what sums of some dozen numbers lose.
private func near(_ found: Tensor, _ expected: Tensor, _ what: String) throws {
    let error = try largestError(found, expected)
    guard error <= 2e-6 else { throw GoldenFailure("\(what) differs by \(error)") }
}
