import Formats
import Layers
import LayersTestSupport
import TensorCore
import TestSupport
import Testing

/// What holds of every layer that a model's JSON can name.
struct LayerCatalogTests {
    static let trials = coreTrials + spatialTrials + sequenceTrials + mergingTrials

    @Test(arguments: trials)
    func everyLayerKeepsItsPromises(trial: LayerTrial) throws {
        #expect(try trial.flaw() == nil)
    }

    @Test func noLayerGoesUntried() {
        let tried = Set(LayerCatalogTests.trials.map(\.className))
        // An input layer stands only in models, where it is tried.
        #expect(LayerCatalog.classNames.filter { !tried.contains($0) } == ["InputLayer"])
    }

    @Test func everyActivationRegularizerAndConstraintGoesThroughJSON() throws {
        for initializer in InitializerCatalog.names {
            let json = try withFreshNames {
                try LayerCatalog.layer(
                    ["class_name": "Dense", "config": ["units": 3, "kernel_initializer": .string(initializer)]],
                    path: "layer"
                ).configuration()
            }
            let again = try withFreshNames { try LayerCatalog.layer(json, path: "layer").configuration() }
            #expect(again == json, "\(initializer)")
        }
        for regularizer in RegularizerCatalog.names {
            let json: JSONValue = ["class_name": .string(regularizer)]
            #expect(throws: Never.self) { try RegularizerCatalog.make(json, path: "regularizer") }
        }
        for constraint in ConstraintCatalog.names {
            let json: JSONValue = ["class_name": .string(constraint)]
            #expect(throws: Never.self) { try ConstraintCatalog.make(json, path: "constraint") }
        }
    }

    /// A Keras refuses settings that it does not know.
    @Test func eachKerasGetsTheSettingsThatItKnows() throws {
        func keys(_ layer: Layer, _ dialect: KerasDialect) throws -> Set<String> {
            Set(try layer.configuration(dialect)["config"]?.object?.keys ?? [])
        }
        let layers: [(Layer, two: Set<String>, three: Set<String>)] = [
            (LSTM(2), ["implementation", "time_major"], ["seed", "zero_output_for_mask"]),
            (SimpleRNN(2), ["time_major"], ["seed", "zero_output_for_mask"]), (SimpleRNNCell(2), [], ["seed"]),
            (GRUCell(2), ["implementation"], ["seed"]), (Attention(), [], ["seed"]),
            (MultiHeadAttention(heads: 1, keySize: 1), [], ["seed"]),
        ]
        for (layer, two, three) in layers {
            let (older, newer) = (try keys(layer, .keras2), try keys(layer, .keras3))
            #expect(older.subtracting(newer) == two && newer.subtracting(older) == three, "\(layer)")
        }
    }

    @Test(arguments: [
        ("LSTM", #"{}"#, "LSTM needs layer.config.units"),
        ("LSTM", #"{"units": 0}"#, "layer.config.units must be at least 1"),
        ("LSTM", #"{"units": 2, "dropout": 1.5}"#, "layer.config.dropout must be from 0 to 1"),
        ("GRU", #"{"units": 2, "reset_before": true}"#, "layer.config.reset_before: GRU has no such setting"),
        ("RNN", #"{}"#, "RNN needs layer.config.cell"),
        ("RNN", #"{"cell": {"class_name": "Dense", "config": {"units": 1}}}"#, "must be a recurrent cell"),
        ("StackedRNNCells", #"{"cells": []}"#, "at least one cell"),
        ("Bidirectional", #"{"layer": {"class_name": "Dense", "config": {"units": 1}}}"#, "must be a recurrent layer"),
        (
            "Bidirectional",
            #"{"layer": {"class_name": "LSTM", "config": {"units": 1}}, "merge_mode": "max"}"#,
            "layer.config.merge_mode must be one of 'concat', 'sum', 'mul', 'ave'"
        ),
        (
            "Bidirectional",
            #"{"layer": {"class_name": "LSTM", "config": {"units": 1}}, "backward_layer": {"class_name": "LSTM", "config": {"units": 1}}}"#,
            "go in the same direction"
        ),
        ("TimeDistributed", #"{}"#, "TimeDistributed needs layer.config.layer"),
        ("MultiHeadAttention", #"{"num_heads": 2}"#, "MultiHeadAttention needs layer.config.key_dim"),
        ("MultiHeadAttention", #"{"num_heads": 2, "key_dim": 2, "output_shape": []}"#, "whole numbers of at least 1"),
        (
            "GroupQueryAttention", #"{"head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 2}"#,
            "must be a multiple of num_key_value_heads"
        ),
        ("Attention", #"{"score_mode": "cosine"}"#, "layer.config.score_mode must be one of 'dot', 'concat'"),
    ])
    func saysWhatIsWrongAndWhere(name: String, config: String, phrase: String) throws {
        let json = try JSONValue(parsing: config)
        #expect(
            performing: {
                try withFreshNames {
                    try LayerCatalog.layer(["class_name": .string(name), "config": json], path: "layer")
                }
            },
            throws: { "\($0)".contains(phrase) })
    }
}

private func indices(_ shape: Shape) -> Tensor {
    Tensor(shape, (0..<shape.elementCount).map { Int32($0 * 3 % 5) })
}

/// A setting that names an inner layer.
private func layer(_ className: String, _ config: JSONValue) -> JSONValue {
    ["class_name": .string(className), "config": config]
}

private let sequences = sample([2, 3, 4])
private let images = sample([2, 4, 5, 2])
private let volumes = sample([2, 3, 4, 3, 1])

private let coreTrials: [LayerTrial] = [
    LayerTrial("Activation", ["activation": "softplus"], sequences),
    LayerTrial("ActivityRegularization", ["l1": 0.1, "l2": 0.2], sequences),
    LayerTrial("AlphaDropout", ["rate": 0.3], sequences),
    LayerTrial("BatchNormalization", ["epsilon": 0.01], images),
    LayerTrial("BatchNormalization", ["axis": 1, "scale": false], sequences),
    LayerTrial("Dense", ["units": 3, "activation": "tanh"], sequences),
    LayerTrial(
        "Dense",
        [
            "units": 2, "kernel_regularizer": ["class_name": "L2", "config": ["l2": 0.1]],
            "bias_constraint": ["class_name": "NonNeg", "config": [:]], "use_bias": true,
        ], sample([2, 3])),
    LayerTrial("Dropout", ["rate": 0.3, "noise_shape": [nil, 1, 4], "seed": 3], sequences),
    LayerTrial("ELU", ["alpha": 0.5], sequences),
    LayerTrial("Embedding", ["input_dim": 5, "output_dim": 3], indices([2, 3])),
    LayerTrial("Flatten", [:], images),
    LayerTrial("Flatten", ["data_format": "channels_first"], images),
    LayerTrial("GaussianDropout", ["rate": 0.3], sequences),
    LayerTrial("GaussianNoise", ["stddev": 0.3], sequences),
    LayerTrial("GroupNormalization", ["groups": 2], sequences),
    LayerTrial("GroupNormalization", ["groups": -1, "axis": 1], sequences),
    LayerTrial("Identity", [:], sequences),
    LayerTrial("LayerNormalization", ["axis": [1, 2]], sequences),
    LayerTrial("LeakyReLU", ["negative_slope": 0.1], sequences),
    LayerTrial("Masking", ["mask_value": 0.5], sequences),
    LayerTrial("Normalization", ["mean": [1, 2, 3, 4], "variance": [1, 4, 9, 16]], sequences),
    LayerTrial("PReLU", ["shared_axes": [1]], sequences),
    LayerTrial("Permute", ["dims": [2, 1]], sequences),
    LayerTrial("RMSNormalization", [:], sequences),
    LayerTrial("ReLU", ["max_value": 0.5, "negative_slope": 0.1, "threshold": 0.1], sequences),
    LayerTrial("RepeatVector", ["n": 3], sample([2, 4])),
    LayerTrial("Rescaling", ["scale": 0.5, "offset": 1.5], sequences),
    LayerTrial("Reshape", ["target_shape": [6, -1]], sequences),
    LayerTrial("Softmax", ["axis": 1], sequences),
    LayerTrial("Softmax", ["axis": [1, 2]], sequences),
    LayerTrial("SpatialDropout1D", ["rate": 0.3], sequences),
    LayerTrial("SpatialDropout2D", ["rate": 0.3], images),
    LayerTrial("SpatialDropout3D", ["rate": 0.3], volumes),
    LayerTrial("ThresholdedReLU", ["theta": 0.2], sequences),
    LayerTrial("UnitNormalization", [:], sequences),
]

private let spatialTrials: [LayerTrial] = [
    LayerTrial("AveragePooling1D", ["pool_size": 2, "padding": "same"], sequences),
    LayerTrial("AveragePooling2D", ["pool_size": [2, 3], "strides": 1], images),
    LayerTrial("AveragePooling3D", ["pool_size": 2], volumes),
    LayerTrial("Conv1D", ["filters": 3, "kernel_size": 2, "padding": "causal"], sequences),
    LayerTrial("Conv1D", ["filters": 2, "kernel_size": 2, "groups": 2, "dilation_rate": 2], sequences),
    LayerTrial("Conv1DTranspose", ["filters": 2, "kernel_size": 3, "strides": 2], sequences),
    LayerTrial("Conv2D", ["filters": 2, "kernel_size": 3, "padding": "same", "strides": 2], images),
    LayerTrial("Conv2D", ["filters": 2, "kernel_size": 2, "data_format": "channels_first"], images),
    LayerTrial("Conv2DTranspose", ["filters": 1, "kernel_size": [2, 3], "strides": 2, "padding": "same"], images),
    LayerTrial("Conv3D", ["filters": 2, "kernel_size": 2], volumes),
    LayerTrial("Conv3DTranspose", ["filters": 2, "kernel_size": 2], sample([1, 2, 2, 2, 1])),
    LayerTrial("Cropping1D", ["cropping": [1, 0]], sequences),
    LayerTrial("Cropping2D", ["cropping": [[1, 0], [1, 1]]], images),
    LayerTrial("Cropping3D", ["cropping": 1], sample([2, 3, 4, 3, 2])),
    LayerTrial("DepthwiseConv1D", ["kernel_size": 2, "depth_multiplier": 2], sequences),
    LayerTrial("DepthwiseConv2D", ["kernel_size": 3, "padding": "same"], images),
    LayerTrial("GlobalAveragePooling1D", ["keepdims": true], sequences),
    LayerTrial("GlobalAveragePooling2D", ["data_format": "channels_first"], images),
    LayerTrial("GlobalAveragePooling3D", [:], volumes),
    LayerTrial("GlobalMaxPooling1D", [:], sequences),
    LayerTrial("GlobalMaxPooling2D", ["keepdims": true], images),
    LayerTrial("GlobalMaxPooling3D", [:], sample([2, 2, 2, 2, 1])),
    LayerTrial("MaxPooling1D", ["pool_size": 2, "strides": 1], sequences),
    LayerTrial("MaxPooling2D", ["pool_size": 2, "padding": "same"], images),
    LayerTrial("MaxPooling3D", ["pool_size": 2], sample([1, 2, 4, 3, 1])),
    LayerTrial("SeparableConv1D", ["filters": 2, "kernel_size": 2, "depth_multiplier": 2], sequences),
    LayerTrial("SeparableConv2D", ["filters": 2, "kernel_size": 2, "strides": 2], images),
    LayerTrial("UpSampling1D", ["size": 2], sequences),
    LayerTrial("UpSampling2D", ["size": [2, 1], "interpolation": "bilinear"], images),
    LayerTrial("UpSampling3D", ["size": 2], sample([1, 2, 2, 1, 2])),
    LayerTrial("ZeroPadding1D", ["padding": 2], sequences),
    LayerTrial("ZeroPadding2D", ["padding": [1, 2], "data_format": "channels_first"], images),
    LayerTrial("ZeroPadding3D", ["padding": [[1, 0], [0, 2], [1, 1]]], volumes),
]

private let sequenceTrials: [LayerTrial] = [
    LayerTrial("AdditiveAttention", [:], sequences, sample([2, 5, 4])),
    LayerTrial("Attention", ["use_scale": true, "score_mode": "concat"], sequences, sample([2, 5, 4])),
    LayerTrial("Attention", [:], sequences, sample([2, 5, 4]), sample([2, 5, 4], scale: 0.5)),
    LayerTrial("Bidirectional", ["layer": layer("LSTM", ["units": 2, "return_sequences": true])], sequences),
    LayerTrial(
        "Bidirectional", ["layer": layer("GRU", ["units": 2, "return_state": true]), "merge_mode": nil], sequences),
    LayerTrial(
        "Bidirectional",
        [
            "layer": layer("GRU", ["units": 2]), "merge_mode": "concat",
            "backward_layer": layer("SimpleRNN", ["units": 2, "go_backwards": true]),
        ], sequences),
    LayerTrial(
        "ConvLSTM1D", ["filters": 2, "kernel_size": 2, "return_sequences": true, "recurrent_activation": "sigmoid"],
        sample([2, 3, 4, 2])),
    LayerTrial(
        "ConvLSTM2D",
        [
            "filters": 2, "kernel_size": [2, 1], "padding": "same", "strides": 2, "recurrent_activation": "sigmoid",
            "return_state": true, "data_format": "channels_first",
        ], sample([2, 2, 2, 3, 3])),
    LayerTrial(
        "ConvLSTM3D", ["filters": 1, "kernel_size": 1, "recurrent_activation": "sigmoid", "go_backwards": true],
        sample([1, 2, 2, 1, 2, 1])),
    LayerTrial("GRU", ["units": 2, "activation": "softsign", "return_sequences": true], sequences),
    LayerTrial("GRU", ["units": 2, "reset_after": false, "recurrent_activation": "hard_sigmoid"], sequences),
    LayerTrial("GRUCell", ["units": 3], sample([2, 4]), sample([2, 3])),
    LayerTrial(
        "GroupQueryAttention", ["head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2], sequences,
        sample([2, 5, 3])),
    LayerTrial("LSTM", ["units": 2, "return_sequences": true, "return_state": true, "go_backwards": true], sequences),
    LayerTrial("LSTM", ["units": 2, "activation": "relu", "use_bias": false], sequences),
    LayerTrial("LSTM", ["units": 2, "time_major": true, "return_sequences": true], sequences),
    LayerTrial("LSTMCell", ["units": 3], sample([2, 4]), sample([2, 3]), sample([2, 3], scale: 0.5)),
    LayerTrial("MultiHeadAttention", ["num_heads": 2, "key_dim": 3, "value_dim": 2], sequences, sample([2, 5, 3])),
    LayerTrial(
        "MultiHeadAttention",
        ["num_heads": 2, "key_dim": 2, "attention_axes": [2], "output_shape": [2, 3], "use_bias": false],
        sample([2, 2, 3, 2])),
    LayerTrial(
        "RNN",
        [
            "cell": layer(
                "StackedRNNCells",
                ["cells": [layer("LSTMCell", ["units": 2]), layer("LSTMCell", ["units": 3])]]),
            "return_sequences": true,
        ], sequences),
    LayerTrial("SimpleRNN", ["units": 3, "return_state": true], sequences),
    LayerTrial("SimpleRNNCell", ["units": 3, "use_bias": false], sample([2, 4]), sample([2, 3])),
    LayerTrial(
        "StackedRNNCells", ["cells": [layer("SimpleRNNCell", ["units": 2]), layer("GRUCell", ["units": 3])]],
        sample([2, 4]), sample([2, 2]), sample([2, 3])),
    LayerTrial("TimeDistributed", ["layer": layer("Dense", ["units": 3, "activation": "tanh"])], sequences),
    LayerTrial("TimeDistributed", ["layer": layer("LSTM", ["units": 2])], images),
]

private let mergingTrials: [LayerTrial] = [
    LayerTrial("Add", [:], sequences, sample([2, 4], scale: 0.5), sequences),
    LayerTrial("Average", [:], sequences, sample([2, 3, 1], scale: 0.5)),
    LayerTrial("Concatenate", ["axis": 1], sequences, sample([2, 1, 4])),
    LayerTrial("Dot", ["axes": [2, 1], "normalize": true], sequences, sample([2, 4, 2])),
    LayerTrial("Maximum", [:], sequences, sample([2, 3, 4], scale: 0.5)),
    LayerTrial("Minimum", [:], sequences, sample([2, 3, 4], scale: 0.5)),
    LayerTrial("Multiply", [:], sequences, sample([2, 3, 4], scale: 0.5)),
    LayerTrial("Subtract", [:], sequences, sample([2, 3, 4], scale: 0.5)),
]
