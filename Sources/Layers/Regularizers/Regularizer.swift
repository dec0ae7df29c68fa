import TensorCore

/// A penalty on the values of a variable.
public protocol Regularizer: NamedInModels {
    /// The penalty, a scalar; nil adds no loss (N-92).
    func callAsFunction(_ value: Tensor) throws -> Tensor?
}
