import Operators
import TensorCore

/// Adds normal noise while the network trains.
///
/// - Source: tf.keras.layers.GaussianNoise.
public final class GaussianNoise: NoiseLayer, ConfigurableLayer {
    public let deviation: Double

    public init(_ deviation: Double, seed: UInt64? = nil, name: String? = nil) {
        self.deviation = deviation
        super.init(seed: seed, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        guard let deviation = try configuration.numberIfGiven("stddev"), deviation >= 0 else {
            throw configuration.wrongValue("stddev", "a number from 0")
        }
        self.deviation = deviation
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("stddev", deviation)
        super.writeSettings(&settings)
    }

    override func disturb(_ x: Tensor, key: Tensor) throws -> Tensor {
        try gaussianNoise(x, deviation: deviation, key: key)
    }
}
