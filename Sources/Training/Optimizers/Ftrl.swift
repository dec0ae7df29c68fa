import TensorCore

/// Follow the regularized leader: sums of squares n and a linear part z, from which the variable is made anew at each step.
///
/// `n′ = n + g²`, `z ← z + g + 2·shrinkage·x − (n′^p − n^p)/a·x` with p minus the power of the rate; `x = 0` where
/// `|z| ≤ l₁`, else `(sign(z)·l₁ − z)/(n′^p/a + 2·l₂)`. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.FtrlOptimizer (TensorFlow 1.8); McMahan and others, *Ad Click Prediction* (2013).
public struct Ftrl: ElementwiseRule {
    public let learningRatePower: Double
    public let initialAccumulator: Double
    public let l1: Double
    public let l2: Double
    public let shrinkage: Double

    public init(
        learningRatePower: Double = -0.5, initialAccumulator: Double = 0.1, l1: Double = 0, l2: Double = 0,
        shrinkage: Double = 0
    ) {
        self.learningRatePower = learningRatePower
        self.initialAccumulator = initialAccumulator
        self.l1 = l1
        self.l2 = l2
        self.shrinkage = shrinkage
    }

    public var name: String { "Ftrl" }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accum", .constant(initialAccumulator)), SlotDeclaration("linear")]
    }
    public var kernel: UpdateKernel { learningRatePower == -0.5 ? .ftrl : .ftrlPower }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [
            0, moment.learningRate, rounded(l1), 2 * rounded(l2), 2 * rounded(shrinkage), -rounded(learningRatePower),
            0, 0,
        ]
    }
}

extension Ftrl {
    init(configuration: Configuration) throws {
        self.init(
            learningRatePower: try configuration.number("learning_rate_power", default: -0.5),
            initialAccumulator: try configuration.number("initial_accumulator_value", default: 0.1),
            l1: try configuration.number("l1_regularization_strength", default: 0),
            l2: try configuration.number("l2_regularization_strength", default: 0),
            shrinkage: try configuration.number("l2_shrinkage_regularization_strength", default: 0))
    }
}
