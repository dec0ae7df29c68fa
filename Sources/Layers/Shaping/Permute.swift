import Operators
import TensorCore

/// The axes of each example in another order.
///
/// - Shapes: the new axis `i` is the old `dims[i]`; both are counted from 1, the batch being 0.
/// - Source: tf.keras.layers.Permute.
public final class Permute: StatelessLayer, ConfigurableLayer {
    public let dims: [Int]

    public init(_ dims: [Int], name: String? = nil) {
        self.dims = dims
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rank: dims.count + 1)]
    }

    public init(configuration: LayerConfiguration) throws {
        dims = try configuration.integerList("dims") ?? []
        guard !dims.isEmpty, dims.sorted() == Array(1...dims.count) else {
            throw configuration.wrongValue("dims", "the axes from 1 on, each once")
        }
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: dims.count + 1)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("dims", dims) }

    public override func call(_ x: Tensor) throws -> Tensor { try transpose(x, [0] + dims) }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
