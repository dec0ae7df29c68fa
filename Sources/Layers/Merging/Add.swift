import Operators
import TensorCore

/// The sum of its inputs.
///
/// - Source: tf.keras.layers.Add.
public final class Add: MergeLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor { try reduce(inputs) { try $0 + $1 } }
}
