import Glibc

/// `rate · decayRate^(step / decaySteps)`; with `staircase` the quotient's whole part counts.
///
/// - Source: tf.train.exponential_decay (TensorFlow 1.8), keras ExponentialDecay.
public struct ExponentialDecay: PeriodicDecay {
    public let settings: PeriodicDecaySettings

    public init(_ settings: PeriodicDecaySettings) { self.settings = settings }

    public func rate(at step: Int64) -> Float {
        settings.initialRate * powf(settings.decayRate, periods(step))
    }
}
