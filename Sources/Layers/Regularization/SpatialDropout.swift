import Operators
import TensorCore

/// Leaves out whole channels of images at random while the network trains.
///
/// - Source: Tompson and others (2014); tf.keras.layers.SpatialDropout2D.
public class SpatialDropout: NoiseLayer {
    public let rate: Double
    public let dataFormat: DataFormat

    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    public init(_ rate: Double, dataFormat: DataFormat = .channelsLast, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        self.dataFormat = dataFormat
        super.init(seed: seed, name: name)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public required init(configuration: LayerConfiguration) throws {
        rate = try configuration.rate()
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        try configuration.require("noise_shape", toBe: nil)
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("rate", rate)
        if settings.dialect == .keras3 { super.writeSettings(&settings) }
        if Self.dimensions > 1 { settings.set("data_format", dataFormat.rawValue) }
    }

    override func disturb(_ x: Tensor, key: Tensor) throws -> Tensor {
        guard rate > 0, rate < 1 else { return rate == 0 ? x : try zerosLike(x) }
        let channels = dataFormat == .channelsLast ? x.rank - 1 : 1
        let noiseShape = (0..<x.rank).map { $0 == 0 || $0 == channels ? nil : 1 }
        return try dropout(x, rate: rate, noiseShape: noiseShape, key: key)
    }
}

/// Leaves out whole features of sequences `[batch, steps, features]`.
public final class SpatialDropout1D: SpatialDropout, ConfigurableLayer {}

/// Leaves out whole channels of images of two dimensions.
public final class SpatialDropout2D: SpatialDropout, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// Leaves out whole channels of images of three dimensions.
public final class SpatialDropout3D: SpatialDropout, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
