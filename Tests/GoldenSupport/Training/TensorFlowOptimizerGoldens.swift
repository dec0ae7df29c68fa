import Formats
import Layers
import Operators
import TensorCore
import Training

/// The optimizers of tf.train, with their slots, moving averages and the clipping of gradients.
func runTensorFlowOptimizers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = [
        "optimizer", "config", "variables", "global_variables_in_order", "slots", "uses_global_step", "steps",
        "snapshots",
        "float64_trajectory", "float64_final", "constraint", "variable", "shadow_name", "values", "averages", "inputs",
        "outputs", "global_norm",
    ]
    return try runCases(manifest, folder, fields: fields) { item in
        switch try item.string("optimizer") {
        case "ExponentialMovingAverage": try runMovingAverage(item)
        case "clip_by_value", "clip_by_norm", "clip_by_global_norm": try runClipping(item)
        default: try runOptimizer(item)
        }
    }
}

private func runOptimizer(_ item: GoldenCase) throws {
    for execution in Execution.allCases {
        for dtype in [DType.float32, .float64] where dtype == .float32 || item.item["float64_trajectory"] != nil {
            let optimizer = try TrainingCatalog.optimizer(
                ["class_name": .string(item.string("optimizer")), "config": .object(withSchedule(item.config))],
                path: "optimizer")
            let trial = try OptimizerTrial(
                item, optimizer, dtype, execution, usesGlobalStep: item.item["uses_global_step"]?.bool ?? false,
                constraint: constraint(item))
            let what = "\(dtype), \(execution.rawValue)"
            let trajectories = try item.array("variables").map(item.inside).map { try trajectory(of: $0, item, dtype) }
            if dtype == .float32 { try checkSnapshot(0, item, trial, what) }
            try trial.run(steps: item.integer("steps")) { step in
                try trial.checkTrajectory(
                    step, trajectories, within: dtype == .float32 ? 1e-6 : tolerance(item, dtype), what)
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
func withSchedule(_ config: JSONObject) -> JSONObject {
    var config = config
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

/// The average of a variable that is given one value after the other.
private func runMovingAverage(_ item: GoldenCase) throws {
    try JSONValue.object(item.config).refuseFields(besides: ["decay", "num_updates", "zero_debias", "name"])
    let (values, averages) = (try item.tensor("values"), try item.tensor("averages"))
    guard let decay = item.config["decay"]?.double else { throw GoldenFailure("the case has no decay") }
    let countsUpdates = item.config["num_updates"].map { !$0.isNull } ?? false
    let shape = values.shape.dropFirst()
    func row(_ tensor: Tensor, _ index: Int) -> Tensor {
        tensor.slice(from: index * shape.elementCount, as: shape)
    }
    let variable = Variable(name: try String(item.string("variable").dropLast(2)), initialValue: row(values, 0))
    let average = ExponentialMovingAverage(decay: decay)
    for index in 0..<averages.shape[0] {
        // The first values are those of the average too, so it is made before the variable moves.
        if index == 0 { try average.apply([variable], count: countsUpdates ? Tensor(Float(0)) : nil) }
        try variable.assign(row(values, index + 1))
        try average.apply([variable], count: countsUpdates ? Tensor([], [Int64(index + 1)]) : nil)
        guard let shadow = average.average(variable), try shadow.name == item.string("shadow_name") else {
            throw GoldenFailure("the average has another name")
        }
        try expect(shadow.storedValue, is: row(averages, index), within: 1e-6, "the average after step \(index + 1)")
    }
}

private func runClipping(_ item: GoldenCase) throws {
    func tensors(_ field: String) throws -> [Tensor] {
        try item.array(field).map { try item.tensors.tensor($0.string ?? "") }
    }
    try JSONValue.object(item.config).refuseFields(besides: ["value", "axes"])
    let inputs = try tensors("inputs")
    let axes = item.config["axes"]?.array?.compactMap(\.integer)
    guard let limit = item.config["value"]?.double else { throw GoldenFailure("the case has no limit") }
    var found: [Tensor]
    switch try item.string("optimizer") {
    case "clip_by_value": found = try inputs.map { try clipByValue($0, -limit, limit) }
    case "clip_by_norm": found = try inputs.map { try clipByNorm($0, limit, axes: axes) }
    default:
        let clipped = try clipByGlobalNorm(inputs, limit)
        found = clipped.gradients
        if let norm = item.item["global_norm"]?.double {
            try expect(clipped.norm, is: Tensor([], [norm]), within: 1e-6, "the norm")
        }
    }
    for (tensor, expected) in try zip(found, tensors("outputs")) {
        try expect(tensor, is: expected, within: 1e-6, "a clipped tensor")
    }
}

private func constraint(_ item: GoldenCase) throws -> (@Sendable (Tensor) throws -> Tensor)? {
    guard var config = item.item["constraint"]?.object else { return nil }
    let name = config["class"] ?? nil
    config["class"] = nil
    let constraint = try ConstraintCatalog.make(["class_name": name, "config": .object(config)], path: "constraint")
    return { try constraint($0) }
}
