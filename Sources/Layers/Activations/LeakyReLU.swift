import Operators
import TensorCore

/// `x` above zero, `slope · x` below.
///
/// - Source: Maas, Hannun and Ng (2013); tf.keras.layers.LeakyReLU.
public final class LeakyReLU: StatelessLayer, ConfigurableLayer {
    public let slope: Double

    public init(slope: Double = 0.3, name: String? = nil) {
        self.slope = slope
        super.init(layerName: name)
    }

    /// Keras 2 calls the slope alpha, Keras 3 negative_slope.
    public init(configuration: LayerConfiguration) throws {
        slope = try configuration.numberIfGiven("alpha") ?? configuration.number("negative_slope", default: 0.3)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set(settings.dialect == .keras2 ? "alpha" : "negative_slope", slope)
    }

    public override func call(_ x: Tensor) throws -> Tensor { try leakyRelu(x, slope: slope) }
}
