import Operators
import TensorCore

/// Each vector as a sequence of itself.
///
/// - Shapes: `x [batch, features]` → `[batch, count, features]`.
/// - Source: tf.keras.layers.RepeatVector.
public final class RepeatVector: StatelessLayer, ConfigurableLayer {
    public let count: Int

    public init(_ count: Int, name: String? = nil) {
        self.count = count
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rank: 2)]
    }

    public init(configuration: LayerConfiguration) throws {
        count = try configuration.integer("n", atLeast: 1)
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("n", count) }

    public override func call(_ x: Tensor) throws -> Tensor {
        try repeating(expandDimensions(x, axes: [1]), count, axis: 1)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
