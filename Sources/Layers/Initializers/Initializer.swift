import TensorCore

/// Makes the first value of a variable.
public protocol Initializer: NamedInModels {
    /// The value for a variable of this shape.
    ///
    /// - Parameters:
    ///   - random: numbers of this variable's own.
    ///   - fullShape: the shape of the whole variable when this is one part of a partitioned one.
    func callAsFunction(
        _ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape
    ) throws -> Tensor
}

extension RandomStream {
    /// The numbers of an initializer: those of its own seed, where it has one, else of the variable.
    func seeded(_ seed: UInt64?) -> RandomStream { seed.map { RandomStream(key: $0) } ?? self }

    /// The stream as a key for random operators.
    var tensor: Tensor { Tensor([2], [key, stream]) }
}
