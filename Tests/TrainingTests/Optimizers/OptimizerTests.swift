import Layers
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Training

struct OptimizerTests {
    private func variable(_ values: [Float], _ name: String = "w", in store: VariableStore? = nil) -> Variable {
        Variable(name: name, initialValue: Tensor([values.count], values), in: store)
    }

    @Test func movesVariablesAgainstTheirGradient() throws {
        let w = variable([3, -2])
        let optimizer = Optimizer(GradientDescent(), learningRate: 0.25)
        try optimizer.minimize { try sum(square(w.value)) }
        #expect(try w.storedValue.values == [1.5, -1])
    }

    @Test func keepsSlotsBesideTheirVariablesUnderTheirNames() throws {
        let store = VariableStore()
        let (kernel, bias) = (variable([1, 2], "net/kernel", in: store), variable([1], "net/bias", in: store))
        let optimizer = Optimizer(Adam(), learningRate: 0.01)
        try optimizer.minimize { try sum(kernel.value) + sum(bias.value) }
        #expect(
            optimizer.variables.map(\.name) == [
                "beta1_power:0", "beta2_power:0", "net/kernel/Adam:0", "net/kernel/Adam_1:0", "net/bias/Adam:0",
                "net/bias/Adam_1:0",
            ])
        #expect(optimizer.variables.allSatisfy { $0.store === store && !$0.isTrainable })
        #expect(optimizer.slot("v", of: bias)?.name == "net/bias/Adam_1:0")
        #expect(optimizer.slotNames(of: kernel) == ["m", "v"])
    }

    @Test func publishesAllChangesOfAStoreTogether() throws {
        let store = VariableStore()
        let (a, b) = (variable([1], "a", in: store), variable([1], "b", in: store))
        let optimizer = Optimizer(Momentum(), learningRate: 0.1)
        try optimizer.build([a, b])
        let version = store.version
        try optimizer.minimize { try sum(a.value) + sum(b.value) }
        #expect(store.version == version + 1)
        #expect(store.step == 1)
    }

    @Test func countsTheGlobalStep() throws {
        let w = variable([1])
        let step = Variable(name: "global_step", initialValue: Tensor([], [Int64(4)]), isTrainable: false)
        let rate = ExponentialDecay(1, decaySteps: 4, decayRate: 0.5, staircase: true)
        let optimizer = Optimizer(GradientDescent(), learningRate: .schedule(rate))
        try optimizer.minimize(globalStep: step) { try sum(w.value) }
        #expect(try w.storedValue.values == [0.5])
        #expect(try step.storedValue.scalars(Int64.self) == [5])
    }

    @Test func givesAnOperationInAGraph() throws {
        let graph = Graph()
        let optimizer = Optimizer(Momentum(0.5), learningRate: 0.1)
        let (w, done) = try graph.asDefault {
            let w = Variable(name: "w", initialValue: Tensor([2], [1, 2]))
            return (w, try optimizer.minimize([w]) { try sum(square(w.value)) })
        }
        #expect(try w.storedValue.values == [1, 2])
        let session = Session(graph)
        for _ in 0..<2 { _ = try session.run(done) }
        // m = 2, 4: w = 0.8, 1.6; then m = 1 + 1.6, 2 + 3.2.
        for (value, expected) in zip(try w.storedValue.values, [0.54, 1.08]) {
            #expect(abs(value - Float(expected)) < 1e-6)
        }
    }

    @Test func refusesASymbolicScheduleWithoutAStep() throws {
        let graph = Graph()
        let rate = LearningRate.schedule(ExponentialDecay(1, decaySteps: 4, decayRate: 0.5))
        #expect(throws: TrainingError.self) {
            try graph.asDefault {
                let w = Variable(name: "w", initialValue: Tensor([2], [1, 2]))
                try Optimizer(GradientDescent(), learningRate: rate).minimize([w]) { try sum(square(w.value)) }
            }
        }
    }

    @Test func refusesToMinimizeNothing() throws {
        let w = variable([1])
        let optimizer = Optimizer(GradientDescent())
        #expect(throws: TrainingError(.value, "No gradients provided for any variable: [w:0].")) {
            try optimizer.minimize([w]) { Tensor(1) }
        }
        #expect(throws: TrainingError(.value, "No variables to optimize.")) { try optimizer.minimize { Tensor(1) } }
        #expect(throws: TrainingError.self) {
            try optimizer.applyGradients([(.dense(Tensor([1], [1])), w), (.dense(Tensor([1], [1])), w)])
        }
    }

    @Test func refusesASymbolicLossWhereItExecutesEagerly() {
        #expect(throws: TrainingError.self) { try Optimizer(GradientDescent()).minimize(Tensor(1)) }
    }

    @Test func appliesConstraintsAfterTheUpdate() throws {
        let w = Variable(name: "w", initialValue: Tensor([2], [1, 1])) { try relu($0) }
        try Optimizer(GradientDescent(), learningRate: 2).minimize { try sum(w.value * Tensor([2], [1, 0.25])) }
        #expect(try w.storedValue.values == [0, 0.5])
    }

    @Test func clipsBeforeItApplies() throws {
        let w = variable([0, 0])
        let gradient = Gradient.dense(Tensor([2], [3, 4]))
        try Optimizer(GradientDescent(), learningRate: 1, clipping: .norm(1)).applyGradients([(gradient, w)])
        for (value, expected) in zip(try w.storedValue.values, [-0.6, -0.8]) {
            #expect(abs(value - Float(expected)) < 1e-6)
        }
    }

    @Test func decaysWeightsButThoseThatAreExcluded() throws {
        let (kernel, bias) = (variable([1], "net/kernel"), variable([1], "net/bias"))
        let optimizer = Optimizer(
            GradientDescent(), learningRate: 0.5, weightDecay: WeightDecay(0.5, excluding: ["bias"]))
        let zero = Gradient.dense(Tensor([1], [0]))
        try optimizer.applyGradients([(zero, kernel), (zero, bias)])
        #expect(try kernel.storedValue.values == [0.75])
        #expect(try bias.storedValue.values == [1])
    }

    @Test func averagesWeights() throws {
        let w = variable([1])
        let optimizer = Optimizer(
            GradientDescent(), learningRate: 1, averaging: WeightAveraging(momentum: 0.5, overwriteFrequency: 2))
        let gradient = Gradient.dense(Tensor([1], [1]))
        try optimizer.applyGradients([(gradient, w)])
        #expect(try w.storedValue.values == [0])
        #expect(try optimizer.slot("average", of: w)?.storedValue.values == [0.5])
        // The second step ends with the average in place of the weight: 0.5 · 0.5 + 0.5 · (−1).
        try optimizer.applyGradients([(gradient, w)])
        #expect(try w.storedValue.values == [-0.25])
        try w.assign(Tensor([1], [9]))
        try optimizer.finalizeVariables()
        #expect(try w.storedValue.values == [-0.25])
    }

    @Test func startsAfreshWhenItIsReset() throws {
        let w = variable([1])
        let optimizer = Optimizer(KerasAdam())
        try optimizer.minimize { try sum(w.value) }
        try optimizer.reset()
        #expect(try optimizer.variables.allSatisfy { try $0.storedValue.scalarOrZero == 0 })
    }

    @Test func leavesRowsWithoutGradientAlone() throws {
        let table = Variable(name: "table", initialValue: Tensor([3, 2], [1, 1, 2, 2, 3, 3]))
        let optimizer = Optimizer(Momentum(0.9), learningRate: 0.5)
        // The row 2 is read twice: its two gradients are summed first.
        try optimizer.minimize { try sum(gather(table.value, Tensor([3], [Int32(2), 0, 2]))) }
        #expect(try table.storedValue.values == [0.5, 0.5, 2, 2, 2, 2])
        #expect(try optimizer.slot("momentum", of: table)?.storedValue.values == [1, 1, 0, 0, 2, 2])
    }

    @Test func refusesWholeNumbers() throws {
        let w = Variable(name: "w", initialValue: Tensor([1], [Int32(1)]))
        #expect(throws: TrainingError.self) { try Optimizer(GradientDescent()).build([w]) }
    }
}

extension Tensor {
    fileprivate var scalarOrZero: Double {
        dtype == .int64 ? Double(scalars(Int64.self)[0]) : Double(values[0])
    }
}
