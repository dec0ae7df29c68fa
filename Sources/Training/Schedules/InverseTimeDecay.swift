/// `rate / (1 + decayRate · step / decaySteps)`; with `staircase` the quotient's whole part counts.
///
/// - Source: tf.train.inverse_time_decay (TensorFlow 1.8), keras InverseTimeDecay.
public struct InverseTimeDecay: PeriodicDecay {
    public let initialRate: Float
    public let decaySteps: Float
    public let decayRate: Float
    public let staircase: Bool

    public init(_ initialRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool = false) {
        self.initialRate = Float(initialRate)
        self.decaySteps = Float(decaySteps)
        self.decayRate = Float(decayRate)
        self.staircase = staircase
    }

    public func rate(at step: Int64) -> Float {
        initialRate / (1 + decayRate * periods(step))
    }
}
