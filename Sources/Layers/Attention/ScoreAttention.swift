import Operators
import TensorCore

/// What ``Attention`` and ``AdditiveAttention`` have in common: every query takes the mean of the values, weighted by the
/// softmax of its scores with their keys.
///
/// - Shapes: query `[batch, queries, units]`, value `[batch, keys, units]`, key like value (by default the value) →
///   `[batch, queries, units]`; where asked for, the weights `[batch, queries, keys]`.
public class ScoreAttention: Layer {
    /// Whether the scores have a variable of their own.
    public let usesScale: Bool
    /// Which part of the weights is left out while the network trains.
    public let dropoutRate: Double
    public let seed: UInt64?
    private let generator: RandomGenerator?

    init(usesScale: Bool, dropout: Double, seed: UInt64?, isTrainable: Bool, dtype: DType?, name: String?) {
        self.usesScale = usesScale
        dropoutRate = dropout
        self.seed = seed
        generator = seed.map { RandomGenerator(seed: $0) }
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    init(_ configuration: LayerConfiguration, usesScale standard: Bool) throws {
        usesScale = try configuration.bool("use_scale", default: standard)
        dropoutRate = try configuration.rate("dropout", default: 0)
        seed = try configuration.seed()
        generator = seed.map { RandomGenerator(seed: $0) }
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("use_scale", usesScale)
        settings.set("dropout", dropoutRate)
        if settings.dialect == .keras3 { settings.set("seed", json: .seed(seed)) }
    }

    public override var accepts: CallArguments { [.training, .mask, .attention] }
    public override var inputKeywords: [String] { ["value", "key"] }

    /// The scores of queries `[batch, queries, units]` with keys `[batch, keys, units]`.
    func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor {
        throw LayerError(.notImplemented, "\(className) does not override scores")
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        guard (2...3).contains(inputs.count), inputs.array.allSatisfy({ $0.rank >= 3 }) else {
            throw LayerError(
                .value,
                "layer \(displayName) takes a query, a value and perhaps a key [batch, steps, units], but it received \(inputs.array.map(\.shape))"
            )
        }
        guard options.attentionMask == nil else {
            throw LayerError(
                .type, "call() of layer \(displayName) got an unexpected keyword argument 'attention_mask'")
        }
        let (query, value) = (inputs[0], inputs[1])
        var scores = try scores(query, inputs.count > 2 ? inputs[2] : value)
        let masks = InputMasks(inputs, of: self, options)
        let valueMask = try masks[1].map { try expandDimensions($0, axes: [-2]) }
        let causal = options.usesCausalMask ? try lowerTriangle(of: scores) : nil
        if let isSeen = try allOf([valueMask, causal]) {
            // As far down as the dtype reaches without an infinity, which would leave no number where nothing is seen.
            let away = scores.dtype == .float16 ? 65504.0 : 1e9
            scores = try scores - cast(logicalNot(isSeen), to: scores.dtype) * away
        }
        var weights = try softmax(scores)
        if options.training ?? false, dropoutRate > 0 {
            weights = try dropped(weights, rate: dropoutRate, key: randomKey(from: generator))
        }
        var result = try matmul(weights, value)
        if let mask = masks[0] { result = try result * cast(expandDimensions(mask, axes: [-1]), to: result.dtype) }
        return options.returnsAttentionScores ? [result, weights] : Tensors(result)
    }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard inputShapes.count >= 2, let query = inputShapes.first, let units = inputShapes[1].last, query.rank >= 3
        else {
            throw LayerError(
                .value, "layer \(displayName) takes a query and a value, but the shapes are \(inputShapes)")
        }
        return [query.replacing(query.rank - 1, with: units)]
    }
}

/// Attention by products of queries and keys, or by sums.
///
/// - Variables: with a scale `scale []`; where scores are sums, `concat_score_weight []`.
/// - Source: Luong, Pham and Manning, *Effective approaches to attention-based neural machine translation* (2015);
///   tf.keras.layers.Attention.
public final class Attention: ScoreAttention, ConfigurableLayer {
    public enum ScoreMode: String, CaseIterable, Sendable {
        /// The product of query and key.
        case dot
        /// The sum of the hyperbolic tangents of query plus key.
        case concat
    }

    public let scoreMode: ScoreMode
    private var scale: Variable?
    private var concatScoreWeight: Variable?

    public init(
        usesScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Double = 0, seed: UInt64? = nil,
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.scoreMode = scoreMode
        super.init(
            usesScale: usesScale, dropout: dropout, seed: seed, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        scoreMode = try configuration.choice("score_mode", default: .dot)
        try super.init(configuration, usesScale: false)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("score_mode", scoreMode.rawValue)
    }

    public override func build(_ inputShapes: [Shape]) throws {
        if usesScale { scale = try addVariable("scale", [], VariableSettings(.ones)) }
        if scoreMode == .concat {
            concatScoreWeight = try addVariable("concat_score_weight", [], VariableSettings(.ones))
        }
    }

    override func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor {
        switch scoreMode {
        case .dot:
            let products = try matmul(query, key, transposingRight: true)
            return try scale.map { try products * $0.value } ?? products
        case .concat:
            let sums = try sumsOfAll(query, key)
            let scaled = try scale.map { try sums * $0.value } ?? sums
            return try sum(tanh(scaled), axes: [-1]) * concatScoreWeight.required(by: self).value
        }
    }
}

/// Attention by sums of queries and keys: the score is `Σ scale ⊙ tanh(query + key)`.
///
/// - Variables: with a scale `scale [units]`.
/// - Source: Bahdanau, Cho and Bengio, *Neural machine translation by jointly learning to align and translate* (2015);
///   tf.keras.layers.AdditiveAttention.
public final class AdditiveAttention: ScoreAttention, ConfigurableLayer {
    private var scale: Variable?

    public override init(
        usesScale: Bool = true, dropout: Double = 0, seed: UInt64? = nil, isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        super.init(
            usesScale: usesScale, dropout: dropout, seed: seed, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration, usesScale: true) }

    public override func build(_ inputShapes: [Shape]) throws {
        guard usesScale else { return }
        let units = try (inputShapes.dropFirst().first ?? []).requiredDimension(
            -1, of: "the last dimension of the value")
        scale = try addVariable("scale", [units], VariableSettings(.glorotUniform))
    }

    override func scores(_ query: Tensor, _ key: Tensor) throws -> Tensor {
        let sums = try tanh(sumsOfAll(query, key))
        return try sum(scale.map { try sums * $0.value } ?? sums, axes: [-1])
    }
}

/// Every query plus every key, `[batch, queries, keys, units]`.
private func sumsOfAll(_ query: Tensor, _ key: Tensor) throws -> Tensor {
    try expandDimensions(query, axes: [-2]) + expandDimensions(key, axes: [-3])
}
