import TensorCore
import TestSupport
import Testing

@testable import Operators

struct PlanTests {
    let store = VariableStore()

    func makeLinear() -> (kernel: Variable, bias: Variable) {
        (
            Variable(name: "kernel", initialValue: sample([3, 2]), in: store),
            Variable(name: "bias", initialValue: Tensor([2], [0.5, -0.5]), in: store)
        )
    }

    @Test func runsAsTheEagerBodyDoesForAnyBatch() throws {
        let (kernel, bias) = makeLinear()
        func body(_ x: Tensor) throws -> Tensor { try relu(matmul(x, kernel.value) + bias.value) }
        let plan = try Plan(tracing: [TensorSpec([nil, 3])], in: store) { [try body($0[0])] }
        for rows in [0, 1, 5] {
            let x = sample([rows, 3])
            #expect(try plan.run([x], on: store.lease())[0].values == body(x).values)
        }
    }

    @Test func readsTheSnapshotThatItIsGiven() throws {
        let (kernel, _) = makeLinear()
        let plan = try Plan(tracing: [], in: store) { _ in [try kernel.value * 2] }
        let before = store.lease()
        try kernel.assign(Tensor.zeros([3, 2]))
        #expect(try plan.run([], on: before)[0].values == sample([3, 2], scale: 2).values)
        #expect(try plan.run([], on: store.lease())[0].values == [0, 0, 0, 0, 0, 0])
    }

    @Test func itsVariablesLiveAsLongAsIt() throws {
        var kernel: Variable? = Variable(name: "kernel", initialValue: sample([3, 2]), in: store)
        weak let watched = kernel
        func trace(_ kernel: Variable) throws -> Plan {
            try Plan(tracing: [], in: store) { _ in
                let next = try kernel.value * 2
                try kernel.assign(next)
                return [next]
            }
        }
        var plan: Plan? = try kernel.map(trace)
        kernel = nil
        // One that would get the slot of the other, and is smaller, were that free.
        let other = Variable(name: "other", initialValue: Tensor([1], [7]), in: store)
        #expect(try plan?.run([], on: store.lease())[0].values == sample([3, 2], scale: 2).values)
        _ = try plan?.update([])
        #expect(try plan?.run([], on: store.lease())[0].values == sample([3, 2], scale: 4).values)
        #expect(try other.value.values == [7])
        plan = nil
        #expect(watched == nil)
    }

    @Test func refusesASnapshotFromBeforeItsVariables() throws {
        let before = store.lease()
        let (kernel, _) = makeLinear()
        let plan = try Plan(tracing: [], in: store) { _ in [try kernel.value * 2] }
        #expect(try before.copy(of: kernel) == nil)
        #expect(throws: TensorError.uninitialized(variable: "kernel:0")) { try plan.run([], on: before) }
    }

    @Test func aFetchedVariableIsACopy() throws {
        let (kernel, _) = makeLinear()
        let plan = try Plan(tracing: [], in: store) { _ in [try reshape(kernel.value, [6])] }
        let fetched = try plan.run([], on: store.lease())[0]
        #expect(try fetched.pointer != kernel.value.pointer)
        #expect(fetched.values == sample([3, 2]).values)
    }

    @Test func aTrainingStepIsTheSameAsEagerly() throws {
        let (kernel, bias) = makeLinear()
        let x = sample([4, 3])
        let y = sample([4, 2], scale: 0.5)
        func loss(_ x: Tensor, _ y: Tensor) throws -> Tensor {
            let error = try tanh(matmul(x, kernel.value) + bias.value) - y
            return try sum(error * error)
        }

        let tape = GradientTape()
        let eagerLoss = try tape.record { try loss(x, y) }
        var expected: [[Float]] = []
        for (variable, gradient) in zip(
            [kernel, bias], try tape.gradient(of: eagerLoss, withRespectTo: [kernel, bias]))
        {
            expected.append(try (variable.value - #require(gradient) * 0.1).values)
        }

        let plan = try Plan(tracing: [TensorSpec([nil, 3]), TensorSpec([nil, 2])], in: store) { inputs in
            let value = try loss(inputs[0], inputs[1])
            let found = try gradients(of: value, withRespectTo: [kernel, bias])
            for (variable, gradient) in zip([kernel, bias], found) {
                try variable.assign(try variable.value - #require(gradient) * 0.1)
            }
            return [value]
        }
        let version = store.version
        let result = try plan.update([x, y], steps: 1)
        #expect(result.outputs[0].values == eagerLoss.values)
        #expect(result.version == version + 1)
        #expect(store.step == 1)
        #expect(try [kernel.value.values, bias.value.values] == expected)
    }

    @Test func anAssignmentIsSeenByWhatFollowsIt() throws {
        let count = Variable(name: "count", initialValue: Tensor(1), in: store)
        let plan = try Plan(tracing: [], in: store) { _ in
            let before = try count.value * 1
            try count.assign(try count.value + 1)
            try count.assign(try count.value * 10)
            return [before, try count.value * 1]
        }
        #expect(try plan.update([]).outputs.map(\.values) == [[1], [20]])
        #expect(try count.value.values == [20])
        // Run without publishing, the assignments take no effect outside.
        #expect(try plan.run([], on: store.lease()).map(\.values) == [[20], [210]])
        #expect(try count.value.values == [20])
    }

    @Test func steadyTrainingUsesTheSameFewBuffers() throws {
        let weight = Variable(name: "w", initialValue: try Tensor.zeros([1000]), in: store)
        let plan = try Plan(tracing: [], in: store) { _ in
            try weight.assign(try weight.value + 1)
            return []
        }
        var seen: Set<UnsafeRawPointer> = []
        for _ in 0..<50 {
            _ = try plan.update([])
            let lease = store.lease()
            let current = lease.value(of: weight)
            seen.insert(try #require(current).pointer)
        }
        #expect(seen.count <= 5)
        #expect(try weight.value.values[0] == 50)
    }

    @Test func whatWasHandedOutIsNeverWrittenAgain() throws {
        let weight = Variable(name: "w", initialValue: try Tensor.zeros([1000]), in: store)
        let plan = try Plan(tracing: [], in: store) { _ in
            try weight.assign(try weight.value + 1)
            return []
        }
        var kept: [Tensor] = []
        for _ in 0..<20 {
            kept.append(try weight.value)
            _ = try plan.update([])
        }
        for (step, tensor) in kept.enumerated() { #expect(tensor.values == Array(repeating: Float(step), count: 1000)) }
    }

    @Test func refusesInputsThatDoNotFit() throws {
        let plan = try Plan(tracing: [TensorSpec([nil, 3])], in: store) { [try $0[0] * 2] }
        #expect(throws: TensorError.self) { try plan.run([sample([2, 4])], on: store.lease()) }
        #expect(throws: TensorError.self) { try plan.run([], on: store.lease()) }
    }

    @Test func refusesVariablesOfAnotherStore() throws {
        let stranger = Variable(name: "w", initialValue: Tensor(1))
        #expect(throws: TensorError.self) { try Plan(tracing: [], in: store) { _ in [try stranger.value * 2] } }
    }
}
