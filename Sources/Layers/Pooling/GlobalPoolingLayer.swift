import Operators
import TensorCore

/// What layers that make one number of each channel of an image have in common.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, channels]`, or with ones in between.
public class GlobalPoolingLayer: StatelessLayer {
    public let dataFormat: DataFormat
    public let keepsDimensions: Bool

    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    public init(dataFormat: DataFormat = .channelsLast, keepsDimensions: Bool = false, name: String? = nil) {
        self.dataFormat = dataFormat
        self.keepsDimensions = keepsDimensions
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public required init(configuration: LayerConfiguration) throws {
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        keepsDimensions = try configuration.bool("keepdims", default: false)
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("data_format", dataFormat.rawValue)
        settings.set("keepdims", keepsDimensions)
    }

    /// The axes that go away.
    final var spatialAxes: [Int] {
        let first = dataFormat == .channelsLast ? 1 : 2
        return Array(first..<first + Self.dimensions)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
