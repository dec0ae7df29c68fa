import Formats
import Layers
import LayersTestSupport
import TensorCore
import TestSupport
import Testing

/// The names of a cell's variables: those of its layer in networks of TensorFlow 1.8, in a scope of the cell's in models from JSON.
struct RecurrentNamesTests {
    private let config: JSONValue = ["class_name": "LSTM", "config": ["units": 2, "use_bias": false]]
    private let x = sample([1, 2, 3])

    @Test func inANetworkTheCellHasNoScope() throws {
        try withFreshNames {
            let net = try Sequential([LayerCatalog.layer(config, path: "layer")], name: "net")
            _ = try net(x)
            #expect(net.variableNames == ["net/lstm/kernel:0", "net/lstm/recurrent_kernel:0"])
        }
    }

    @Test func inAModelFromJSONItHasOne() throws {
        try withFreshNames {
            let net = try Network.model(
                kerasJSON: ["class_name": "Sequential", "config": ["name": "net", "layers": [config]]])
            _ = try net(x)
            let expected = ["net/lstm/lstm_cell/kernel:0", "net/lstm/lstm_cell/recurrent_kernel:0"]
            #expect(net.variableNames == expected)
            #expect(try net.copy().variableNames == expected)
        }
    }

    @Test func aLayerByItselfGoesByWhereItCameFrom() throws {
        try withFreshNames {
            let (own, read) = (LSTM(2, usesBias: false, name: "own"), try LayerCatalog.layer(config, path: "layer"))
            _ = try own(x)
            _ = try read(x)
            #expect(own.variableNames == ["own/kernel:0", "own/recurrent_kernel:0"])
            #expect(read.variableNames.allSatisfy { $0.hasPrefix("lstm/lstm_cell/") })
        }
    }
}
