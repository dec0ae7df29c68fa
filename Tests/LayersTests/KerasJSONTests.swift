import Formats
import LayersTestSupport
import TensorCore
import TestSupport
import Testing

@testable import Layers

struct KerasJSONTests {
    func sequential(_ layers: JSONValue) throws -> Sequential {
        try withFreshNames { try Sequential(config: ["layers": layers], path: "config", name: "net") }
    }

    @Test func namesLayersAsANetworkDoesUnlessTheJSONNamesThem() throws {
        let net = try sequential([
            ["class_name": "Dense", "config": ["units": 2]],
            ["class_name": "Dense", "config": ["units": 2, "name": "middle"]],
            ["class_name": "Dense", "config": ["units": 2]],
        ])
        #expect(try net.layers.map { try $0.name } == ["dense", "middle", "dense_1"])
    }

    @Test func readsWhatKeras2And3Write() throws {
        let net = try sequential([
            [
                "class_name": "InputLayer",
                "config": ["batch_input_shape": [nil, 8], "dtype": "float32", "sparse": false],
            ],
            [
                "module": "keras.layers", "class_name": "Dense", "registered_name": nil,
                "build_config": ["input_shape": [nil, 8]],
                "config": [
                    "name": "dense", "trainable": true, "units": 3, "activation": "relu", "use_bias": true,
                    "dtype": ["module": "keras", "class_name": "DTypePolicy", "config": ["name": "float32"]],
                    "kernel_initializer": [
                        "module": "keras.initializers", "class_name": "GlorotUniform", "config": ["seed": nil],
                    ],
                    "bias_initializer": ["class_name": "Zeros", "config": [:]],
                    "kernel_regularizer": nil, "bias_constraint": nil,
                ],
            ],
        ])
        #expect(net.declaredInputShape == [8])
        #expect((net.layers[0] as? Dense)?.units == 3)
        #expect((net.layers[0] as? Dense)?.activation?.name == "relu")
    }

    @Test(arguments: [
        (#"[{"class_name": "Dense", "config": {}}]"#, "Dense needs config.layers[0].config.units"),
        (
            #"[{"class_name": "Dense", "config": {"units": "four"}}]"#,
            "config.layers[0].config.units must be a whole number"
        ),
        (#"[{"class_name": "Dense", "config": {"units": 2.5}}]"#, "must be a whole number"),
        (#"[{"class_name": "Dense", "config": {"units": 2, "unit": 3}}]"#, "Dense has no such setting"),
        (#"[{"class_name": "Dance", "config": {}}]"#, "there is no layer class 'Dance'"),
        (#"[{"config": {}}]"#, "class_name must be the name of a layer class"),
        (#"[{"class_name": "Dense", "config": []}]"#, "config must be an object"),
        (#"[{"class_name": "Dense", "config": {"units": 2, "activation": "rely"}}]"#, "there is no activation 'rely'"),
        (#"[{"class_name": "Dense", "config": {"units": 2, "dtype": "float31"}}]"#, "there is no dtype 'float31'"),
        (#"[{"class_name": "Dense", "config": {"units": 2, "input_shape": [-8]}}]"#, "each a whole number or null"),
        (
            #"[{"class_name": "Dense", "config": {"units": 2, "kernel_initializer": {"class_name": "Glory"}}}]"#,
            "no initializer"
        ),
        (
            #"[{"class_name": "Dense", "config": {"units": 1}}, {"class_name": "InputLayer", "config": {}}]"#,
            "can only come first"
        ),
        ("[]", "holds no layer"), ("{}", "must be an array of layers"),
    ])
    func saysWhatIsWrongAndWhere(layers: String, phrase: String) throws {
        let json = try JSONValue(parsing: layers)
        #expect {
            try sequential(json)
        } throws: { error in
            "\(error)".contains(phrase)
        }
    }
}
