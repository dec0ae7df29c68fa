import TensorCore

/// Attention by several heads, each with projections of queries, keys and values of its own; shapes and variables as in
/// ``HeadedAttention``.
///
/// - Source: Vaswani and others, *Attention is all you need* (2017); tf.keras.layers.MultiHeadAttention.
public final class MultiHeadAttention: HeadedAttention, ConfigurableLayer {
    public init(
        heads: Int, keySize: Int, valueSize: Int? = nil, dropout: Double = 0, usesBias: Bool = true,
        outputExtents: [Int]? = nil, attentionAxes: [Int]? = nil, seed: UInt64? = nil,
        kernelInitializer: any Initializer = .glorotUniform, biasInitializer: any Initializer = .zeros,
        kernelRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
        kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil, isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        super.init(
            queryHeads: heads, keyHeads: heads, keySize: keySize, valueSize: valueSize ?? keySize, dropout: dropout,
            usesBias: usesBias, outputExtents: outputExtents, attentionAxes: attentionAxes, seed: seed,
            (
                VariableSettings(kernelInitializer, kernelRegularizer, kernelConstraint),
                VariableSettings(biasInitializer, biasRegularizer, biasConstraint)
            ), isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        let keySize = try configuration.integer("key_dim", atLeast: 1)
        let heads = try configuration.integer("num_heads", atLeast: 1)
        super.init(
            queryHeads: heads, keyHeads: heads, keySize: keySize,
            valueSize: try configuration.integer("value_dim", atLeast: 1, default: keySize),
            dropout: try configuration.rate("dropout", default: 0),
            usesBias: try configuration.bool("use_bias", default: true),
            outputExtents: try configuration.extents("output_shape"),
            attentionAxes: try configuration.integerList("attention_axes"), seed: try configuration.seed(),
            try HeadedAttention.weights(configuration), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype(), name: try configuration.name())
        // The shapes are known at the first call; how the products are computed is not the model's to say.
        configuration.passOver("query_shape", "key_shape", "value_shape", "flash_attention")
        try configuration.require("use_gate", toBe: false)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("num_heads", queryHeads)
        settings.set("key_dim", keySize)
        settings.set("value_dim", valueSize)
        settings.set("output_shape", outputExtents)
        settings.set("attention_axes", attentionAxes)
        super.writeSettings(&settings)
    }
}

extension LayerConfiguration {
    /// Extents of at least one; nil where the JSON does not say.
    fileprivate func extents(_ key: String) throws -> [Int]? {
        guard let extents = try integerList(key) else { return nil }
        guard !extents.isEmpty, extents.count < Shape.rankMax,
            extents.allSatisfy({ (1...Shape.extentMax).contains($0) })
        else { throw wrongValue(key, "whole numbers of at least 1") }
        return extents
    }
}
