import Glibc

/// `rate · exp(−decayRate · step / decaySteps)`; with `staircase` the quotient's whole part counts.
///
/// - Source: tf.train.natural_exp_decay (TensorFlow 1.8).
public struct NaturalExponentialDecay: PeriodicDecay {
    public let settings: PeriodicDecaySettings

    public init(_ settings: PeriodicDecaySettings) { self.settings = settings }

    public func rate(at step: Int64) -> Float {
        settings.initialRate * expf(-settings.decayRate * periods(step))
    }
}
