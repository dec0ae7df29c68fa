import TensorCore

/// `s ← ρs + (1 − ρ)g²`, `u = √(w + ε)/√(s + ε)·g`, `w ← ρw + (1 − ρ)u²`, `x ← x − a·u`.
///
/// - Source: keras.optimizers.Adadelta (2.15).
public struct KerasAdadelta: ElementwiseRule {
    public let rho: Double
    public let epsilon: Double

    public init(rho: Double = 0.95, epsilon: Double = 1e-7) {
        self.rho = rho
        self.epsilon = epsilon
    }

    public var name: String { "Adadelta" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accumulated_grad"), SlotDeclaration("accumulated_delta_var")]
    }
    public var kernel: UpdateKernel { .adadelta }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rho, 1 - rho, epsilon, 0, 0, 0]
    }
}

extension KerasAdadelta {
    init(configuration: Configuration) throws {
        self.init(
            rho: try configuration.number("rho", default: 0.95),
            epsilon: try configuration.number("epsilon", default: 1e-7))
    }
}
