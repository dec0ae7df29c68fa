import Formats
import TensorCore
import TestSupport
import Testing

@testable import Operators

/// The cases that real TensorFlow computed, at the level of operators: results and gradients, in single and in double precision.
struct GoldenOperatorTests {
    @Test(arguments: ["layers_conv", "layers_pool", "layers_norm", "layers_rnn"])
    func isMet(group: String) throws {
        let goldens = try GoldenFile(group)
        var ran = 0
        for example in goldens.cases {
            let id = example["id"]?.string ?? "?"
            guard let body = try operatorBody(of: example) else { continue }
            ran += 1
            let error = example["float32_max_abs_error"]?.double ?? 0
            try check(goldens, example, id, as: .float32, absolute: 8 * error, relative: 1e-5, body)
            if example["float64"] != nil {
                try check(goldens, example, id, as: .float64, absolute: 1e-12, relative: 1e-9, body)
            }
        }
        #expect(ran >= ["layers_conv": 62, "layers_pool": 45, "layers_norm": 20, "layers_rnn": 12][group] ?? 1)
    }

    typealias Body = (_ inputs: [Tensor], _ variables: [Tensor], _ goldens: GoldenFile) throws -> [Tensor]

    private func check(
        _ goldens: GoldenFile, _ example: JSONValue, _ id: String, as dtype: DType, absolute: Double, relative: Double,
        _ body: Body
    ) throws {
        func tensor(_ name: String) throws -> Tensor { try goldens.tensor(name, as: dtype) }
        let inputs = try (example["inputs"]?.array ?? []).map { try tensor($0.string ?? "") }
        let variables = try (example["variables"]?.array ?? []).map { try tensor($0["tensor"]?.string ?? "") }
        let tape = GradientTape()
        for source in inputs + variables { tape.watch(source) }
        let outputs = try tape.record { try body(inputs, variables, goldens) }
        let weights = try (example["loss_weights"]?.array ?? []).map { try tensor($0.string ?? "") }
        let found = try tape.gradient(
            of: outputs, withRespectTo: inputs + variables, outputGradients: weights.map { $0 })

        let exact = example["float64"] ?? example
        func compare(_ name: JSONValue?, _ found: Tensor?, _ what: String) throws {
            guard let name = name?.string, let found else { return }
            let expected = numbers(try goldens.tensor(name, as: .float64))
            let close = zip(numbers(found), expected).allSatisfy {
                abs($0 - $1) <= absolute + relative * max(1, abs($1))
            }
            #expect(close && found.elementCount == expected.count, "\(id) \(dtype): \(what)")
        }
        for (index, output) in outputs.enumerated() {
            try compare(exact["outputs"]?.array?[index], output, "output \(index)")
        }
        for gradient in exact["input_grads"]?.array ?? [] {
            let index = gradient["input"]?.integer ?? 0
            try compare(gradient["tensor"], found[index], "gradient of input \(index)")
        }
        for gradient in exact["variable_grads"]?.array ?? [] {
            guard let index = example["variables"]?.array?.firstIndex(where: { $0["name"] == gradient["name"] }) else {
                continue
            }
            try compare(
                gradient["tensor"], found[inputs.count + index], "gradient of \(gradient["name"]?.string ?? "")")
        }
    }

    /// The case as a function of operators; nil for layers that belong to other floors.
    private func operatorBody(of example: JSONValue) throws -> Body? {
        let settings = Settings(example)
        switch settings.layer {
        case "Conv1D", "Conv2D", "Conv3D":
            return { x, w, _ in
                let padding =
                    settings.text("padding") == "causal"
                    ? WindowPadding.causal(kernel: w[0].shape[0], dilation: settings.list("dilation_rate")[0])
                    : settings.padding
                return [
                    try settings.activated(
                        convolution(
                            x[0], w[0], bias: w.count > 1 ? w[1] : nil, strides: settings.list("strides"),
                            padding: padding, dilations: settings.list("dilation_rate"), dataFormat: settings.format,
                            groups: settings.number("groups") ?? 1))
                ]
            }
        case "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose":
            return { x, w, _ in
                var y = try transposedConvolution(
                    x[0], w[0], strides: settings.list("strides"), padding: settings.padding,
                    dataFormat: settings.format)
                if w.count > 1 {
                    let ones = Array(repeating: 1, count: x[0].rank - 2)
                    y = try y + (settings.format == .channelsLast ? w[1] : reshape(w[1], [-1] + ones))
                }
                return [try settings.activated(y)]
            }
        case "SeparableConv1D", "SeparableConv2D":
            return { x, w, _ in
                [
                    try settings.activated(
                        separableConvolution(
                            x[0], depthwise: w[0], pointwise: w[1], bias: w.count > 2 ? w[2] : nil,
                            strides: settings.list("strides"), padding: settings.padding,
                            dilations: settings.list("dilation_rate"), dataFormat: settings.format))
                ]
            }
        case "DepthwiseConv2D":
            return { x, w, _ in
                [
                    try depthwiseConvolution(
                        x[0], w[0], bias: w[1], strides: settings.list("strides"), padding: settings.padding)
                ]
            }
        case let layer where layer.hasSuffix("1D") || layer.hasSuffix("2D") || layer.hasSuffix("3D"):
            return poolingBody(settings)
        case "BatchNormalization", "LayerNormalization", "GroupNormalization":
            return normalizationBody(settings, example)
        case "LSTM", "GRU":
            return recurrentBody(settings, example)
        default:
            return nil
        }
    }

    private func poolingBody(_ settings: Settings) -> Body? {
        let pool = settings.layer.contains("Max") ? maxPooling : averagePooling
        guard settings.layer.contains("Pooling") else { return nil }
        if settings.layer.hasPrefix("Global") {
            // A window over everything there is.
            return { x, _, _ in
                let spatial = Array(x[0].shape.extents[1..<x[0].rank - 1])
                let y = try pool(x[0], spatial, nil, .valid, nil, .channelsLast)
                return [try reshape(y, [x[0].shape[0], x[0].shape[x[0].rank - 1]])]
            }
        }
        return { x, _, _ in
            [
                try pool(
                    x[0], settings.list("pool_size"), settings.list("strides"), settings.padding, nil, settings.format)
            ]
        }
    }

    private func normalizationBody(_ settings: Settings, _ example: JSONValue) -> Body? {
        guard example["config"]?["renorm"]?.bool != true else { return nil }
        let names = (example["variables"]?.array ?? []).map { $0["name"]?.string ?? "" }
        let epsilon = example["resolved_config"]?["epsilon"]?.double ?? 1e-3
        return { x, w, _ in
            func variable(_ name: String) -> Tensor? {
                names.firstIndex { $0.hasSuffix("/\(name):0") }.map { w[$0] }
            }
            let (gamma, beta) = (variable("gamma"), variable("beta"))
            let axes = settings.list("axis")
            switch settings.layer {
            case "GroupNormalization":
                return [
                    try groupNormalization(
                        x[0], groups: settings.number("groups") ?? 1, gamma: gamma, beta: beta, epsilon: epsilon)
                ]
            case "LayerNormalization":
                return [try layerNormalization(x[0], gamma: gamma, beta: beta, axes: axes.count, epsilon: epsilon)]
            default:
                if example["training"]?.bool == true {
                    return [try batchNormalization(x[0], gamma: gamma, beta: beta, axis: axes[0], epsilon: epsilon).y]
                }
                return [
                    try batchNormalization(
                        x[0], mean: #require(variable("moving_mean")), variance: #require(variable("moving_variance")),
                        gamma: gamma, beta: beta, axis: axes[0], epsilon: epsilon)
                ]
            }
        }
    }

    private func recurrentBody(_ settings: Settings, _ example: JSONValue) -> Body? {
        guard let activation = OutputActivation(rawValue: settings.text("activation")),
            let gate = OutputActivation(rawValue: settings.text("recurrent_activation"))
        else { return nil }
        let mask = example["call_kwargs"]?["mask"]?["tensor"]?.string
        let initial = example["call_kwargs"]?["initial_state"]?["tensors"]?.array?.compactMap(\.string) ?? []
        let backwards = settings.flag("go_backwards")
        return { x, w, goldens in
            let mask = try mask.map { try goldens.mask($0) }
            let bias = w.count > 2 ? w[2] : nil
            let states = try initial.map { try goldens.tensor($0, as: x[0].dtype) }
            let result: RecurrentResult
            if settings.layer == "LSTM" {
                result = try lstm(
                    x[0], kernel: w[0], recurrent: w[1], bias: bias,
                    states: states.count > 1 ? (states[0], states[1]) : nil,
                    mask: mask, goesBackwards: backwards, activation: activation, recurrentActivation: gate)
            } else {
                result = try gru(
                    x[0], kernel: w[0], recurrent: w[1], bias: bias, state: states.first, mask: mask,
                    resetsAfter: settings.flag("reset_after"), goesBackwards: backwards, activation: activation,
                    recurrentActivation: gate)
            }
            let last = x[0].shape[1] - 1
            let outputs =
                settings.flag("return_sequences")
                ? result.outputs : try gather(result.outputs, Tensor([], [Int32(last)]), axis: 1)
            return [outputs] + (settings.flag("return_state") ? result.states : [])
        }
    }
}

/// What a case was configured with.
private struct Settings {
    let layer: String
    private let config: JSONValue?

    init(_ example: JSONValue) {
        layer = example["layer"]?.string ?? ""
        config = example["resolved_config"]
    }

    func text(_ key: String) -> String { config?[key]?.string ?? "" }
    func flag(_ key: String) -> Bool { config?[key]?.bool ?? false }
    func number(_ key: String) -> Int? { config?[key]?.integer }
    func list(_ key: String) -> [Int] {
        config?[key]?.array?.compactMap(\.integer) ?? config?[key]?.integer.map { [$0] } ?? []
    }
    var padding: WindowPadding { text("padding") == "same" ? .same : .valid }
    var format: DataFormat { DataFormat(rawValue: text("data_format")) ?? .channelsLast }

    func activated(_ x: Tensor) throws -> Tensor {
        switch text("activation") {
        case "relu": try relu(x)
        case "elu": try elu(x)
        default: x
        }
    }
}

/// A manifest and the tensors beside it.
struct GoldenFile {
    let cases: [JSONValue]
    private let header: JSONValue
    private let bytes: [UInt8]
    private let start: Int

    init(_ group: String) throws {
        cases = try JSONValue(parsing: Goldens.bytes(group + ".json"))["cases"]?.array ?? []
        bytes = try Goldens.bytes(group + ".safetensors")
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        header = try JSONValue(parsing: Array(bytes[8..<8 + length]))
        start = 8 + length
    }

    private func raw(_ name: String) throws -> (shape: Shape, range: Range<Int>, dtype: String) {
        let entry = try #require(header[name])
        let offsets = (entry["data_offsets"]?.array ?? []).compactMap(\.integer)
        return (
            Shape((entry["shape"]?.array ?? []).compactMap(\.integer)), start + offsets[0]..<start + offsets[1],
            entry["dtype"]?.string ?? ""
        )
    }

    /// The tensor in the given precision.
    func tensor(_ name: String, as dtype: DType) throws -> Tensor {
        let (shape, range, stored) = try raw(name)
        let isDouble = stored == "F64"
        let values = bytes.withUnsafeBytes { memory in
            (0..<shape.elementCount).map { index in
                isDouble
                    ? memory.loadUnaligned(fromByteOffset: range.lowerBound + index * 8, as: Double.self)
                    : Double(memory.loadUnaligned(fromByteOffset: range.lowerBound + index * 4, as: Float.self))
            }
        }
        return dtype == .float64 ? Tensor(shape, values) : Tensor(shape, values.map(Float.init))
    }

    /// A mask, stored as bytes.
    func mask(_ name: String) throws -> Tensor {
        let (shape, range, _) = try raw(name)
        return Tensor(shape, bytes[range].map { $0 != 0 })
    }
}
