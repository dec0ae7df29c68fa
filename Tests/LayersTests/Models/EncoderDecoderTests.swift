import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// States that go from one recurrent layer of a model to another, as either Keras writes it.
struct EncoderDecoderTests {
    private func input(_ name: String) -> JSONValue {
        [
            "class_name": "InputLayer", "name": .string(name), "inbound_nodes": [],
            "config": ["name": .string(name), "batch_input_shape": [nil, nil, 2]],
        ]
    }

    private func lstm(_ name: String, _ settings: JSONObject, _ nodes: JSONValue) -> JSONValue {
        var config = settings
        config["name"] = .string(name)
        config["units"] = 3
        return [
            "class_name": "LSTM", "name": .string(name), "config": .object(config), "inbound_nodes": nodes,
        ]
    }

    private func tensor(_ name: String, _ output: Int = 0) -> JSONValue {
        [
            "class_name": "__keras_tensor__",
            "config": ["shape": [nil, 3], "dtype": "float32", "keras_history": [.string(name), 0, .integer(output)]],
        ]
    }

    private func model(_ encoder: JSONValue, _ decoder: JSONValue) throws -> Network {
        try withFreshNames {
            try Network.model(kerasJSON: [
                "class_name": "Functional",
                "config": [
                    "name": "translator",
                    "layers": [
                        input("source"), input("target"),
                        lstm("encoder", JSONObject([("return_state", true)]), encoder),
                        lstm("decoder", JSONObject([("return_sequences", true)]), decoder),
                    ],
                    "input_layers": [["source", 0, 0], ["target", 0, 0]], "output_layers": [["decoder", 0, 0]],
                ],
            ])
        }
    }

    private func models() throws -> [Network] {
        [
            // Keras 2: further inputs; and as an argument of that name.
            try model(
                [[["source", 0, 0, [:]]]],
                [[["target", 0, 0, [:]], ["encoder", 0, 1, [:]], ["encoder", 0, 2, [:]]]]),
            try model(
                [[["source", 0, 0, [:]]]],
                [[["target", 0, 0, ["initial_state": [["encoder", 0, 1], ["encoder", 0, 2]]]]]]),
            try model(
                [["args": [tensor("source")], "kwargs": ["training": false, "mask": nil]]],
                [
                    [
                        "args": [tensor("target")],
                        "kwargs": ["initial_state": [tensor("encoder", 1), tensor("encoder", 2)]],
                    ]
                ]),
        ]
    }

    @Test func theDecoderBeginsWhereTheEncoderEnded() throws {
        let (source, target) = (sample([2, 4, 2]), sample([2, 3, 2], scale: 0.5))
        for model in try models() {
            #expect(model.outputPorts == [Port(name: "decoder", spec: TensorSpec([nil, nil, 3]))])
            _ = try model([source, target])
            try fillUnevenly(model)
            let found = try model([source, target])[0]
            let (encoder, decoder) = (try model.getLayer(name: "encoder"), try model.getLayer(name: "decoder"))
            let states = try encoder(Tensors(source)).array.dropFirst()
            let expected = try decoder(Tensors(target), CallOptions(initialState: Array(states)))[0]
            #expect(found.values == expected.values)
            let store = try #require(model.variables.first).store
            let specs = [TensorSpec([nil, nil, 2]), TensorSpec([nil, nil, 2])]
            let plan = try Plan(tracing: specs, in: store) { try model(Tensors($0)).array }
            #expect(agree(try plan.run([source, target], on: store.lease())[0], found.values.map(Double.init)))
        }
    }

    @Test func writtenBackItIsTheSame() throws {
        let inputs: Tensors = [sample([2, 4, 2]), sample([2, 3, 2], scale: 0.5)]
        for model in try models() {
            _ = try model(inputs)
            for dialect in KerasDialect.allCases {
                let twin = try withFreshNames { try Network.model(kerasJSON: model.kerasJSON(dialect)) }
                _ = try twin(inputs)
                for (one, other) in zip(twin.variables, model.variables) { try one.assign(other.value) }
                #expect(try twin(inputs)[0].values == model(inputs)[0].values)
            }
        }
    }

    @Test func aSharedRecurrentLayerHasOneSetOfWeights() throws {
        let model = try withFreshNames {
            try Functional { model in
                let (left, right) = (try model.input([3, 2], name: "left"), try model.input([5, 2], name: "right"))
                let shared = try Bidirectional(GRU(2))
                return [
                    try model.call(
                        Subtract(), on: [model.call(shared, on: left), model.call(shared, on: right)])
                ]
            }
        }
        let x = sample([2, 3, 2])
        let difference = try model([x, concatenate([x, Tensor.zeros([2, 2, 2])], axis: 1)])[0]
        #expect(difference.shape == [2, 4] && model.variables.count == 6)
        let json = try model.kerasJSON()
        let twin = try withFreshNames { try Network.model(kerasJSON: json) }
        #expect(try twin.kerasJSON() == json)
    }
}
