import Operators
import TensorCore

/// Sets negative numbers to zero.
///
/// - Source: tf.keras.constraints.NonNeg (TensorFlow 1.8).
public struct NonNeg: Constraint {
    public init() {}

    public func callAsFunction(_ value: Tensor) throws -> Tensor { try relu(value) }

    public var namedConfiguration: NamedConfiguration? { .constraint("NonNeg") }
}

extension Constraint where Self == NonNeg {
    public static var nonNeg: NonNeg { NonNeg() }
}
