import Operators
import TensorCore

/// Dropout for selu networks: mean and variance stay.
///
/// - Source: Klambauer and others (2017); tf.keras.layers.AlphaDropout.
public final class AlphaDropout: NoiseLayer, ConfigurableLayer {
    public let rate: Double

    public init(_ rate: Double, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        super.init(seed: seed, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        rate = try configuration.rate(includingOne: false)
        try configuration.require("noise_shape", toBe: nil)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("rate", rate)
        super.writeSettings(&settings)
    }

    override func disturb(_ x: Tensor, key: Tensor) throws -> Tensor {
        rate == 0 ? x : try alphaDropout(x, rate: rate, key: key)
    }
}
