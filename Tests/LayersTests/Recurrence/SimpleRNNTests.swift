import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct SimpleRNNTests {
    @Test func givesWhatIsWrittenOutByHand() throws {
        let x = sample([1, 3, 2])
        let layer = SimpleRNN(3)
        _ = try layer(x)
        try fillUnevenly(layer)
        let reference = try SlowRecurrence(layer)
        let h = (0..<3).reduce([0.0, 0, 0]) { reference.simple(x.values[$1 * 2..<$1 * 2 + 2].map(Double.init), $0) }
        #expect(agree(try layer(x), h))
    }

    @Test func aPlanTakesSequencesOfAnyLength() throws {
        let layer = SimpleRNN(3, sequence: SequenceSettings(returnsSequences: true))
        _ = try layer(sample([1, 2, 2]))
        let store = try #require(layer.variables.first).store
        let plan = try Plan(tracing: [TensorSpec([nil, nil, 2])], in: store) { try layer(Tensors($0)).array }
        for steps in 1...4 {
            let x = sample([2, steps, 2])
            let found = try plan.run([x], on: store.lease())[0]
            let expected = try layer(x)
            #expect(found.shape == expected.shape)
            #expect(zip(found.values, expected.values).allSatisfy { Swift.abs($0 - $1) < 1e-6 })
        }
    }
}
