import Formats
import Operators
import TensorCore

/// A number on the main diagonal of a matrix, square or not.
///
/// - Throws: ValueError for a variable that is no matrix.
/// - Source: tf.keras.initializers.Identity (TensorFlow 1.8).
public struct IdentityInitializer: Initializer {
    public let gain: Double

    public init(gain: Double = 1) { self.gain = gain }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        guard shape.rank == 2 else {
            throw LayerError(
                .value, "Identity matrix initializer can only be used for 2D matrices, but the shape is \(shape)")
        }
        var numbers = [Double](repeating: 0, count: shape.elementCount)
        for index in 0..<min(shape[0], shape[1]) { numbers[index * shape[1] + index] = gain }
        return try cast(Tensor(shape, numbers), to: dtype)
    }

    public var namedConfiguration: NamedConfiguration? { .initializer("Identity", [("gain", .double(gain))]) }
}

extension Initializer where Self == IdentityInitializer {
    public static func identity(gain: Double = 1) -> IdentityInitializer { IdentityInitializer(gain: gain) }
}
