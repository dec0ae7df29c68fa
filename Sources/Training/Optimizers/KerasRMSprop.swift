import TensorCore

/// `s ← ρs + (1 − ρ)g²`, `x ← x − a·g/√(s + ε)`; with momentum that step goes through `m ← μm + step`, and centered the square
/// of the mean gradient is taken from s. s starts at zero.
///
/// - Source: keras.optimizers.RMSprop (2.15).
public struct KerasRMSprop: ElementwiseRule {
    public let rho: Double
    public let momentum: Double
    public let epsilon: Double
    public let isCentered: Bool

    public init(rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7, isCentered: Bool = false) {
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.isCentered = isCentered
    }

    public var name: String { "RMSprop" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("velocity")] + (isCentered ? [SlotDeclaration("average_gradient")] : [])
            + (momentum > 0 ? [SlotDeclaration("momentum")] : [])
    }
    public var kernel: UpdateKernel {
        switch (isCentered, momentum > 0) {
        case (false, false): .rmsprop
        case (true, false): .rmspropCentered
        case (false, true): .rmspropMomentum
        case (true, true): .rmspropCenteredMomentum
        }
    }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, 1 - rho, momentum, epsilon, 0, 0, 0]
    }
}

extension KerasRMSprop {
    init(configuration: Configuration) throws {
        self.init(
            rho: try configuration.number("rho", default: 0.9),
            momentum: try configuration.number("momentum", default: 0),
            epsilon: try configuration.number("epsilon", default: 1e-7),
            isCentered: try configuration.bool("centered", default: false))
    }
}
