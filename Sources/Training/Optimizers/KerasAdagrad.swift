import TensorCore

/// `s ← s + g²`, `x ← x − a·g/√(s + ε)`.
///
/// - Source: keras.optimizers.Adagrad (2.15).
public struct KerasAdagrad: ElementwiseRule {
    public let initialAccumulator: Double
    public let epsilon: Double

    public init(initialAccumulator: Double = 0.1, epsilon: Double = 1e-7) {
        self.initialAccumulator = initialAccumulator
        self.epsilon = epsilon
    }

    public var name: String { "Adagrad" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accumulator", .constant(initialAccumulator))]
    }
    public var kernel: UpdateKernel { .adagrad }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, epsilon, 0, 0, 0, 0, 0]
    }
}

extension KerasAdagrad {
    init(configuration: Configuration) throws {
        self.init(
            initialAccumulator: try configuration.number("initial_accumulator_value", default: 0.1),
            epsilon: try configuration.number("epsilon", default: 1e-7))
    }
}
