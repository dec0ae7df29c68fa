import Operators
import TensorCore

/// The greatest of its inputs, element by element.
///
/// - Source: tf.keras.layers.Maximum.
public final class Maximum: MergeLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor { try reduce(inputs) { try maximum($0, $1) } }
}
