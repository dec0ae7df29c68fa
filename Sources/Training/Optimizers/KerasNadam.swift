import Glibc
import TensorCore

/// Adam with Nesterov's momentum: with `uₜ = β₁(1 − 0.5·0.96ᵗ)` and U the product of all u so far,
/// `m̂ = uₜ₊₁·m/(1 − U·uₜ₊₁) + (1 − uₜ)·g/(1 − U)`, `v̂ = v/(1 − β₂ᵗ)`, `x ← x − a·m̂/(√v̂ + ε)`.
///
/// - Source: keras.optimizers.Nadam (2.15); Dozat, *Incorporating Nesterov Momentum into Adam* (2016).
public struct KerasNadam: ElementwiseRule {
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    public var name: String { "Nadam" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public var scalars: [ScalarDeclaration] { [ScalarDeclaration("u_product", 1, nil)] }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("m"), SlotDeclaration("v")]
    }
    public var kernel: UpdateKernel { .nadam }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let count = moment.step + 1
        let (now, next) = (share(at: count), share(at: count + 1))
        let product = moment.scalars[0] * now
        return [
            0, moment.learningRate, 1 - rounded(beta1), 1 - rounded(beta2), epsilon, next / (1 - product * next),
            (1 - now) / (1 - product), 1 - pow(rounded(beta2), Double(count)),
        ]
    }

    /// u at a step, counted from one.
    private func share(at count: Int64) -> Double {
        rounded(beta1) * (1 - 0.5 * pow(rounded(0.96), Double(count)))
    }

    public func advance(_ scalars: SIMD4<Double>, step: Int64) -> SIMD4<Double> {
        scalars * [share(at: step + 1), 1, 1, 1]
    }
}

extension KerasNadam {
    init(configuration: Configuration) throws {
        self.init(
            beta1: try configuration.number("beta_1", default: 0.9),
            beta2: try configuration.number("beta_2", default: 0.999),
            epsilon: try configuration.number("epsilon", default: 1e-7))
    }
}
