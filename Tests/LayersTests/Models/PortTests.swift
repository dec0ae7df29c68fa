import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// What is known of a model's inputs and outputs before its first call.
struct PortTests {
    @Test func aSequentialModelKnowsWhatItGives() throws {
        try withFreshNames {
            let net = try Sequential([
                InputLayer([7], dtype: .int32), Embedding(20, 6), Bidirectional(LSTM(5)), Dense(3), Softmax(),
            ])
            #expect(net.inputPorts == [Port(name: "inputs", spec: TensorSpec([nil, 7], .int32))])
            #expect(net.outputPorts == [Port(name: "outputs", spec: TensorSpec([nil, 3]))])
            #expect(net.variables.isEmpty)
        }
    }

    @Test func aFunctionalModelNamesItsOutputs() throws {
        try withFreshNames {
            let net = try Functional { model in
                let image = try model.input([8, 8, 1], name: "image")
                let more = try model.input([4], name: "more")
                let seen = try model.call(Flatten(), on: model.call(Conv2D(2, 3, name: "conv"), on: image))
                let both = try model.call(Concatenate(name: "both"), on: [seen, more])
                return [try model.call(Dense(2, name: "score"), on: both), both]
            }
            #expect(net.inputPorts?.map(\.name) == ["image", "more"])
            #expect(
                net.outputPorts == [
                    Port(name: "score", spec: TensorSpec([nil, 2])), Port(name: "both", spec: TensorSpec([nil, 76])),
                ])
            let results = try net([sample([3, 8, 8, 1]), sample([3, 4])]).array
            #expect(results.map(\.shape) == [[3, 2], [3, 76]])
            #expect(net.treatsExamplesAlone)
        }
    }

    @Test func aNetworkOfItsOwnKindDoesNot() throws {
        try withFreshNames {
            #expect(try TwoLayerNetwork().inputPorts?.first?.spec == TensorSpec([nil, 8]))
            #expect(try TwoLayerNetwork().outputPorts == nil)
            let functions = try Sequential([InputLayer([2]), Function { try $0 * 2 }])
            #expect(functions.outputPorts == nil && !functions.treatsExamplesAlone)
        }
    }

    @Test func examplesAreNotAloneWhereTheBatchCounts() throws {
        try withFreshNames {
            let fixed = try Sequential([InputLayer(batchShape: [4, 3]), Dense(2)])
            #expect(!fixed.treatsExamplesAlone)
            let training = try Functional { model in
                [try model.call(BatchNormalization(), on: model.input([3]), training: true)]
            }
            #expect(!training.treatsExamplesAlone)
            #expect(!LSTM(2, sequence: SequenceSettings(isStateful: true)).treatsExamplesAlone)
            #expect(!GRU(2, sequence: SequenceSettings(isTimeMajor: true)).treatsExamplesAlone)
            #expect(try Bidirectional(GRU(2)).treatsExamplesAlone)
            #expect(!RNN(OwnCell()).treatsExamplesAlone)
        }
    }
}

/// A cell that says nothing of itself.
private final class OwnCell: RecurrentCell {
    override var stateShapes: [Shape] { [[1]] }
}
