import TensorCore

/// Its input, with a penalty on its size.
///
/// - Source: tf.keras.layers.ActivityRegularization.
public final class ActivityRegularization: StatelessLayer, ConfigurableLayer {
    public let l1: Double
    public let l2: Double

    public init(l1: Double = 0, l2: Double = 0, name: String? = nil) {
        self.l1 = l1
        self.l2 = l2
        super.init(layerName: name)
        // A layer of Keras, with Keras's rules for losses.
        followsKeras = true
        activityRegularizer = L1L2(l1: l1, l2: l2)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        self.init(
            l1: try configuration.number("l1", default: 0), l2: try configuration.number("l2", default: 0),
            name: try configuration.name())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("l1", l1)
        settings.set("l2", l2)
    }

    public override func call(_ x: Tensor) throws -> Tensor { x }
}
