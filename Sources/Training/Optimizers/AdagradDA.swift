import TensorCore

/// Sums of gradients G and of their squares A, from which the variable is made anew at each step:
/// `x = −sign(G)·max(|G| − l₁t, 0)·a/(l₂·t·a + √A)`, with t the number of this step. What the variable was before is
/// forgotten, so sparse models begin at zero.
///
/// - Source: tf.train.AdagradDAOptimizer (TensorFlow 1.8).
public struct AdagradDA: ElementwiseRule {
    public let initialAccumulator: Double
    public let l1: Double
    public let l2: Double

    public init(initialAccumulator: Double = 0.1, l1: Double = 0, l2: Double = 0) {
        self.initialAccumulator = initialAccumulator
        self.l1 = l1
        self.l2 = l2
    }

    public var name: String { "AdagradDA" }
    public var sparseTreatment: SparseTreatment { .rows }
    public var usesStep: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [
            SlotDeclaration("gradient_accumulator"),
            SlotDeclaration("gradient_squared_accumulator", .constant(initialAccumulator)),
        ]
    }
    public var kernel: UpdateKernel { .adagradDA }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let count = Double(moment.step + 1)
        return [
            0, moment.learningRate, rounded(l1) * count, rounded(l2) * count * moment.learningRate, 0, 0, 0, 0,
        ]
    }
}

extension AdagradDA {
    init(configuration: Configuration) throws {
        self.init(
            initialAccumulator: try configuration.number("initial_gradient_squared_accumulator_value", default: 0.1),
            l1: try configuration.number("l1_regularization_strength", default: 0),
            l2: try configuration.number("l2_regularization_strength", default: 0))
    }
}
