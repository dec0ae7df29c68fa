import Formats
import Operators
import TensorCore

/// The same number everywhere.
///
/// - Source: tf.constant_initializer, tf.zeros_initializer, tf.ones_initializer (TensorFlow 1.8).
public struct ConstantInitializer: Initializer {
    public let value: Double

    public init(_ value: Double) { self.value = value }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        try Tensor(repeating: value, shape, dtype)
    }

    public var namedConfiguration: NamedConfiguration? {
        switch value {
        case 0: .initializer("Zeros")
        case 1: .initializer("Ones")
        default: .initializer("Constant", [("value", .double(value))])
        }
    }
}

extension Initializer where Self == ConstantInitializer {
    public static var zeros: ConstantInitializer { ConstantInitializer(0) }
    public static var ones: ConstantInitializer { ConstantInitializer(1) }
    public static func constant(_ value: Double) -> ConstantInitializer { ConstantInitializer(value) }
}

/// A value that was known beforehand, such as one from a checkpoint.
struct GivenValue: Initializer {
    let value: Tensor

    func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws -> Tensor {
        value
    }
}
