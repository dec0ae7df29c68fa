import Formats
import Layers
import Operators
import TensorCore
import Training

/// Whole training runs: the loss before each update, the variables in the end, and what the network then answers.
func runTraining(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = [
        "model", "loss", "optimizer", "optimizer_config", "batch", "steps", "l2", "x", "y", "variables", "losses",
        "inference_output", "float64_losses", "float64_final", "float64_max_final_difference",
        "max_loss_difference_f32_f64",
    ]
    return try runCases(manifest, folder, fields: fields) { item in
        for isTraced in [true, false] {
            for dtype in [DType.float32, .float64] where dtype == .float32 || item.item["float64_final"] != nil {
                let names = NameRegistry().names()
                try Context(names: names).bind { try TrainingTrial(item, dtype, isTraced: isTraced).run() }
            }
        }
    }
}

/// One run of a case.
private struct TrainingTrial {
    let item: GoldenCase
    let dtype: DType
    let isTraced: Bool
    let network: Network
    let optimizer: Optimizer
    let loss: any Loss
    let x: Tensor
    let y: Tensor

    init(_ item: GoldenCase, _ dtype: DType, isTraced: Bool) throws {
        self.item = item
        self.dtype = dtype
        self.isTraced = isTraced
        network = try ModelText(item.string("model")).network(l2: item.item["l2"]?.double ?? 0)
        optimizer = try TrainingCatalog.optimizer(
            [
                "class_name": .string(item.string("optimizer")),
                "config": .object(withSchedule(item.object("optimizer_config"))),
            ],
            path: "optimizer")
        loss = try TrainingCatalog.loss(.string(item.string("loss")), path: "loss")
        x = try cast(item.tensor("x"), to: dtype)
        let y = try item.tensor("y")
        self.y = try y.dtype.isFloatingPoint ? cast(y, to: dtype) : y
    }

    /// How the values are compared: float32 within what rounding makes of so many steps, double as tf.losses has it, which
    /// computes in float32 whatever comes.
    private var tolerance: Double { 1e-5 }
    private var what: String { "in \(dtype), \(isTraced ? "traced" : "eagerly")," }

    func run() throws {
        let batch = try item.integer("batch")
        let count = x.shape[0] / batch
        guard count > 0 else { throw GoldenFailure("there are fewer rows than in a batch") }
        func rows(_ tensor: Tensor, _ step: Int) -> Tensor {
            let shape = tensor.shape.replacing(0, with: batch)
            return tensor.slice(from: step % count * shape.elementCount, as: shape)
        }
        let takeStep = try stepFunction(rows(x, 0), rows(y, 0))
        try assignInitialValues()
        let losses = try item.array(dtype == .float64 ? "float64_losses" : "losses").map { $0.double ?? .nan }
        let steps = try item.integer("steps")
        guard losses.count == steps else { throw GoldenFailure("has not a loss for each step") }
        for step in 0..<steps {
            let found = try takeStep(rows(x, step), rows(y, step))
            try expect(
                Tensor([], [found]), is: Tensor([], [losses[step]]), within: tolerance,
                "the loss of step \(step) \(what)")
        }
        try checkFinalValues()
    }

    private func stepFunction(_ x: Tensor, _ y: Tensor) throws -> (Tensor, Tensor) throws -> Double {
        if isTraced {
            let step = try TrainingStep(
                network, Objective(loss), optimizer, inputs: [x.spec], targets: [y.spec])
            return { try step([$0], [$1]).loss }
        }
        _ = try network(x, training: false)
        return { x, y in
            var value = Tensor(Float(0))
            try optimizer.minimize(network.trainableVariables) {
                let outputs = try network(x, training: true)
                value =
                    try ([loss(y, outputs)] + network.losses).reduce(nil) { sum, term in
                        try sum.map { try $0 + term } ?? term
                    } ?? value
                return value
            }
            return try cast(value, to: .float64).scalars(Double.self)[0]
        }
    }

    /// The case's variables by name, which must be the network's and in its order.
    private func variables() throws -> [(entry: GoldenCase, variable: Variable)] {
        let entries = try item.array("variables").map(item.inside)
        let names = try entries.map { try $0.string("name") }
        let known = network.variables.map { TrainingTrial.name(of: $0) }
        guard Set(names) == Set(known), names.count == known.count else {
            throw GoldenFailure("the variables are \(known), not \(names)")
        }
        return try entries.map { entry in
            let name = try entry.string("name")
            guard let variable = network.variables.first(where: { TrainingTrial.name(of: $0) == name }) else {
                throw GoldenFailure("there is no variable \(name)")
            }
            return (entry, variable)
        }
    }

    /// The name without a recurrent layer's cell, which later versions of Keras put into it and the cases do not.
    private static func name(of variable: Variable) -> String {
        variable.name.split(separator: "/").filter { !$0.hasSuffix("_cell") }.joined(separator: "/")
    }

    private func assignInitialValues() throws {
        for (entry, variable) in try variables() {
            try variable.assign(cast(entry.tensor("initial"), to: variable.dtype))
        }
    }

    private func checkFinalValues() throws {
        for (entry, variable) in try variables() {
            let name = try entry.string("name")
            let expected =
                try dtype == .float64
                ? item.tensors.tensor(item.item["float64_final"]?[name]?.string ?? "") : entry.tensor("final")
            try expect(variable.storedValue, is: expected, within: tolerance, "\(name) in the end \(what)")
        }
        guard dtype == .float32 else { return }
        let answer = try network(x, training: false)
        try expect(answer, is: item.tensor("inference_output"), within: 10 * tolerance, "the answer in the end \(what)")
    }
}
