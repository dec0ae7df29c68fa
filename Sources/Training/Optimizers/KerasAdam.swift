import Glibc
import TensorCore

/// Adam as Keras has it: as ``Adam``, with ε 1e-7 and the powers of β taken from the count of iterations. With AMSGrad the
/// greatest v so far counts.
///
/// - Source: keras.optimizers.Adam, AdamW (2.15); Reddi, Kale, Kumar, *On the Convergence of Adam and Beyond* (2018).
public struct KerasAdam: ElementwiseRule {
    public let name: String
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double
    public let usesAMSGrad: Bool

    /// - Parameter name: `AdamW` where weights decay.
    public init(
        beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, usesAMSGrad: Bool = false,
        name: String = "Adam"
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.usesAMSGrad = usesAMSGrad
        self.name = name
    }

    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        [SlotDeclaration("m"), SlotDeclaration("v")] + (usesAMSGrad ? [SlotDeclaration("vhat")] : [])
    }
    public var kernel: UpdateKernel { usesAMSGrad ? .adamGreatest : .adam }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        let count = Double(moment.step + 1)
        let corrected = moment.learningRate * (1 - pow(rounded(beta2), count)).squareRoot()
        return [0, corrected / (1 - pow(rounded(beta1), count)), 1 - beta1, 1 - beta2, epsilon, 0, 0, 0]
    }
}

extension KerasAdam {
    init(configuration: Configuration) throws {
        self.init(
            beta1: try configuration.number("beta_1", default: 0.9),
            beta2: try configuration.number("beta_2", default: 0.999),
            epsilon: try configuration.number("epsilon", default: 1e-7),
            usesAMSGrad: try configuration.bool("amsgrad", default: false),
            name: configuration.className.lowercased() == "adamw" ? "AdamW" : "Adam")
    }
}
