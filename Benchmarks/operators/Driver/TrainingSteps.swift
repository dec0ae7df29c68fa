import Strata

/// What a training step and a call of whole networks cost, traced, on one thread and on two.
enum TrainingSteps {
    private struct Case: Sendable {
        let name: String
        let network: @Sendable () throws -> Network
        /// Of one example.
        let input: Shape
        let batch: Int
        /// Nil for a number to be foretold.
        var classes: Int?
        var optimizer: @Sendable () -> Optimizer = { Optimizer(GradientDescent(), learningRate: 1e-4) }
    }

    private static let steps = [
        Case(name: "train tiny b32 SGD", network: TrainingModels.tiny, input: [8], batch: 32),
        Case(
            name: "train mlp b128 Adam", network: TrainingModels.perceptron, input: [784], batch: 128, classes: 10,
            optimizer: { Optimizer(KerasAdam(), learningRate: 1e-4) }),
        Case(
            name: "train LeNet b128 momentum", network: TrainingModels.lenet, input: [28, 28, 1], batch: 128,
            classes: 10,
            optimizer: { Optimizer(Momentum(), learningRate: 1e-4) }),
        Case(
            name: "train LSTM(128) seq 64 b64 Adam", network: { try TrainingModels.recurrent(128) }, input: [64, 64],
            batch: 64, classes: 10, optimizer: { Optimizer(KerasAdam(), learningRate: 1e-4) }),
        Case(
            name: "train ResNet-20 b128 momentum", network: TrainingModels.resnet20, input: [32, 32, 3], batch: 128,
            classes: 10, optimizer: { Optimizer(Momentum(), learningRate: 1e-4) }),
    ]

    private static let calls = [
        Case(name: "call tiny b1", network: TrainingModels.tiny, input: [8], batch: 1),
        Case(name: "call mlp b1", network: TrainingModels.perceptron, input: [784], batch: 1),
        Case(name: "call mlp b64", network: TrainingModels.perceptron, input: [784], batch: 64),
        Case(name: "call LeNet b1", network: TrainingModels.lenet, input: [28, 28, 1], batch: 1),
        Case(name: "call LeNet b64", network: TrainingModels.lenet, input: [28, 28, 1], batch: 64),
        Case(
            name: "call LSTM(256) seq 64 b32", network: { try TrainingModels.recurrent(256) }, input: [64, 128],
            batch: 32),
    ]

    static func rows() throws -> [Row] {
        var rows: [Row] = []
        for threads in [1, 2] {
            ComputePool.shared.threads = threads
            for item in steps { rows.append(try row(item, threads, step(item))) }
            for item in calls { rows.append(try row(item, threads, call(item))) }
        }
        return rows
    }

    private static func row(_ item: Case, _ threads: Int, _ body: @escaping () throws -> Void) throws -> Row {
        // The first runs give memory to the pool and snapshots to the store.
        for _ in 0..<3 { try body() }
        // One thread is timed by what it computes: other work on the machine does not count.
        let seconds = try Measurement.secondsPerCall(runs: 7, clock: threads == 1 ? .thread : .wall, body)
        return Row(name: "\(item.name), \(threads) thread\(threads > 1 ? "s" : "")", value: seconds * 1e6, unit: "µs")
    }

    private static func input(_ item: Case) throws -> Tensor {
        try randomNormal(Shape([item.batch] + item.input.extents))
    }

    private static func step(_ item: Case) throws -> () throws -> Void {
        let x = try input(item)
        let y: Tensor
        let objective: Objective
        if let classes = item.classes {
            y = Tensor([item.batch], (0..<item.batch).map { Int64($0 % classes) })
            objective = Objective(SparseCategoricalCrossentropy(fromLogits: true))
        } else {
            y = try randomNormal([item.batch, 1])
            objective = Objective(MeanSquaredError())
        }
        let step = try TrainingStep(item.network(), objective, item.optimizer(), inputs: [x.spec], targets: [y.spec])
        return { try step([x], [y]) }
    }

    private static func call(_ item: Case) throws -> () throws -> Void {
        let x = try input(item)
        let network = try item.network()
        let plan = try Plan(tracing: [x.spec], in: network.variableStore) { [try network($0[0], training: false)] }
        return {
            _ = try plan.run([x], on: plan.store.lease())
            // A plan does not hold the variables that it reads.
            withExtendedLifetime(network) {}
        }
    }
}
