import Operators
import TensorCore

/// Multiplies with normal numbers around one while the network trains.
///
/// - Source: Srivastava and others, *Dropout* (2014), §10; tf.keras.layers.GaussianDropout.
public final class GaussianDropout: NoiseLayer, ConfigurableLayer {
    public let rate: Double

    public init(_ rate: Double, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        super.init(seed: seed, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        rate = try configuration.rate(includingOne: false)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("rate", rate)
        super.writeSettings(&settings)
    }

    override func disturb(_ x: Tensor, key: Tensor) throws -> Tensor {
        rate == 0 ? x : try gaussianDropout(x, rate: rate, key: key)
    }
}
