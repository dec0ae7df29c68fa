import TensorCore

/// `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`, `x ← x − a·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε)`.
///
/// ε stands outside the root and is not corrected. The powers are scalars that begin as β and are multiplied after each
/// step. A sparse gradient counts as zero in all other rows: their m and v decay, and they move.
///
/// - Source: tf.train.AdamOptimizer (TensorFlow 1.8); Kingma, Ba, *Adam: A Method for Stochastic Optimization* (2015).
public struct Adam: ElementwiseRule {
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    public var name: String { "Adam" }
    public var defaultLearningRate: Double { 0.001 }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] { [SlotDeclaration("m"), SlotDeclaration("v")] }
    public var scalars: [ScalarDeclaration] {
        [ScalarDeclaration("beta1_power", beta1), ScalarDeclaration("beta2_power", beta2)]
    }
    public var kernel: UpdateKernel { .adam }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let corrected = moment.learningRate * (1 - moment.scalars[1]).squareRoot() / (1 - moment.scalars[0])
        return [0, corrected, 1 - rounded(beta1), 1 - rounded(beta2), rounded(epsilon), 0, 0, 0]
    }

    public func advance(_ scalars: SIMD4<Double>, step: Int64) -> SIMD4<Double> {
        scalars * [rounded(beta1), rounded(beta2), 1, 1]
    }
}

extension Adam {
    init(configuration: Configuration) throws {
        self.init(
            beta1: try configuration.number("beta1", default: 0.9),
            beta2: try configuration.number("beta2", default: 0.999),
            epsilon: try configuration.number("epsilon", default: 1e-8))
    }
}
