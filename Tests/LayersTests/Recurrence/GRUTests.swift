import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct GRUTests {
    @Test func givesWhatIsWrittenOutByHand() throws {
        let x = sample([1, 3, 2])
        let all = SequenceSettings(returnsSequences: true)
        for layer in [GRU(3, sequence: all), RNN(GRUCell(3), sequence: all)] {
            _ = try layer(x)
            try fillUnevenly(layer)
            let reference = try SlowRecurrence(layer)
            var (h, outputs) = ([0.0, 0, 0], [Double]())
            for step in 0..<3 {
                h = reference.gru(x.values[step * 2..<step * 2 + 2].map(Double.init), h)
                outputs += h
            }
            #expect(agree(try layer(x), outputs))
        }
    }

    @Test func theBiasHasASecondRowWhereTheGateComesAfterTheProduct() throws {
        for (resets, shape) in [(true, Shape([2, 6])), (false, [6])] {
            let layer = GRU(2, resetsAfter: resets)
            _ = try layer(sample([1, 2, 3]))
            #expect(layer.variables.map(\.shape) == [[3, 6], [2, 6], shape])
        }
    }
}
