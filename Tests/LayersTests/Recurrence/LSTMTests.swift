import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct LSTMTests {
    private let x = sample([2, 3, 2])

    /// The outputs of one sequence, and the last states.
    private func slow(_ layer: Layer, _ row: Int, steps: [Int]) throws -> (outputs: [[Double]], c: [Double]) {
        let reference = try SlowRecurrence(layer)
        let numbers = x.values.map(Double.init)
        var (h, c) = ([0.0, 0, 0], [0.0, 0, 0])
        var outputs: [[Double]] = []
        for step in steps {
            let start = (row * 3 + step) * 2
            (h, c) = reference.lstm(Array(numbers[start..<start + 2]), h, c)
            outputs.append(h)
        }
        return (outputs, c)
    }

    @Test func givesWhatIsWrittenOutByHand() throws {
        let all = SequenceSettings(returnsSequences: true, returnsState: true)
        // The fused operator, and the steps of the cell, which another activation or a stack takes.
        let layers: [Layer] = [
            LSTM(3, sequence: all), RNN(LSTMCell(3), sequence: all),
            RNN(try StackedRNNCells([LSTMCell(3)]), sequence: all),
        ]
        for layer in layers {
            _ = try layer(Tensors(x))
            try fillUnevenly(layer)
            let results = try layer(Tensors(x)).array
            for row in 0..<2 {
                let expected = try slow(layer, row, steps: [0, 1, 2])
                #expect(agree(try slice(results[0], [.index(row)]), expected.outputs.flatMap { $0 }))
                #expect(agree(try slice(results[1], [.index(row)]), expected.outputs[2]))
                #expect(agree(try slice(results[2], [.index(row)]), expected.c))
            }
        }
    }

    @Test func goesBackwardsInTheOrderOfProcessing() throws {
        let layer = LSTM(3, sequence: SequenceSettings(returnsSequences: true, goesBackwards: true))
        _ = try layer(x)
        try fillUnevenly(layer)
        let y = try layer(x)
        #expect(agree(try slice(y, [1]), try slow(layer, 1, steps: [2, 1, 0]).outputs.flatMap { $0 }))
    }

    @Test func theForgetGateStartsOpen() throws {
        try withFreshNames {
            let layer = LSTM(2)
            _ = try layer(x)
            #expect(layer.variableNames == ["kernel", "recurrent_kernel", "bias"].map { "lstm/\($0):0" })
            #expect(try layer.variables[2].value.values == [0, 0, 1, 1, 0, 0, 0, 0])
            let closed = LSTM(2, unitForgetBias: false)
            _ = try closed(x)
            #expect(try closed.variables[2].value.values == Array(repeating: 0, count: 8))
        }
    }

    @Test func anotherActivationTakesTheStepsOfTheCell() throws {
        // Of `linear`, which the fused operator has, and a function of the same values, which it has not.
        let same = ActivationFunction("same") { try identity($0) }
        let layers = [ActivationFunction.linear, same].map {
            LSTM(3, activation: $0, sequence: SequenceSettings(returnsSequences: true))
        }
        let mask = Tensor([2, 3], [true, false, true, false, true, true])
        for layer in layers {
            _ = try layer(x)
            try fillUnevenly(layer)
        }
        for options in [CallOptions(), CallOptions(mask: mask)] {
            let results = try layers.map { try $0(Tensors(x), options)[0].values }
            #expect(zip(results[0], results[1]).allSatisfy { Swift.abs($0 - $1) < 1e-6 })
        }
    }
}
