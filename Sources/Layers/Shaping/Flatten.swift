import Operators
import TensorCore

/// All axes but the batch as one.
///
/// - Shapes: `x [batch, …]` → `[batch, elements]`; `[batch]` → `[batch, 1]`. With channels first they are put last before.
/// - Source: tf.layers.Flatten (TensorFlow 1.8).
public final class Flatten: StatelessLayer, ConfigurableLayer {
    public let dataFormat: DataFormat

    public init(dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        self.dataFormat = dataFormat
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rankMin: 1)]
    }

    public init(configuration: LayerConfiguration) throws {
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rankMin: 1)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("data_format", dataFormat.rawValue)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        guard x.rank > 1 else { return try expandDimensions(x, axes: [-1]) }
        guard dataFormat == .channelsFirst, x.rank > 2 else { return try flatten(x) }
        return try flatten(transpose(x, [0] + Array(2..<x.rank) + [1]))
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
