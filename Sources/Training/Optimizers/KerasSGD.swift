import TensorCore

/// `m ← μm − a·g`, `x ← x + m`; with Nesterov `x ← x + μm − a·g`. Without momentum no slot is kept.
///
/// - Source: keras.optimizers.SGD (2.15).
public struct KerasSGD: ElementwiseRule {
    public let momentum: Double
    public let usesNesterov: Bool

    public init(momentum: Double = 0, usesNesterov: Bool = false) {
        self.momentum = momentum
        self.usesNesterov = usesNesterov
    }

    public var name: String { "SGD" }
    public var countsIterations: Bool { true }
    public var sparseTreatment: SparseTreatment { momentum == 0 ? .rows : .dense }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] { momentum == 0 ? [] : [SlotDeclaration("m")] }
    public var kernel: UpdateKernel {
        momentum == 0 ? .gradientDescent : usesNesterov ? .velocityNesterov : .velocity
    }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(momentum), 0, 0, 0, 0, 0]
    }
}

extension KerasSGD {
    init(configuration: Configuration) throws {
        self.init(
            momentum: try configuration.number("momentum", default: 0),
            usesNesterov: try configuration.bool("nesterov", default: false))
    }
}
