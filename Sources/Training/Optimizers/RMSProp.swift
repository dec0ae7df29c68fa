import TensorCore

/// `s ← ρs + (1 − ρ)g²`, `m ← μm + a·g/√(s + ε)`, `x ← x − m`; centered, the square of the mean gradient is taken from s.
/// s starts at one. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.RMSPropOptimizer (TensorFlow 1.8).
public struct RMSProp: ElementwiseRule {
    public let decay: Double
    public let momentum: Double
    public let epsilon: Double
    public let isCentered: Bool

    public init(decay: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-10, isCentered: Bool = false) {
        self.decay = decay
        self.momentum = momentum
        self.epsilon = epsilon
        self.isCentered = isCentered
    }

    public var name: String { "RMSProp" }
    public var sparseTreatment: SparseTreatment { .rows }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("rms", .constant(1))] + (isCentered ? [SlotDeclaration("mg")] : [])
            + [SlotDeclaration("momentum")]
    }
    public var kernel: UpdateKernel { isCentered ? .rmspropCenteredMomentum : .rmspropMomentum }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, 1 - rounded(decay), rounded(momentum), rounded(epsilon), 0, 0, 0]
    }
}

extension RMSProp {
    init(configuration: Configuration) throws {
        self.init(
            decay: try configuration.number("decay", default: 0.9),
            momentum: try configuration.number("momentum", default: 0),
            epsilon: try configuration.number("epsilon", default: 1e-10),
            isCentered: try configuration.bool("centered", default: false))
    }
}
