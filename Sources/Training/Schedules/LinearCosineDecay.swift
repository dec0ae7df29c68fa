/// `rate · ((alpha + falling line) · cosine of some periods + beta)`, and what it is at the end after that.
///
/// - Source: tf.train.linear_cosine_decay (TensorFlow 1.8); Bello, Zoph, Vasudevan, Le, *Neural Optimizer Search* (2017).
public struct LinearCosineDecay: LearningRateSchedule {
    public let initialRate: Float
    public let decaySteps: Float
    /// How many whole waves the cosine has.
    public let periods: Float
    public let alpha: Float
    public let beta: Float

    public init(
        _ initialRate: Double, decaySteps: Double, periods: Double = 0.5, alpha: Double = 0, beta: Double = 0.001
    ) {
        self.initialRate = Float(initialRate)
        self.decaySteps = Float(decaySteps)
        self.periods = Float(periods)
        self.alpha = Float(alpha)
        self.beta = Float(beta)
    }

    public func rate(at step: Int64) -> Float { rate(at: step, raisedBy: 0) }

    /// The rate where the falling line is raised by so much.
    func rate(at step: Int64, raisedBy noise: Float) -> Float {
        let completed = min(Float(step), decaySteps)
        let line = (decaySteps - completed) / decaySteps + noise
        return initialRate * ((alpha + line) * halfCosine(periods * 2 * (completed / decaySteps)) + beta)
    }
}

extension LinearCosineDecay {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), decaySteps: try configuration.positive("decay_steps"),
            periods: try configuration.number("num_periods", default: 0.5),
            alpha: try configuration.number("alpha", default: 0), beta: try configuration.number("beta", default: 0.001)
        )
    }
}
