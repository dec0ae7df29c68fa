import Operators
import TensorCore

/// What layers that make one number of each window of an image have in common.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, places…, channels]`; channels first where asked.
public class PoolingLayer: StatelessLayer {
    public let poolSize: [Int]
    public let strides: [Int]
    public let padding: EdgePadding
    public let dataFormat: DataFormat

    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    /// - Parameter strides: the window's own extents by default.
    public init(
        _ poolSize: WindowExtents = 2, strides: WindowExtents? = nil, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        self.poolSize = poolSize.extents(Self.dimensions)
        self.strides = (strides ?? poolSize).extents(Self.dimensions)
        self.padding = padding
        self.dataFormat = dataFormat
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public required init(configuration: LayerConfiguration) throws {
        let count = Self.dimensions
        poolSize = try configuration.integers("pool_size", count: count, atLeast: 1, default: 2)
        strides =
            try configuration.json("strides") == nil
            ? poolSize : configuration.integers("strides", count: count, atLeast: 1)
        padding = try configuration.choice("padding", default: .valid)
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        guard padding != .causal else { throw configuration.wrongValue("padding", "'valid' or 'same'") }
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: count + 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("pool_size", poolSize)
        settings.set("padding", padding.rawValue)
        settings.set("strides", strides)
        settings.set("data_format", dataFormat.rawValue)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
