import Glibc

/// Half a cosine from the rate down to `alpha` times it, after an optional rise in a straight line.
///
/// With a warm-up the rate rises from the initial one to `warmupTarget` in `warmupSteps`, and falls from there in the
/// `decaySteps` after these.
///
/// - Source: tf.train.cosine_decay (TensorFlow 1.8), keras CosineDecay; Loshchilov & Hutter, *SGDR* (2017), eq. 5.
public struct CosineDecay: LearningRateSchedule {
    public let initialRate: Float
    public let decaySteps: Float
    public let alpha: Float
    public let warmupTarget: Float?
    public let warmupSteps: Float

    public init(
        _ initialRate: Double, decaySteps: Double, alpha: Double = 0, warmupTarget: Double? = nil,
        warmupSteps: Double = 0
    ) {
        self.initialRate = Float(initialRate)
        self.decaySteps = Float(decaySteps)
        self.alpha = Float(alpha)
        self.warmupTarget = warmupTarget.map { Float($0) }
        self.warmupSteps = Float(warmupSteps)
    }

    public func rate(at step: Int64) -> Float {
        let step = Float(step)
        guard let warmupTarget else { return decayed(initialRate, step) }
        if step < warmupSteps { return (warmupTarget - initialRate) * (step / warmupSteps) + initialRate }
        return decayed(warmupTarget, step - warmupSteps)
    }

    private func decayed(_ rate: Float, _ step: Float) -> Float {
        let cosine = halfCosine(min(step, decaySteps) / decaySteps)
        return rate * ((1 - alpha) * cosine + alpha)
    }
}

/// `(1 + cos πx) / 2`: from 1 at 0 down to 0 at 1.
func halfCosine(_ progress: Float) -> Float { 0.5 * (1 + cosf(.pi * progress)) }

extension CosineDecay {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), decaySteps: try configuration.positive("decay_steps"),
            alpha: try configuration.number("alpha", default: 0),
            warmupTarget: try configuration.numberIfGiven("warmup_target"),
            warmupSteps: try configuration.number("warmup_steps", default: 0))
    }
}
