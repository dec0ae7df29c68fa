import Formats
import Operators
import TensorCore

/// What Keras adds to a norm before it divides by it.
private let epsilon = 1e-7

/// √Σw² along some axes.
private func norms(_ value: Tensor, _ axes: [Int]) throws -> Tensor {
    try sqrt(sum(square(value), axes: axes, keepingDimensions: true))
}

private func axisJSON(_ axes: [Int]) -> JSONValue {
    axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) })
}

/// Keeps the norms of a variable's vectors from being larger than a number.
///
/// - Source: Srivastava and others, *Dropout* (2014); tf.keras.constraints.MaxNorm (TensorFlow 1.8).
public struct MaxNorm: Constraint {
    public let maximum: Double
    /// Along which the norms are taken: 0 for a matrix whose columns are the weights of one unit each.
    public let axes: [Int]

    public init(_ maximum: Double = 2, axes: [Int] = [0]) {
        self.maximum = maximum
        self.axes = axes
    }

    public func callAsFunction(_ value: Tensor) throws -> Tensor {
        let norms = try norms(value, axes)
        return try value * (clip(norms, 0, maximum) / (norms + epsilon))
    }

    public var namedConfiguration: NamedConfiguration? {
        .constraint("MaxNorm", [("max_value", .double(maximum)), ("axis", axisJSON(axes))])
    }
}

/// Keeps the norms of a variable's vectors at one.
///
/// - Source: tf.keras.constraints.UnitNorm (TensorFlow 1.8).
public struct UnitNorm: Constraint {
    public let axes: [Int]

    public init(axes: [Int] = [0]) { self.axes = axes }

    public func callAsFunction(_ value: Tensor) throws -> Tensor { try value / (norms(value, axes) + epsilon) }

    public var namedConfiguration: NamedConfiguration? { .constraint("UnitNorm", [("axis", axisJSON(axes))]) }
}

/// Pulls the norms of a variable's vectors into an interval, part of the way at each update.
///
/// - Source: tf.keras.constraints.MinMaxNorm (TensorFlow 1.8).
public struct MinMaxNorm: Constraint {
    public let minimum: Double
    public let maximum: Double
    /// Which part of the way: 1 for all of it.
    public let rate: Double
    public let axes: [Int]

    public init(_ minimum: Double = 0, _ maximum: Double = 1, rate: Double = 1, axes: [Int] = [0]) {
        self.minimum = minimum
        self.maximum = maximum
        self.rate = rate
        self.axes = axes
    }

    public func callAsFunction(_ value: Tensor) throws -> Tensor {
        let norms = try norms(value, axes)
        let wanted = try clip(norms, minimum, maximum) * rate + norms * (1 - rate)
        return try value * (wanted / (norms + epsilon))
    }

    public var namedConfiguration: NamedConfiguration? {
        .constraint(
            "MinMaxNorm",
            [
                ("min_value", .double(minimum)), ("max_value", .double(maximum)), ("rate", .double(rate)),
                ("axis", axisJSON(axes)),
            ])
    }
}

extension Constraint where Self == MaxNorm {
    public static func maxNorm(_ maximum: Double = 2, axes: [Int] = [0]) -> MaxNorm { MaxNorm(maximum, axes: axes) }
}

extension Constraint where Self == UnitNorm {
    public static func unitNorm(axes: [Int] = [0]) -> UnitNorm { UnitNorm(axes: axes) }
}

extension Constraint where Self == MinMaxNorm {
    public static func minMaxNorm(
        _ minimum: Double = 0, _ maximum: Double = 1, rate: Double = 1, axes: [Int] = [0]
    ) -> MinMaxNorm { MinMaxNorm(minimum, maximum, rate: rate, axes: axes) }
}
