import TensorCore

/// `s ← s + g²`, `x ← x − a·g/√s`. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.AdagradOptimizer (TensorFlow 1.8); Duchi, Hazan, Singer, *Adaptive Subgradient Methods* (2011).
public struct Adagrad: ElementwiseRule {
    public let initialAccumulator: Double

    public init(initialAccumulator: Double = 0.1) {
        self.initialAccumulator = initialAccumulator
    }

    public var name: String { "Adagrad" }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("accumulator", .constant(initialAccumulator))]
    }
    public var kernel: UpdateKernel { .adagrad }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, 0, 0, 0, 0, 0, 0]
    }
}

extension Adagrad {
    init(configuration: Configuration) throws {
        self.init(
            initialAccumulator: try configuration.number("initial_accumulator_value", default: 0.1))
    }
}
