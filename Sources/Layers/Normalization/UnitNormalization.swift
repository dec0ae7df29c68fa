import Operators
import TensorCore

/// Divides each example by its length.
///
/// - Source: tf.keras.layers.UnitNormalization.
public final class UnitNormalization: StatelessLayer, ConfigurableLayer {
    public let axes: [Int]

    public init(axes: [Int] = [-1], name: String? = nil) {
        self.axes = axes
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        axes = try configuration.integerList("axis") ?? [-1]
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        if axes.count == 1 { settings.set("axis", axes[0]) } else { settings.set("axis", axes) }
    }

    public override var treatsExamplesAlone: Bool { !axes.contains(0) }

    public override func call(_ x: Tensor) throws -> Tensor { try l2Normalize(x, axes: axes) }
}
