import TensorCore

/// `s ← ρs + (1 − ρ)g²`, `u = √(w + ε)/√(s + ε)·g`, `w ← ρw + (1 − ρ)u²`, `x ← x − a·u`. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.AdadeltaOptimizer (TensorFlow 1.8); Zeiler, *ADADELTA: An Adaptive Learning Rate Method* (2012).
public struct Adadelta: ElementwiseRule {
    public let rho: Double
    public let epsilon: Double

    public init(rho: Double = 0.95, epsilon: Double = 1e-8) {
        self.rho = rho
        self.epsilon = epsilon
    }

    public var name: String { "Adadelta" }
    public var defaultLearningRate: Double { 0.001 }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accum"), SlotDeclaration("accum_update")]
    }
    public var kernel: UpdateKernel { .adadelta }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(rho), 1 - rounded(rho), rounded(epsilon), 0, 0, 0]
    }
}

extension Adadelta {
    init(configuration: Configuration) throws {
        self.init(
            rho: try configuration.number("rho", default: 0.95),
            epsilon: try configuration.number("epsilon", default: 1e-8))
    }
}
