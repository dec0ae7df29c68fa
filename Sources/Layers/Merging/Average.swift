import Operators
import TensorCore

/// The mean of its inputs, element by element.
///
/// - Source: tf.keras.layers.Average.
public final class Average: MergeLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor {
        try reduce(inputs) { try $0 + $1 } / Double(inputs.count)
    }
}
