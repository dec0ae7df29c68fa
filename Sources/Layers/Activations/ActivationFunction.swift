import Formats
import Operators
import TensorCore

/// A function applied to a layer's outputs, with the name it has in a model's JSON.
public struct ActivationFunction: Sendable {
    public let name: String
    /// How a model's JSON writes it: its name, or Keras's object for one with settings.
    let json: JSONValue
    /// The same function where an operator applies it to its result as it computes it.
    let fused: OutputActivation?
    private let function: @Sendable (Tensor) throws -> Tensor

    /// - Parameter name: what a model's JSON would call it; only the names of ``named`` can be read back.
    public init(_ name: String, _ function: @escaping @Sendable (Tensor) throws -> Tensor) {
        self.init(name, json: .string(name), function)
    }

    private init(
        _ name: String, json: JSONValue, fused: OutputActivation? = nil,
        _ function: @escaping @Sendable (Tensor) throws -> Tensor
    ) {
        self.name = name
        self.json = json
        self.fused = fused
        self.function = function
    }

    private init(_ name: String, fused: OutputActivation, _ function: @escaping @Sendable (Tensor) throws -> Tensor) {
        self.init(name, json: .string(name), fused: fused, function)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor { try function(x) }
}

extension ActivationFunction {
    public static let linear = ActivationFunction("linear", fused: .linear) { $0 }
    public static let relu = ActivationFunction("relu", fused: .relu) { try Operators.relu($0) }
    public static let tanh = ActivationFunction("tanh", fused: .tanh) { try Operators.tanh($0) }
    public static let sigmoid = ActivationFunction("sigmoid", fused: .sigmoid) { try Operators.sigmoid($0) }
    /// `clip(0.2 x + 0.5, 0, 1)`, as in TensorFlow up to 2.15.
    public static let hardSigmoid = ActivationFunction("hard_sigmoid", fused: .hardSigmoid) {
        try Operators.hardSigmoid($0)
    }
    public static let softmax = ActivationFunction("softmax") { try Operators.softmax($0) }
    public static let logSoftmax = ActivationFunction("log_softmax") { try Operators.logSoftmax($0) }
    public static let relu6 = ActivationFunction("relu6") { try Operators.relu6($0) }
    public static let crelu = ActivationFunction("crelu") { try Operators.crelu($0) }
    public static let leakyRelu = ActivationFunction("leaky_relu") { try Operators.leakyRelu($0) }
    public static let elu = ActivationFunction("elu") { try Operators.elu($0) }
    public static let selu = ActivationFunction("selu") { try Operators.selu($0) }
    public static let softplus = ActivationFunction("softplus") { try Operators.softplus($0) }
    public static let softsign = ActivationFunction("softsign") { try Operators.softsign($0) }
    public static let swish = ActivationFunction("swish") { try Operators.swish($0) }
    public static let gelu = ActivationFunction("gelu") { try Operators.gelu($0) }
    public static let mish = ActivationFunction("mish") { try Operators.mish($0) }
    public static let exponential = ActivationFunction("exponential") { try exp($0) }
    public static let logSigmoid = ActivationFunction("log_sigmoid") { try Operators.logSigmoid($0) }
}

extension Layer {
    /// The activation of `x`, or `x` where there is none.
    final func apply(_ activation: ActivationFunction?, to x: Tensor) throws -> Tensor {
        try activation.map { try $0(x) } ?? x
    }
}

extension ActivationFunction {
    /// Those that a model's JSON may name.
    static let named: [String: ActivationFunction] = {
        let functions = [
            linear, relu, tanh, sigmoid, hardSigmoid, softmax, logSoftmax, relu6, crelu, leakyRelu, elu, selu, softplus,
            softsign, swish, gelu, mish, exponential, logSigmoid,
        ]
        var named = Dictionary(uniqueKeysWithValues: functions.map { ($0.name, $0) })
        named["silu"] = ActivationFunction("silu") { try Operators.silu($0) }
        return named
    }()

    /// The activation that a model's JSON names, as a function or as one of the layers that are nothing else.
    init(json: JSONValue, path: String) throws {
        let function = try NamedFunction(json, path: path)
        guard json["class_name"] != nil, let layer = try ActivationFunction.ofLayer(function) else {
            self = try function.look(in: ActivationFunction.named, for: "activation")
            return
        }
        try function.finish()
        self.init(function.name, json: json, layer)
    }

    private static func ofLayer(_ function: NamedFunction) throws -> (@Sendable (Tensor) throws -> Tensor)? {
        func number(_ keys: String..., default standard: Double) throws -> Double {
            try keys.reduce(standard) { try function.number($1, default: $0) }
        }
        for key in ["name", "trainable"] { function.passOver(key) }
        switch function.name {
        case "LeakyReLU":
            let slope = try number("alpha", "negative_slope", default: 0.3)
            return { try Operators.leakyRelu($0, slope: slope) }
        case "ELU":
            let alpha = try number("alpha", default: 1)
            return { try Operators.elu($0, alpha: alpha) }
        case "ReLU":
            let maximum = try function.numberIfGiven("max_value")
            let slope = try number("negative_slope", default: 0)
            let threshold = try number("threshold", default: 0)
            return { try Operators.relu($0, maximum: maximum, slope: slope, threshold: threshold) }
        case "Softmax":
            let axis = try function.integer("axis", default: -1)
            return { try Operators.softmax($0, axis: axis) }
        default: return nil
        }
    }
}
