import TensorCore

/// `x ← x − a·sign(β₁m + (1 − β₁)g)`, then `m ← β₂m + (1 − β₂)g`.
///
/// - Source: keras.optimizers.Lion (2.15); Chen and others, *Symbolic Discovery of Optimization Algorithms* (2023).
public struct KerasLion: ElementwiseRule {
    public let beta1: Double
    public let beta2: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.99) {
        self.beta1 = beta1
        self.beta2 = beta2
    }

    public var name: String { "Lion" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("m")]
    }
    public var kernel: UpdateKernel { .lion }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(beta1), 1 - rounded(beta1), rounded(beta2), 1 - rounded(beta2), 0, 0]
    }
}

extension KerasLion {
    init(configuration: Configuration) throws {
        self.init(
            beta1: try configuration.number("beta_1", default: 0.9),
            beta2: try configuration.number("beta_2", default: 0.99))
    }
}
