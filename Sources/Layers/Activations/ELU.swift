import Operators
import TensorCore

/// `x` above zero, `alpha · (eˣ − 1)` below.
///
/// - Source: Clevert, Unterthiner and Hochreiter (2015); tf.keras.layers.ELU.
public final class ELU: StatelessLayer, ConfigurableLayer {
    public let alpha: Double

    public init(alpha: Double = 1, name: String? = nil) {
        self.alpha = alpha
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        alpha = try configuration.number("alpha", default: 1)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("alpha", alpha) }

    public override func call(_ x: Tensor) throws -> Tensor { try elu(x, alpha: alpha) }
}
