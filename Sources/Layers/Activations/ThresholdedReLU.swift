import Operators
import TensorCore

/// `x` above a threshold, zero elsewhere.
///
/// - Source: Konda, Memisevic and Krueger (2014); tf.keras.layers.ThresholdedReLU.
public final class ThresholdedReLU: StatelessLayer, ConfigurableLayer {
    public let threshold: Double

    public init(threshold: Double = 1, name: String? = nil) {
        self.threshold = threshold
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        threshold = try configuration.number("theta", default: 1)
        guard threshold >= 0 else { throw configuration.wrongValue("theta", "at least 0") }
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("theta", threshold) }

    public override func call(_ x: Tensor) throws -> Tensor { try x * cast(greater(x, threshold), to: x.dtype) }
}
