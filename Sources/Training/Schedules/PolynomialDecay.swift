import Glibc

/// `(rate − end)·(1 − step/decaySteps)^power + end`, and the end rate after that; with `cycle` decaySteps counts as often as
/// the steps so far need, so that the rate rises anew.
///
/// - Source: tf.train.polynomial_decay (TensorFlow 1.8), keras PolynomialDecay.
public struct PolynomialDecay: LearningRateSchedule {
    public let initialRate: Float
    public let decaySteps: Float
    public let endRate: Float
    public let power: Float
    public let cycle: Bool

    public init(
        _ initialRate: Double, decaySteps: Double, endRate: Double = 0.0001, power: Double = 1, cycle: Bool = false
    ) {
        self.initialRate = Float(initialRate)
        self.decaySteps = Float(decaySteps)
        self.endRate = Float(endRate)
        self.power = Float(power)
        self.cycle = cycle
    }

    public func rate(at step: Int64) -> Float {
        let length = cycle && step > 0 ? decaySteps * (Float(step) / decaySteps).rounded(.up) : decaySteps
        let progress = min(Float(step), length) / length
        return (initialRate - endRate) * powf(1 - progress, power) + endRate
    }
}

extension PolynomialDecay {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), decaySteps: try configuration.positive("decay_steps"),
            endRate: try configuration.number("end_learning_rate", default: 0.0001),
            power: try configuration.number("power", default: 1),
            cycle: try configuration.bool("cycle", default: false))
    }
}
