import Formats
import Operators
import TensorCore

/// Numbers spread evenly over an interval.
///
/// - Source: tf.random_uniform_initializer (TensorFlow 1.8: 0 to 1), tf.keras.initializers.RandomUniform (±0.05).
public struct RandomUniform: Initializer {
    public let minimum: Double
    public let maximum: Double
    public let seed: UInt64?

    public init(_ minimum: Double = -0.05, _ maximum: Double = 0.05, seed: UInt64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
        self.seed = seed
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        try Operators.randomUniform(shape, minimum, maximum, dtype: dtype, key: random.seeded(seed).tensor)
    }

    public var namedConfiguration: NamedConfiguration? {
        .initializer(
            "RandomUniform", [("minval", .double(minimum)), ("maxval", .double(maximum)), ("seed", .seed(seed))])
    }
}

/// Normally distributed numbers.
///
/// - Source: tf.random_normal_initializer (TensorFlow 1.8: deviation 1), tf.keras.initializers.RandomNormal (0.05).
public struct RandomNormal: Initializer {
    public let mean: Double
    public let deviation: Double
    public let seed: UInt64?

    public init(mean: Double = 0, deviation: Double = 0.05, seed: UInt64? = nil) {
        self.mean = mean
        self.deviation = deviation
        self.seed = seed
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        try Operators.randomNormal(
            shape, mean: mean, deviation: deviation, dtype: dtype, key: random.seeded(seed).tensor)
    }

    public var namedConfiguration: NamedConfiguration? {
        .initializer(
            "RandomNormal", [("mean", .double(mean)), ("stddev", .double(deviation)), ("seed", .seed(seed))])
    }
}

/// Normally distributed numbers, drawn again until within two deviations of the mean.
///
/// - Source: tf.truncated_normal_initializer (TensorFlow 1.8: deviation 1), tf.keras.initializers.TruncatedNormal (0.05).
public struct TruncatedNormal: Initializer {
    public let mean: Double
    public let deviation: Double
    public let seed: UInt64?

    public init(mean: Double = 0, deviation: Double = 0.05, seed: UInt64? = nil) {
        self.mean = mean
        self.deviation = deviation
        self.seed = seed
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        try Operators.truncatedNormal(
            shape, mean: mean, deviation: deviation, dtype: dtype, key: random.seeded(seed).tensor)
    }

    public var namedConfiguration: NamedConfiguration? {
        .initializer(
            "TruncatedNormal", [("mean", .double(mean)), ("stddev", .double(deviation)), ("seed", .seed(seed))])
    }
}

/// Uniform numbers that keep the scale of the input: ± factor · √(3 / inputs), inputs being all but the last extent.
///
/// - Source: tf.uniform_unit_scaling_initializer (TensorFlow 1.8).
public struct UniformUnitScaling: Initializer {
    public let factor: Double
    public let seed: UInt64?

    public init(factor: Double = 1, seed: UInt64? = nil) {
        self.factor = factor
        self.seed = seed
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        let limit = factor * (3 / Double(max(1, fullShape.dropLast().elementCount))).squareRoot()
        return try Operators.randomUniform(shape, -limit, limit, dtype: dtype, key: random.seeded(seed).tensor)
    }

    public var namedConfiguration: NamedConfiguration? {
        NamedConfiguration(
            "UniformUnitScaling", JSONObject([("factor", .double(factor)), ("seed", .seed(seed))]), module: nil)
    }
}

extension Initializer where Self == RandomUniform {
    public static func randomUniform(
        _ minimum: Double = -0.05, _ maximum: Double = 0.05, seed: UInt64? = nil
    ) -> RandomUniform { RandomUniform(minimum, maximum, seed: seed) }
}

extension Initializer where Self == RandomNormal {
    public static func randomNormal(mean: Double = 0, deviation: Double = 0.05, seed: UInt64? = nil) -> RandomNormal {
        RandomNormal(mean: mean, deviation: deviation, seed: seed)
    }
}

extension Initializer where Self == TruncatedNormal {
    public static func truncatedNormal(
        mean: Double = 0, deviation: Double = 0.05, seed: UInt64? = nil
    ) -> TruncatedNormal { TruncatedNormal(mean: mean, deviation: deviation, seed: seed) }
}

extension Initializer where Self == UniformUnitScaling {
    public static func uniformUnitScaling(factor: Double = 1, seed: UInt64? = nil) -> UniformUnitScaling {
        UniformUnitScaling(factor: factor, seed: seed)
    }
}
