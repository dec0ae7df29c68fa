import Formats
import Operators
import TensorCore

/// Leaves elements out at random while the network trains, and scales the others up.
///
/// - Shapes: like x. Along axes where the noise shape is 1, all elements share their fate.
/// - Source: Srivastava and others, *Dropout* (2014); tf.layers.Dropout (TensorFlow 1.8).
public final class Dropout: NoiseLayer, ConfigurableLayer {
    public let rate: Double
    /// One extent for each axis, nil for x's own.
    public let noiseShape: [Int?]?

    public init(_ rate: Double = 0.5, noiseShape: [Int?]? = nil, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        self.noiseShape = noiseShape
        super.init(seed: seed, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        rate = try configuration.rate(default: 0.5)
        noiseShape = try configuration.json("noise_shape").map { json in
            guard let extents = json.array, extents.allSatisfy({ $0.isNull || ($0.integer ?? 0) > 0 }) else {
                throw configuration.wrongValue("noise_shape", "an array of extents, null for the input's own")
            }
            return extents.map(\.integer)
        }
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("rate", rate)
        super.writeSettings(&settings)
        settings.set(
            "noise_shape", json: noiseShape.map { .array($0.map { $0.map { .integer($0) } ?? .null }) } ?? .null)
    }

    override func disturb(_ x: Tensor, key: Tensor) throws -> Tensor {
        rate == 0 ? x : rate == 1 ? try zerosLike(x) : try dropout(x, rate: rate, noiseShape: noiseShape, key: key)
    }
}
