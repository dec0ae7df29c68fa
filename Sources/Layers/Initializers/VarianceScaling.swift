import Formats
import Operators
import TensorCore

/// Random numbers whose variance follows the number of inputs and outputs of a layer.
///
/// - Source: tf.variance_scaling_initializer; Glorot and Bengio (2010), He et al. (2015), LeCun et al. (1998). The truncated
///   normal has the deviation that is asked for, as from TensorFlow 1.10 on.
public struct VarianceScaling: Initializer {
    /// Which fan the scale is divided by.
    public enum Mode: String, Sendable, CaseIterable {
        case fanIn = "fan_in"
        case fanOut = "fan_out"
        case fanAverage = "fan_avg"
    }

    public enum Distribution: String, Sendable, CaseIterable {
        case uniform
        /// Normal numbers within two deviations.
        case truncatedNormal = "truncated_normal"
        case untruncatedNormal = "untruncated_normal"
        /// Another name of the truncated normal.
        case normal
    }

    public let scale: Double
    public let mode: Mode
    public let distribution: Distribution
    public let seed: UInt64?

    public init(
        scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal, seed: UInt64? = nil
    ) {
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
    }

    /// The standard deviation of a unit normal cut off at ±2.
    static let truncatedDeviation = 0.87962566103423978

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        let fans = fans(of: fullShape)
        let fan: Double =
            switch mode {
            case .fanIn: fans.input
            case .fanOut: fans.output
            case .fanAverage: (fans.input + fans.output) / 2
            }
        let deviation = (scale / max(1, fan)).squareRoot()
        let key = random.seeded(seed).tensor
        switch distribution {
        case .uniform:
            let limit = deviation * 3.0.squareRoot()
            return try Operators.randomUniform(shape, -limit, limit, dtype: dtype, key: key)
        case .truncatedNormal, .normal:
            let wider = deviation / VarianceScaling.truncatedDeviation
            return try Operators.truncatedNormal(shape, mean: 0, deviation: wider, dtype: dtype, key: key)
        case .untruncatedNormal:
            return try Operators.randomNormal(shape, mean: 0, deviation: deviation, dtype: dtype, key: key)
        }
    }

    public var namedConfiguration: NamedConfiguration? {
        if let known = VarianceScaling.named.first(where: {
            $0.scale == scale && $0.mode == mode && $0.distribution == distribution
        }) {
            return .initializer(known.className, [("seed", .seed(seed))])
        }
        return .initializer(
            "VarianceScaling",
            [
                ("scale", .double(scale)), ("mode", .string(mode.rawValue)),
                ("distribution", .string(distribution.rawValue)), ("seed", .seed(seed)),
            ])
    }

    /// Those that have names of their own.
    static let named: [(className: String, scale: Double, mode: Mode, distribution: Distribution)] = [
        ("GlorotUniform", 1, .fanAverage, .uniform), ("GlorotNormal", 1, .fanAverage, .truncatedNormal),
        ("HeUniform", 2, .fanIn, .uniform), ("HeNormal", 2, .fanIn, .truncatedNormal),
        ("LecunUniform", 1, .fanIn, .uniform), ("LecunNormal", 1, .fanIn, .truncatedNormal),
    ]
}

extension Initializer where Self == VarianceScaling {
    /// Uniform in ±√(6 / (inputs + outputs)).
    public static var glorotUniform: VarianceScaling { glorotUniform() }
    public static func glorotUniform(seed: UInt64? = nil) -> VarianceScaling {
        VarianceScaling(scale: 1, mode: .fanAverage, distribution: .uniform, seed: seed)
    }
    public static func glorotNormal(seed: UInt64? = nil) -> VarianceScaling {
        VarianceScaling(scale: 1, mode: .fanAverage, seed: seed)
    }
    public static func heUniform(seed: UInt64? = nil) -> VarianceScaling {
        VarianceScaling(scale: 2, distribution: .uniform, seed: seed)
    }
    public static func heNormal(seed: UInt64? = nil) -> VarianceScaling { VarianceScaling(scale: 2, seed: seed) }
    public static func lecunUniform(seed: UInt64? = nil) -> VarianceScaling {
        VarianceScaling(distribution: .uniform, seed: seed)
    }
    public static func lecunNormal(seed: UInt64? = nil) -> VarianceScaling { VarianceScaling(seed: seed) }
    public static func varianceScaling(
        scale: Double = 1, mode: VarianceScaling.Mode = .fanIn,
        distribution: VarianceScaling.Distribution = .truncatedNormal, seed: UInt64? = nil
    ) -> VarianceScaling {
        VarianceScaling(scale: scale, mode: mode, distribution: distribution, seed: seed)
    }
}

/// The number of inputs and outputs that one element of a kernel of this shape connects (spec: fans).
func fans(of shape: Shape) -> (input: Double, output: Double) {
    switch shape.rank {
    case 0: return (1, 1)
    case 1: return (Double(shape[0]), Double(shape[0]))
    default:
        let field = Double(shape.dropLast(2).elementCount)
        return (Double(shape[shape.rank - 2]) * field, Double(shape[shape.rank - 1]) * field)
    }
}
