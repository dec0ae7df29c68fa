import Operators

/// Weights that shrink by a share of themselves, times the learning rate, before each update.
///
/// - Source: Loshchilov, Hutter, *Decoupled Weight Decay Regularization* (2019); keras Optimizer.weight_decay (2.15).
public struct WeightDecay: Sendable {
    public let rate: Double
    /// Variables whose names contain one of these are left alone.
    public let excludedNames: [String]

    public init(_ rate: Double, excluding excludedNames: [String] = []) {
        self.rate = rate
        self.excludedNames = excludedNames
    }

    func rate(for variable: Variable) -> Double {
        excludedNames.contains { variable.name.contains($0) } ? 0 : rounded(rate)
    }
}
