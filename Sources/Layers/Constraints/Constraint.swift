import TensorCore

/// Brings a variable back where it may be, after each update.
public protocol Constraint: NamedInModels {
    func callAsFunction(_ value: Tensor) throws -> Tensor
}
