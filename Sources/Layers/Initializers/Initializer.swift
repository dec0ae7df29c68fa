import TensorCore

/// Makes the first value of a variable.
public protocol Initializer: Sendable {
    /// The value for a variable of this shape.
    ///
    /// - Parameters:
    ///   - random: numbers of this variable's own.
    ///   - fullShape: the shape of the whole variable when this is one part of a partitioned one.
    func callAsFunction(
        _ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape
    ) throws -> Tensor
}
