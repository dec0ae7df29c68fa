import Glibc
import TensorCore

/// `m ← β₁m + (1 − β₁)g`, `u ← max(β₂u, |g|)`, `x ← x − a/(1 − β₁ᵗ)·m/(u + ε)`.
///
/// - Source: keras.optimizers.Adamax (2.15); Kingma, Ba, *Adam: A Method for Stochastic Optimization* (2015), §7.1.
public struct KerasAdamax: ElementwiseRule {
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    public var name: String { "Adamax" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("m"), SlotDeclaration("u")]
    }
    public var kernel: UpdateKernel { .adamax }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let corrected = moment.learningRate / (1 - pow(rounded(beta1), Double(moment.step + 1)))
        return [0, corrected, 1 - beta1, beta2, epsilon, 0, 0, 0]
    }
}

extension KerasAdamax {
    init(configuration: Configuration) throws {
        self.init(
            beta1: try configuration.number("beta_1", default: 0.9),
            beta2: try configuration.number("beta_2", default: 0.999),
            epsilon: try configuration.number("epsilon", default: 1e-7))
    }
}
