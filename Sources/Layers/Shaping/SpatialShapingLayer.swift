import Operators
import TensorCore

/// What changes the spatial axes of images, in one to three dimensions, has in common.
public class SpatialShapingLayer: StatelessLayer {
    public let dataFormat: DataFormat

    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    init(dataFormat: DataFormat, name: String?) {
        self.dataFormat = dataFormat
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    override init(_ configuration: LayerConfiguration) throws {
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        // Sequences have their channels last.
        if Self.dimensions > 1 || dataFormat == .channelsFirst { settings.set("data_format", dataFormat.rawValue) }
    }

    /// The axes of x that are no batch and no channels.
    var spatialAxes: [Int] {
        let first = dataFormat == .channelsLast ? 1 : 2
        return Array(first..<first + Self.dimensions)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
