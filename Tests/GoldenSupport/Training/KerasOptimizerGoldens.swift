import Formats
import Operators
import TensorCore
import Training

/// The optimizers of Keras.
func runKerasOptimizers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = ["optimizer", "config", "steps", "variables", "snapshots", "float64_trajectory"]
    return try runCases(manifest, folder, fields: fields) { item in
        for execution in Execution.allCases {
            for dtype in [DType.float32, .float64] {
                let optimizer = try TrainingCatalog.optimizer(
                    ["class_name": .string(item.string("optimizer")), "config": .object(item.config)],
                    path: "optimizer")
                let trial = try OptimizerTrial(item, optimizer, dtype, execution, usesGlobalStep: false)
                let trajectories = try item.array("variables").map(item.inside).map {
                    try trajectory(of: $0, item, dtype)
                }
                let what = "\(dtype), \(execution.rawValue)"
                try trial.run(steps: item.integer("steps")) { step in
                    try trial.checkTrajectory(step, trajectories, within: tolerance(item, dtype), what)
                    if dtype == .float32 { try checkSnapshot(step, item, trial, what) }
                }
            }
        }
    }
}

/// Float32 within a few units of its last place; in double precision the same up to its own rounding, but that a schedule's
/// rate is computed in float32, whose last place depends on the mathematical library.
func tolerance(_ item: GoldenCase, _ dtype: DType) -> Double {
    if dtype == .float32 { return 2e-6 }
    return item.config["learning_rate"]?.object == nil ? 1e-12 : 1e-6
}

/// The optimizer's variables after a step. Keras names them `Adam/m/net/dense/kernel`; here they are the slots `m` of
/// `net/dense/kernel`.
private func checkSnapshot(_ step: Int, _ item: GoldenCase, _ trial: OptimizerTrial, _ what: String) throws {
    guard let snapshot = item.item["snapshots"]?["\(step)"]?.array else { return }
    for entry in snapshot.map(item.inside) {
        let name = try entry.string("name")
        guard let variable = try variable(name, item, trial) else { continue }
        try expect(
            cast(variable.storedValue, to: .float64), is: cast(entry.tensor("tensor"), to: .float64), within: 2e-6,
            "\(name) after step \(step), \(what),")
    }
}

private func variable(_ name: String, _ item: GoldenCase, _ trial: OptimizerTrial) throws -> Variable? {
    if let own = trial.optimizer.variables.first(where: { $0.name == name }) { return own }
    let parts = name.split(separator: "/", maxSplits: 2).map(String.init)
    guard parts.count == 3, let owner = trial.variables.first(where: { $0.name == parts[2] }) else {
        throw GoldenFailure("there is no variable \(name)")
    }
    if let slot = trial.optimizer.slot(parts[1], of: owner) { return slot }
    // Keras keeps some that nothing depends on: the momentum of plain SGD, and what Adafactor has in place of factors.
    let isUnused =
        try (item.string("optimizer"), parts[1]) == ("SGD", "m") && item.config["momentum"] == nil
        || (item.string("optimizer"), parts[1]) == ("Adafactor", "v") && owner.shape.rank >= 2
    guard isUnused else { throw GoldenFailure("there is no slot \(name)") }
    return nil
}
