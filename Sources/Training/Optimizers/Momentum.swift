import TensorCore

/// `m ← μm + g`, `x ← x − a·m`; with Nesterov `x ← x − a(g + μm)`. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.MomentumOptimizer (TensorFlow 1.8).
public struct Momentum: ElementwiseRule {
    public let momentum: Double
    public let usesNesterov: Bool

    public init(_ momentum: Double = 0.9, usesNesterov: Bool = false) {
        self.momentum = momentum
        self.usesNesterov = usesNesterov
    }

    public var name: String { "Momentum" }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] { [SlotDeclaration("momentum")] }
    public var kernel: UpdateKernel { usesNesterov ? .momentumNesterov : .momentum }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(momentum), 0, 0, 0, 0, 0]
    }
}

extension Momentum {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.number("momentum"), usesNesterov: try configuration.bool("use_nesterov", default: false))
    }
}
