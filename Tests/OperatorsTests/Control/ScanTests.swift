import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ScanTests {
    /// `s ← tanh(x · w + s)`, giving `s²`.
    private func run(_ x: Tensor, _ s: Tensor, _ w: Tensor) throws -> [Tensor] {
        let found = try scan([x], from: [s], constants: [w]) { slices, states, constants in
            let next = try tanh(slices[0] * constants[0] + states[0])
            return ([try square(next)], [next])
        }
        return found.outputs + found.states
    }

    private let x = sample([4, 2, 3])
    private let s = sample([2, 3], scale: 0.5)
    private let w = sample([3], scale: 0.7)

    /// A plan that knows neither the steps nor the batch.
    private func plan(_ body: @escaping ([Tensor]) throws -> [Tensor], _ dtype: DType = .float32) throws -> Plan {
        try Plan(
            tracing: [TensorSpec([nil, nil, 3], dtype), TensorSpec([nil, 3], dtype), TensorSpec([3], dtype)],
            in: VariableStore(), body)
    }

    @Test func goesFromStepToStep() throws {
        let found = try scan([Tensor([3], [1, 2, 3])], from: [Tensor(10)]) { slices, states, _ in
            let sum = try slices[0] + states[0]
            return ([try sum * 2], [sum])
        }
        #expect(found.outputs[0].values == [22, 26, 32])
        #expect(found.states[0].values == [16])
    }

    @Test func aPlanOfAnyLengthGivesTheSame() throws {
        let plan = try plan { try run($0[0], $0[1], $0[2]) }
        let eager = try run(x, s, w)
        for (found, expected) in try zip(plan.run([x, s, w], on: plan.store.lease()), eager) {
            #expect(found.shape == expected.shape && found.values == expected.values)
        }
        // No steps leave the state as it is.
        let none = try plan.run([Tensor([0, 2, 3], [Float]()), s, w], on: plan.store.lease())
        #expect(none[0].shape == [0, 2, 3] && none[1].values == s.values)
    }

    @Test func noStepsEagerlyTellTheShapeOfTheOutputs() throws {
        let found = try run(Tensor([0, 2, 3], [Float]()), s, w)
        #expect(found[0].shape == [0, 2, 3])
        #expect(found[1].values == s.values)
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        #expect(try gradientError(ofAll: [x, s, w]) { try run($0[0], $0[1], $0[2]) } < 1e-7)
    }

    @Test func gradientsInAPlanAreThoseOfATape() throws {
        let inputs = [x, s, w].map(widened)
        func gradientsOf(_ inputs: [Tensor]) throws -> [Tensor] {
            let tape = GradientTape()
            tape.watch(inputs)
            let results = try tape.record { try run(inputs[0], inputs[1], inputs[2]) }
            return try tape.gradient(of: results, withRespectTo: inputs).compactMap { $0 }
        }
        let plan = try plan(gradientsOf, .float64)
        let found = try plan.run(inputs, on: plan.store.lease())
        for (one, other) in try zip(found, gradientsOf(inputs)) {
            #expect(one.shape == other.shape)
            for (x, y) in zip(one.scalars(Double.self), other.scalars(Double.self)) { #expect(abs(x - y) < 1e-12) }
        }
        #expect(found.count == 3)
    }

    @Test func secondDerivativesInAPlanAreThoseOfTapes() throws {
        let inputs = [x, s, w].map(widened)
        func bent(_ inputs: [Tensor]) throws -> [Tensor] {
            try curvature(at: inputs) { try run($0[0], $0[1], $0[2]) }
        }
        let plan = try plan(bent, .float64)
        let found = try plan.run(inputs, on: plan.store.lease())
        for (one, other) in try zip(found, bent(inputs)) {
            for (x, y) in zip(one.scalars(Double.self), other.scalars(Double.self)) { #expect(abs(x - y) < 1e-9) }
        }
        #expect(found.count == 3)
    }

    @Test func variablesThatTheBodyReadsHaveGradients() throws {
        let variable = Variable(name: "w", initialValue: w)
        func gradient(_ x: Tensor) throws -> [Tensor] {
            let tape = GradientTape()
            let result = try tape.record {
                let found = try scan([x], from: [s]) { slices, states, _ in
                    let next = try slices[0] * variable.value + states[0]
                    return ([next], [next])
                }
                return try sum(found.outputs[0])
            }
            return try tape.gradient(of: result, withRespectTo: [variable]).compactMap { $0 }
        }
        let plan = try Plan(tracing: [TensorSpec([nil, 2, 3])], in: variable.store) { try gradient($0[0]) }
        let eager = try gradient(x)[0].values
        for (found, expected) in try zip(plan.run([x], on: variable.store.lease())[0].values, eager) {
            #expect(abs(found - expected) < 1e-5)
        }
    }

    @Test func runsInASession() throws {
        let graph = Graph()
        let input = try graph.placeholder(TensorSpec([nil, 2, 3]))
        let results = try graph.asDefault { try run(input, s, w) }
        #expect(try Session(graph).run(results[0], feeding: [(input, x)]).values == run(x, s, w)[0].values)
    }

    @Test func refusesWhatDoesNotFit() throws {
        #expect(throws: TensorError.self) { try scan([], from: []) { _, _, _ in ([], []) } }
        #expect(throws: TensorError.rankTooSmall(operator: "scan", minimum: 1, received: [])) {
            try scan([Tensor(1)], from: []) { slices, _, _ in (slices, []) }
        }
        #expect(throws: TensorError.self) { try scan([x, sample([3, 2])], from: []) { slices, _, _ in (slices, []) } }
        #expect(throws: TensorError.self) { try scan([x], from: [s]) { slices, _, _ in (slices, []) } }
        for grows in [true, false] {
            #expect(throws: TensorError.self) {
                try plan { inputs in
                    try scan([inputs[0]], from: [inputs[1]]) { slices, states, _ in
                        let next =
                            try grows ? concatenate([states[0], states[0]], axis: 1) : dropout(states[0], rate: 0.5)
                        return (slices, [next])
                    }.states
                }
            }
        }
    }
}
