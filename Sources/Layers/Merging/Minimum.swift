import Operators
import TensorCore

/// The least of its inputs, element by element.
///
/// - Source: tf.keras.layers.Minimum.
public final class Minimum: MergeLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor { try reduce(inputs) { try minimum($0, $1) } }
}
