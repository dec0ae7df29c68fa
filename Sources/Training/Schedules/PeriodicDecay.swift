/// A decay by so much in each period of so many steps.
protocol PeriodicDecay: LearningRateSchedule {
    var decaySteps: Float { get }
    /// Whether the rate stays the same within a period.
    var staircase: Bool { get }

    init(_ initialRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool)
}

extension PeriodicDecay {
    /// How many periods have gone by.
    func periods(_ step: Int64) -> Float {
        let periods = Float(step) / decaySteps
        return staircase ? periods.rounded(.down) : periods
    }

    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), decaySteps: try configuration.positive("decay_steps"),
            decayRate: try configuration.number("decay_rate"),
            staircase: try configuration.bool("staircase", default: false))
    }
}
