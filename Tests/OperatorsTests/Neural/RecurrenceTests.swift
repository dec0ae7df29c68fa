import Glibc
import TensorCore
import TestSupport
import Testing

@testable import Operators

struct RecurrenceTests {
    static func inputs(gates: Int, batch: Int = 2, steps: Int = 3, inputs: Int = 2, units: Int = 3) -> [Tensor] {
        [
            sample([batch, steps, inputs]), sample([inputs, gates * units], scale: 0.8),
            sample([units, gates * units], scale: 0.7), sample([batch, units]),
        ]
    }

    let mask = Tensor([2, 3], [false, true, true, true, false, true])

    @Test func anLSTMStepByHand() throws {
        // One unit; the gates' sums are x times (1, 2, 3, 4).
        let (h, c) = try lstmStep(
            Tensor([1, 1], [0.5]), h: Tensor([1, 1], [0]), c: Tensor([1, 1], [2]),
            kernel: Tensor([1, 4], [1, 2, 3, 4]),
            recurrent: Tensor([1, 4], [0, 0, 0, 0]))
        func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let cell = sigma(1) * 2 + sigma(0.5) * tanh(1.5)
        #expect(abs(Double(c.values[0]) - cell) < 1e-6)
        #expect(abs(Double(h.values[0]) - sigma(2) * tanh(cell)) < 1e-6)
    }

    @Test func aGRUStepByHand() throws {
        func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        for resetsAfter in [false, true] {
            let h = try gruStep(
                Tensor([1, 1], [0.5]), h: Tensor([1, 1], [2]), kernel: Tensor([1, 3], [1, 2, 3]),
                recurrent: Tensor([1, 3], [0, 0, 1]), resetsAfter: resetsAfter)
            // With one unit and no bias both forms agree.
            let expected = sigma(0.5) * 2 + (1 - sigma(0.5)) * tanh(1.5 + sigma(1) * 2)
            #expect(abs(Double(h.values[0]) - expected) < 1e-6)
        }
    }

    @Test func aStepLeftOutKeepsTheStateAndRepeatsTheOutput() throws {
        let x = Self.inputs(gates: 4)
        let result = try lstm(x[0], kernel: x[1], recurrent: x[2], mask: mask)
        let rows = result.outputs.values
        #expect(Array(rows[0..<3]) == [0, 0, 0])
        #expect(Array(rows[9 + 3..<9 + 6]) == Array(rows[9..<9 + 3]))
        let never = try lstm(
            x[0], kernel: x[1], recurrent: x[2], states: (x[3], x[3]),
            mask: Tensor([2, 3], Array(repeating: false, count: 6)))
        #expect(never.outputs.values.allSatisfy { $0 == 0 })
        #expect(never.states[0].values == x[3].values)
    }

    @Test(arguments: [false, true], [false, true])
    func fusedAndComposedFormsAgree(hasMask: Bool, backwards: Bool) throws {
        for activation in [OutputActivation.tanh, .relu] {
            let layer = RecurrentLayer(
                activation: activation, gateActivation: .hardSigmoid, goesBackwards: backwards, hasBias: true,
                hasMask: hasMask)
            let masks = hasMask ? [mask] : []
            let four = Self.inputs(gates: 4).map(widened)
            let long = four + [four[3], widened(sample([12]))] + masks
            for (found, expected) in zip(try LSTM(layer: layer).evaluate(long), try LSTM(layer: layer).composed(long)) {
                #expect(Self.distance(found, expected) < 1e-12)
            }
            for resetsAfter in [false, true] {
                let three = Self.inputs(gates: 3).map(widened)
                let gru = GRU(layer: layer, resetsAfter: resetsAfter)
                let gated = three + [widened(sample(resetsAfter ? [2, 9] : [9]))] + masks
                for (found, expected) in zip(try gru.evaluate(gated), try gru.composed(gated)) {
                    #expect(Self.distance(found, expected) < 1e-12)
                }
            }
        }
    }

    static func distance(_ x: Tensor, _ y: Tensor) -> Double {
        zip(numbers(x), numbers(y)).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: [false, true], [false, true])
    func gradientsMatchFiniteDifferences(hasMask: Bool, backwards: Bool) throws {
        let mask = hasMask ? mask : nil
        let four = Self.inputs(gates: 4)
        let error = try gradientError(at: four + [sample([2, 3]), sample([12])]) {
            let result = try lstm(
                $0[0], kernel: $0[1], recurrent: $0[2], bias: $0[5], states: ($0[3], $0[4]), mask: mask,
                goesBackwards: backwards)
            return try concatenate([mergeAxes(result.outputs)] + result.states)
        }
        #expect(error < 1e-8)
        for resetsAfter in [false, true] {
            let error = try gradientError(at: Self.inputs(gates: 3) + [sample(resetsAfter ? [2, 9] : [9])]) {
                let result = try gru(
                    $0[0], kernel: $0[1], recurrent: $0[2], bias: $0[4], state: $0[3], mask: mask,
                    resetsAfter: resetsAfter, goesBackwards: backwards)
                return try concatenate([mergeAxes(result.outputs)] + result.states)
            }
            #expect(error < 1e-8)
        }
    }

    @Test func differentiatesTwice() throws {
        let four = Self.inputs(gates: 4, batch: 1, steps: 2, inputs: 1, units: 2)
        let error = try secondGradientError(at: Array(four.prefix(3))) {
            try lstm($0[0], kernel: $0[1], recurrent: $0[2]).outputs
        }
        #expect(error < 1e-6)
        let three = Self.inputs(gates: 3, batch: 1, steps: 2, inputs: 1, units: 2)
        for resetsAfter in [false, true] {
            let error = try secondGradientError(at: Array(three.prefix(3))) {
                try gru($0[0], kernel: $0[1], recurrent: $0[2], resetsAfter: resetsAfter).outputs
            }
            #expect(error < 1e-6)
        }
    }

    @Test func givesTheSameInAGraphOfUnknownBatch() throws {
        let x = Self.inputs(gates: 4)
        func body(_ inputs: [Tensor]) throws -> Tensor {
            try lstm(inputs[0], kernel: x[1], recurrent: x[2]).outputs
        }
        #expect(try resultInGraph(of: [x[0]], body).values == body(x).values)
        let graph = Graph()
        let input = try graph.placeholder(TensorSpec([nil, 3, 2]))
        let found = try graph.asDefault { try gradients(of: [body([input])], withRespectTo: [input])[0] }
        let tape = GradientTape()
        tape.watch(x[0])
        let y = try tape.record { try body(x) }
        #expect(
            try Session(graph).run(#require(found), feeding: [(input, x[0])]).values
                == tape.gradient(of: y, withRespectTo: x[0])?.values)
    }

    @Test func isTheSameOnOneThreadAndOnTwo() throws {
        let x = Self.inputs(gates: 4, batch: 20, steps: 30, inputs: 16, units: 64)
        func all() throws -> [[Float]] {
            let tape = GradientTape()
            for input in x { tape.watch(input) }
            let y = try tape.record {
                try lstm(x[0], kernel: x[1], recurrent: x[2], states: (x[3], x[3])).outputs
            }
            let found = try tape.gradient(of: [y], withRespectTo: x)
            return try [y.values] + found.map { try #require($0).values }
        }
        #expect(try onThreads(1) { try all() } == onThreads(2) { try all() })
    }

    @Test func takesNoStepsAndRefusesWhatDoesNotFit() throws {
        let x = Self.inputs(gates: 4)
        let none = try lstm(
            Tensor([2, 0, 2], [Float]()), kernel: x[1], recurrent: x[2], states: (x[3], x[3]))
        #expect(none.outputs.shape == [2, 0, 3])
        #expect(none.states[0].values == x[3].values)
        #expect(throws: TensorError.self) { try lstm(x[0], kernel: x[2], recurrent: x[2]) }
        #expect(throws: TensorError.self) { try lstm(x[0], kernel: x[1], recurrent: x[1]) }
        #expect(throws: TensorError.self) { try lstm(x[3], kernel: x[1], recurrent: x[2]) }
        #expect(throws: TensorError.self) { try lstm(x[0], kernel: x[1], recurrent: x[2], bias: sample([3])) }
        #expect(throws: TensorError.self) { try lstm(x[0], kernel: x[1], recurrent: x[2], mask: sample([2, 3])) }
        #expect(throws: TensorError.self) { try gru(x[0], kernel: x[1], recurrent: x[2]) }
    }
}
