import Formats

/// The initializers that a model's JSON may name, as Keras and as tf.initializers call them.
public enum InitializerCatalog {
    private typealias Maker = @Sendable (NamedFunction) throws -> any Initializer

    private static let makers: [String: Maker] = [
        "zeros": { _ in .zeros },
        "ones": { _ in .ones },
        "constant": { .constant(try $0.number("value", default: 0)) },
        "random_uniform": {
            .randomUniform(
                try $0.number("minval", default: -0.05), try $0.number("maxval", default: 0.05), seed: try $0.seed())
        },
        "random_normal": {
            .randomNormal(
                mean: try $0.number("mean", default: 0), deviation: try $0.number("stddev", default: 0.05),
                seed: try $0.seed())
        },
        "truncated_normal": {
            .truncatedNormal(
                mean: try $0.number("mean", default: 0), deviation: try $0.number("stddev", default: 0.05),
                seed: try $0.seed())
        },
        // TensorFlow 1.8's own, whose numbers are others.
        "random_uniform_initializer": {
            .randomUniform(
                try $0.number("minval", default: 0), try $0.number("maxval", default: 1), seed: try $0.seed())
        },
        "random_normal_initializer": {
            .randomNormal(
                mean: try $0.number("mean", default: 0), deviation: try $0.number("stddev", default: 1),
                seed: try $0.seed())
        },
        "truncated_normal_initializer": {
            .truncatedNormal(
                mean: try $0.number("mean", default: 0), deviation: try $0.number("stddev", default: 1),
                seed: try $0.seed())
        },
        "variance_scaling": {
            .varianceScaling(
                scale: try $0.number("scale", default: 1), mode: try $0.choice("mode", default: .fanIn),
                distribution: try $0.choice("distribution", default: .truncatedNormal), seed: try $0.seed())
        },
        "uniform_unit_scaling": {
            .uniformUnitScaling(factor: try $0.number("factor", default: 1), seed: try $0.seed())
        },
        "orthogonal": { .orthogonal(gain: try $0.number("gain", default: 1), seed: try $0.seed()) },
        "identity": { .identity(gain: try $0.number("gain", default: 1)) },
        "glorot_uniform": { .glorotUniform(seed: try $0.seed()) },
        "glorot_normal": { .glorotNormal(seed: try $0.seed()) },
        "he_uniform": { .heUniform(seed: try $0.seed()) },
        "he_normal": { .heNormal(seed: try $0.seed()) },
        "lecun_uniform": { .lecunUniform(seed: try $0.seed()) },
        "lecun_normal": { .lecunNormal(seed: try $0.seed()) },
    ]

    /// Other names of the same: `uniform` and `normal` of old Keras, and those of TensorFlow 1.8.
    private static let aliases = [
        "uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones",
        "orthogonal_initializer": "orthogonal", "identity_initializer": "identity", "zeros_initializer": "zeros",
        "ones_initializer": "ones", "constant_initializer": "constant",
        "variance_scaling_initializer": "variance_scaling",
        "uniform_unit_scaling_initializer": "uniform_unit_scaling",
        "glorot_uniform_initializer": "glorot_uniform", "glorot_normal_initializer": "glorot_normal",
    ]

    /// The names of all initializers.
    public static var names: [String] { makers.keys.sorted() }

    /// Makes what a model's JSON names.
    ///
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func make(_ value: JSONValue, path: String) throws -> any Initializer {
        let function = try NamedFunction(value, path: path)
        let known = makers.merging(aliases.compactMapValues { makers[$0] }) { maker, _ in maker }
        let initializer = try function.look(in: known, for: "initializer")(function)
        try function.finish()
        return initializer
    }
}
