import TensorCore

/// Follow the regularized leader, as ``Ftrl``, with β over twice the rate added to l₂.
///
/// - Source: keras.optimizers.Ftrl (2.15).
public struct KerasFtrl: ElementwiseRule {
    public let learningRatePower: Double
    public let initialAccumulator: Double
    public let l1: Double
    public let l2: Double
    public let shrinkage: Double
    public let beta: Double

    public init(
        learningRatePower: Double = -0.5, initialAccumulator: Double = 0.1, l1: Double = 0, l2: Double = 0,
        shrinkage: Double = 0, beta: Double = 0
    ) {
        self.learningRatePower = learningRatePower
        self.initialAccumulator = initialAccumulator
        self.l1 = l1
        self.l2 = l2
        self.shrinkage = shrinkage
        self.beta = beta
    }

    public var name: String { "Ftrl" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accumulator", .constant(rounded(initialAccumulator))), SlotDeclaration("linear")]
    }
    public var kernel: UpdateKernel { learningRatePower == -0.5 ? .ftrl : .ftrlPower }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let l2 = self.l2 + beta / (2 * moment.learningRate)
        return [0, moment.learningRate, l1, 2 * l2, 2 * shrinkage, -learningRatePower, 0, 0]
    }
}

extension KerasFtrl {
    init(configuration: Configuration) throws {
        self.init(
            learningRatePower: try configuration.number("learning_rate_power", default: -0.5),
            initialAccumulator: try configuration.number("initial_accumulator_value", default: 0.1),
            l1: try configuration.number("l1_regularization_strength", default: 0),
            l2: try configuration.number("l2_regularization_strength", default: 0),
            shrinkage: try configuration.number("l2_shrinkage_regularization_strength", default: 0),
            beta: try configuration.number("beta", default: 0))
    }
}
