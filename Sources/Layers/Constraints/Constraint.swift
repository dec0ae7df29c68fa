import TensorCore

/// Brings a variable back where it may be, after each update.
public protocol Constraint: Sendable {
    func callAsFunction(_ value: Tensor) throws -> Tensor
}
