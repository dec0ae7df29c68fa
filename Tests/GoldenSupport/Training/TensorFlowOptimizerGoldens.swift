import Formats
import Operators
import TensorCore
import Training

/// The optimizers of tf.train, with their slots, moving averages and the clipping of gradients.
func runTensorFlowOptimizers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder) { item in
        if item.item["optimizer"] != nil {
            try runOptimizer(item)
        } else {
            throw GoldenFailure("there is no runner for such a case")
        }
    }
}

private func runOptimizer(_ item: GoldenCase) throws {
    for execution in Execution.allCases {
        for dtype in [DType.float32, .float64] where dtype == .float32 || item.item["float64_trajectory"] != nil {
            let optimizer = try TrainingCatalog.optimizer(
                ["class_name": .string(item.string("optimizer")), "config": .object(config(of: item))],
                path: "optimizer")
            let trial = try OptimizerTrial(
                item, optimizer, dtype, execution, usesGlobalStep: item.item["uses_global_step"]?.bool ?? false,
                constraint: constraint(item))
            let what = "\(dtype), \(execution.rawValue)"
            let trajectories = try item.array("variables").map(item.inside).map { try trajectory(of: $0, item, dtype) }
            if dtype == .float32 { try checkSnapshot(0, item, trial, what) }
            try trial.run(steps: item.integer("steps")) { step in
                // Float32 within a few units of its last place; in double precision the same up to its own rounding.
                try trial.checkTrajectory(step, trajectories, within: dtype == .float32 ? 1e-6 : 1e-13, what)
                if dtype == .float32 { try checkSnapshot(step, item, trial, what) }
            }
        }
    }
}

/// The values of a variable after each step.
func trajectory(of entry: GoldenCase, _ item: GoldenCase, _ dtype: DType) throws -> Tensor {
    guard dtype == .float64 else { return try entry.tensor("trajectory") }
    let name = try String(entry.string("name").dropLast(2))
    guard let tensor = item.item["float64_trajectory"]?[name] ?? item.item["float64_trajectory"]?[name + ":0"] else {
        throw GoldenFailure("the case has no trajectory in double precision")
    }
    return try item.tensors.tensor(tensor.string ?? "")
}

/// The configuration as the catalog reads it: a schedule is written there as a function with its arguments.
private func config(of item: GoldenCase) -> JSONObject {
    var config = item.config
    guard var schedule = config["learning_rate"]?.object, let name = schedule["schedule"] else { return config }
    schedule["schedule"] = nil
    config["learning_rate"] = ["class_name": name, "config": .object(schedule)]
    return config
}

/// All variables that TensorFlow has after a step, by name.
private func checkSnapshot(_ step: Int, _ item: GoldenCase, _ trial: OptimizerTrial, _ what: String) throws {
    guard let snapshot = item.item["snapshots"]?["\(step)"]?.object else { return }
    let known = trial.variables + trial.optimizer.variables + [trial.globalStep].compactMap { $0 }
    for (name, value) in snapshot.members.map({ ($0.key, $0.value) }) {
        guard let variable = known.first(where: { $0.name == name }) else {
            throw GoldenFailure("there is no variable \(name)")
        }
        guard let tensor = value.string else { throw GoldenFailure("\(name) has no value") }
        try expect(
            cast(variable.storedValue, to: .float64), is: cast(item.tensors.tensor(tensor), to: .float64), within: 1e-6,
            "\(name) after step \(step), \(what),")
    }
    guard known.count == snapshot.count else {
        throw GoldenFailure("there are \(known.count) variables, not \(snapshot.count)")
    }
}

private func constraint(_ item: GoldenCase) throws -> (@Sendable (Tensor) throws -> Tensor)? {
    guard let entry = item.item["constraint"] else { return nil }
    switch entry["class"]?.string {
    case "NonNeg": return { try relu($0) }
    case "MaxNorm":
        guard let limit = entry["max_value"]?.double, let axis = entry["axis"]?.integer else {
            throw GoldenFailure("MaxNorm without its numbers")
        }
        return { value in
            let norms = try sqrt(sum(square(value), axis: axis, keepingDimension: true))
            return try value * (clip(norms, 0, limit) / (norms + 1e-7))
        }
    case let name: throw GoldenFailure("there is no constraint \(name ?? "without a name")")
    }
}
