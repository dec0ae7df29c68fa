import TensorCore

/// Attention of which several heads of queries share one head of keys and values; shapes and variables as in
/// ``HeadedAttention``.
///
/// - Source: Ainslie and others, *GQA* (2023); keras.layers.GroupQueryAttention.
public final class GroupQueryAttention: HeadedAttention, ConfigurableLayer {
    /// - Throws: ValueError when the heads of queries do not fall into as many groups as there are heads of keys.
    public init(
        headSize: Int, queryHeads: Int, keyHeads: Int, dropout: Double = 0, usesBias: Bool = true,
        seed: UInt64? = nil, kernelInitializer: any Initializer = .glorotUniform,
        biasInitializer: any Initializer = .zeros, isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) throws {
        super.init(
            queryHeads: queryHeads, keyHeads: keyHeads, keySize: headSize, valueSize: headSize, dropout: dropout,
            usesBias: usesBias, outputExtents: nil, attentionAxes: nil, seed: seed,
            (VariableSettings(kernelInitializer), VariableSettings(biasInitializer)), isTrainable: isTrainable,
            dtype: dtype, name: name)
        try checkGroups()
    }

    public init(configuration: LayerConfiguration) throws {
        let size = try configuration.integer("head_dim", atLeast: 1)
        super.init(
            queryHeads: try configuration.integer("num_query_heads", atLeast: 1),
            keyHeads: try configuration.integer("num_key_value_heads", atLeast: 1), keySize: size, valueSize: size,
            dropout: try configuration.rate("dropout", default: 0),
            usesBias: try configuration.bool("use_bias", default: true), outputExtents: nil, attentionAxes: nil,
            seed: try configuration.seed(), try HeadedAttention.weights(configuration),
            isTrainable: try configuration.isTrainable(), dtype: try configuration.dtype(),
            name: try configuration.name())
        configuration.passOver("flash_attention")
        try configuration.require("use_gate", toBe: false)
        try checkGroups()
    }

    private func checkGroups() throws {
        guard keyHeads > 0, queryHeads % keyHeads == 0 else {
            throw LayerError(
                .value,
                "layer \(displayName): num_query_heads (\(queryHeads)) must be a multiple of num_key_value_heads (\(keyHeads))"
            )
        }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("head_dim", keySize)
        settings.set("num_query_heads", queryHeads)
        settings.set("num_key_value_heads", keyHeads)
        super.writeSettings(&settings)
    }
}
