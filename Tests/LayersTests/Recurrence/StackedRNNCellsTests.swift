import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct StackedRNNCellsTests {
    @Test func givesWhatLayersOneAfterTheOtherGive() throws {
        let x = sample([2, 3, 2])
        let all = SequenceSettings(returnsSequences: true)
        let stack = RNN(try StackedRNNCells([LSTMCell(3), GRUCell(2), SimpleRNNCell(2)]), sequence: all)
        let layers: [Layer] = [LSTM(3, sequence: all), GRU(2, sequence: all), SimpleRNN(2, sequence: all)]
        _ = try stack(x)
        try fillUnevenly(stack)
        var y = x
        var rest = stack.variables[...]
        for layer in layers {
            _ = try layer(y)
            for variable in layer.variables {
                try variable.assign(rest[rest.startIndex].value)
                rest = rest.dropFirst()
            }
            y = try layer(y)
        }
        #expect(rest.isEmpty)
        #expect(agree(try stack(x), y.values.map(Double.init)))
    }

    @Test func numbersCellsOfTheSameName() throws {
        try withFreshNames {
            let layer = RNN(try StackedRNNCells([LSTMCell(1), LSTMCell(1), LSTMCell(1, name: "top")]))
            _ = try layer(sample([1, 2, 1]))
            let scopes = layer.variableNames.map { $0.split(separator: "/")[1] }
            #expect(scopes == ["lstm_cell", "lstm_cell_1", "top"].flatMap { Array(repeating: $0, count: 3) })
        }
    }

    @Test func oneStepTakesAndGivesAllStates() throws {
        let cells = try StackedRNNCells([LSTMCell(3), GRUCell(2)])
        let results = try cells(Tensors(sample([2, 4]))).array
        #expect(results.map(\.shape) == [[2, 2], [2, 3], [2, 3], [2, 2]])
        #expect(try cells([sample([2, 4])] + Array(results.dropFirst())).count == 4)
    }
}

private func + (tensors: Tensors, others: [Tensor]) -> Tensors { Tensors(tensors.array + others) }
