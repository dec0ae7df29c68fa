/// `rate / (1 + decayRate · step / decaySteps)`; with `staircase` the quotient's whole part counts.
///
/// - Source: tf.train.inverse_time_decay (TensorFlow 1.8), keras InverseTimeDecay.
public struct InverseTimeDecay: PeriodicDecay {
    public let settings: PeriodicDecaySettings

    public init(_ settings: PeriodicDecaySettings) { self.settings = settings }

    public func rate(at step: Int64) -> Float {
        settings.initialRate / (1 + settings.decayRate * periods(step))
    }
}
