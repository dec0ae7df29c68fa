import TensorCore

/// As ``ProximalGradientDescent``, with the rate divided by the root of the sum of squares: `s ← s + g²`, `a/√s`. Rows of a
/// sparse gradient move alone.
///
/// - Source: tf.train.ProximalAdagradOptimizer (TensorFlow 1.8).
public struct ProximalAdagrad: ElementwiseRule {
    public let initialAccumulator: Double
    public let l1: Double
    public let l2: Double

    public init(initialAccumulator: Double = 0.1, l1: Double = 0, l2: Double = 0) {
        self.initialAccumulator = initialAccumulator
        self.l1 = l1
        self.l2 = l2
    }

    public var name: String { "ProximalAdagrad" }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accumulator", .constant(initialAccumulator))]
    }
    public var kernel: UpdateKernel { .proximalAdagrad }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(l1), rounded(l2), 0, 0, 0, 0]
    }
}

extension ProximalAdagrad {
    init(configuration: Configuration) throws {
        self.init(
            initialAccumulator: try configuration.number("initial_accumulator_value", default: 0.1),
            l1: try configuration.number("l1_regularization_strength", default: 0),
            l2: try configuration.number("l2_regularization_strength", default: 0))
    }
}
