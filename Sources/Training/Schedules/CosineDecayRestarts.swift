import Glibc

/// Half a cosine down to `alpha` times the rate, again and again: each period `periodFactor` times as long as the last, and
/// beginning at `rateFactor` times its rate.
///
/// - Source: tf.train.cosine_decay_restarts (TensorFlow 1.8), keras CosineDecayRestarts; Loshchilov & Hutter, *SGDR* (2017).
public struct CosineDecayRestarts: LearningRateSchedule {
    public let initialRate: Float
    public let firstDecaySteps: Float
    public let periodFactor: Float
    public let rateFactor: Float
    public let alpha: Float

    public init(
        _ initialRate: Double, firstDecaySteps: Double, periodFactor: Double = 2, rateFactor: Double = 1,
        alpha: Double = 0
    ) {
        self.initialRate = Float(initialRate)
        self.firstDecaySteps = Float(firstDecaySteps)
        self.periodFactor = Float(periodFactor)
        self.rateFactor = Float(rateFactor)
        self.alpha = Float(alpha)
    }

    public func rate(at step: Int64) -> Float {
        let (restarts, progress) = period(Float(step) / firstDecaySteps)
        let cosine = powf(rateFactor, restarts) * halfCosine(progress)
        return initialRate * ((1 - alpha) * cosine + alpha)
    }

    /// How many periods are over, and how much of the current one, after so many times the first period's length.
    private func period(_ completed: Float) -> (restarts: Float, progress: Float) {
        guard periodFactor != 1 else {
            let restarts = completed.rounded(.down)
            return (restarts, completed - restarts)
        }
        // The periods' lengths are a geometric series, whose sum is solved for their number.
        let restarts = (logf(1 - completed * (1 - periodFactor)) / logf(periodFactor)).rounded(.down)
        let length = powf(periodFactor, restarts)
        return (restarts, (completed - (1 - length) / (1 - periodFactor)) / length)
    }
}

extension CosineDecayRestarts {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), firstDecaySteps: try configuration.positive("first_decay_steps"),
            periodFactor: try configuration.positive("t_mul", default: 2),
            rateFactor: try configuration.number("m_mul", default: 1),
            alpha: try configuration.number("alpha", default: 0))
    }
}
