import TensorCore

/// A gradient on its way back: a tensor, or only the rows of one that are not zero.
public enum Gradient: Sendable {
    case dense(Tensor)
    indirect case slices(IndexedSlices)

    /// All of it as one tensor.
    public var dense: Tensor {
        get throws(TensorError) {
            switch self {
            case .dense(let tensor): tensor
            case .slices(let slices): try slices.dense()
            }
        }
    }

    /// The sum of two gradients of one tensor; slices stay slices where both are.
    static func + (x: Gradient, y: Gradient) throws(TensorError) -> Gradient {
        if case .slices(let left) = x, case .slices(let right) = y { return .slices(try left.joined(with: right)) }
        return .dense(try x.dense + y.dense)
    }
}
