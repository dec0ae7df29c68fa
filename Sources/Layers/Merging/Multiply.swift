import Operators
import TensorCore

/// The product of its inputs, element by element.
///
/// - Source: tf.keras.layers.Multiply.
public final class Multiply: MergeLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor { try reduce(inputs) { try $0 * $1 } }
}
