/// A function that an operator applies to its result while it still holds it. Each has a derivative that is a function of
/// the result alone, so that nothing more is kept for the gradient.
@frozen public enum OutputActivation: String, Sendable, CaseIterable {
    case linear, relu, tanh, sigmoid
    case hardSigmoid = "hard_sigmoid"

    /// The loop that applies it in place; nil where the products do it themselves or nothing is to be done.
    var kernel: UnaryKernel? {
        switch self {
        case .linear, .relu: nil
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .hardSigmoid: .hardSigmoid
        }
    }
}
