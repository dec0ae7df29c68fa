import Glibc
import TensorCore

/// ``LinearCosineDecay`` with noise on its falling line, of the variance `initialVariance / (1 + step)^varianceDecay`.
///
/// The noise of a step follows from the seed and the step, so that a schedule is the same at every run.
///
/// - Source: tf.train.noisy_linear_cosine_decay (TensorFlow 1.8).
public struct NoisyLinearCosineDecay: LearningRateSchedule {
    public let base: LinearCosineDecay
    public let initialVariance: Float
    public let varianceDecay: Float
    public let seed: UInt64

    public init(
        _ base: LinearCosineDecay, initialVariance: Double = 1, varianceDecay: Double = 0.55, seed: UInt64 = 0
    ) {
        self.base = base
        self.initialVariance = Float(initialVariance)
        self.varianceDecay = Float(varianceDecay)
        self.seed = seed
    }

    public func rate(at step: Int64) -> Float {
        let variance = initialVariance / powf(1 + min(Float(step), base.decaySteps), varianceDecay)
        // Box and Muller's pair of uniform numbers, the first of them never zero.
        let uniform = RandomStream(key: seed).uniform(UInt64(bitPattern: step))
        let normal = (-2 * logf(1 - uniform[0])).squareRoot() * cosf(2 * .pi * uniform[1])
        return base.rate(at: step, raisedBy: normal * variance.squareRoot())
    }
}

extension NoisyLinearCosineDecay {
    init(configuration: Configuration) throws {
        self.init(
            try LinearCosineDecay(configuration: configuration),
            initialVariance: try configuration.number("initial_variance", default: 1),
            varianceDecay: try configuration.number("variance_decay", default: 0.55),
            seed: try configuration.seed() ?? 0)
    }
}
