import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct BidirectionalTests {
    private let x = sample([2, 3, 2])

    @Test func putsBothDirectionsTogether() throws {
        for mode in [Bidirectional.MergeMode.concat, .sum, .mul, .ave, nil] {
            let layer = try Bidirectional(LSTM(2, sequence: SequenceSettings(returnsSequences: true)), mergeMode: mode)
            _ = try layer(Tensors(x))
            try fillUnevenly(layer)
            let there = try layer.forward(x)
            let back = try reverse(layer.backward(x), axes: [1])
            let found = try layer(Tensors(x)).array
            let expected: [Tensor] =
                switch mode {
                case .concat: [try concatenate([there, back], axis: 2)]
                case .sum: [try there + back]
                case .mul: [try there * back]
                case .ave: [try (there + back) / 2]
                case nil: [there, back]
                }
            #expect(found.map(\.values) == expected.map(\.values))
        }
    }

    @Test func statesOfBothFollow() throws {
        let layer = try Bidirectional(LSTM(2, sequence: SequenceSettings(returnsState: true)))
        let results = try layer(Tensors(x)).array
        #expect(results.map(\.shape) == [[2, 4], [2, 2], [2, 2], [2, 2], [2, 2]])
        let again = try layer(Tensors(x), CallOptions(initialState: Array(results.dropFirst()))).array
        #expect(again[0].values != results[0].values)
        #expect(
            performing: { try layer(Tensors(x), CallOptions(initialState: [results[1]])) },
            throws: key(.value, "for both directions"))
    }

    @Test func namesTheDirectionsAfterTheLayer() throws {
        try withFreshNames {
            let layer = try Bidirectional(GRU(2, name: "inner"), name: "both")
            _ = try layer(x)
            #expect(
                layer.variableNames
                    == ["forward_inner", "backward_inner"].flatMap { side in
                        ["kernel", "recurrent_kernel", "bias"].map { "both/\(side)/\($0):0" }
                    })
        }
    }

    @Test func statesStayBetweenCalls() throws {
        let layer = try Bidirectional(GRU(2, sequence: SequenceSettings(isStateful: true)))
        let first = try layer(x)
        #expect(try layer(x).values != first.values)
        try layer.resetStates()
        #expect(try layer(x).values == first.values)
    }
}
