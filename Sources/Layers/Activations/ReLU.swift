import Operators
import TensorCore

/// `x` above a threshold, up to a maximum; `slope · (x − threshold)` below.
///
/// - Source: tf.keras.layers.ReLU.
public final class ReLU: StatelessLayer, ConfigurableLayer {
    /// Nil for none.
    public let maximum: Double?
    public let slope: Double
    public let threshold: Double

    public init(maximum: Double? = nil, slope: Double = 0, threshold: Double = 0, name: String? = nil) {
        self.maximum = maximum
        self.slope = slope
        self.threshold = threshold
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        maximum = try configuration.numberIfGiven("max_value")
        slope = try configuration.number("negative_slope", default: 0)
        threshold = try configuration.number("threshold", default: 0)
        guard maximum ?? 0 >= 0 else { throw configuration.wrongValue("max_value", "at least 0") }
        guard slope >= 0 else { throw configuration.wrongValue("negative_slope", "at least 0") }
        guard threshold >= 0 else { throw configuration.wrongValue("threshold", "at least 0") }
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("max_value", maximum)
        settings.set("negative_slope", slope)
        settings.set("threshold", threshold)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        if maximum == nil, slope == 0, threshold == 0 { return try relu(x) }
        return try relu(x, maximum: maximum, slope: slope, threshold: threshold)
    }
}
