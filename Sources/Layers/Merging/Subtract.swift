import Operators
import TensorCore

/// The first of its two inputs less the second.
///
/// - Source: tf.keras.layers.Subtract.
public final class Subtract: MergeLayer, ConfigurableLayer {
    override class var inputsMin: Int { 2 }
    override class var inputsMax: Int? { 2 }

    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    override func merge(_ inputs: [Tensor]) throws -> Tensor { try reduce(inputs) { try $0 - $1 } }
}
