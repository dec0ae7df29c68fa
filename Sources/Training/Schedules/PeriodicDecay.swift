/// A decay by so much in each period of so many steps.
public protocol PeriodicDecay: LearningRateSchedule {
    var settings: PeriodicDecaySettings { get }

    init(_ settings: PeriodicDecaySettings)
}

/// How much a rate decays, and how often.
public struct PeriodicDecaySettings: Sendable, Hashable {
    public let initialRate: Float
    public let decaySteps: Float
    public let decayRate: Float
    /// Whether the rate stays the same within a period.
    public let staircase: Bool
}

extension PeriodicDecay {
    public init(_ initialRate: Double, decaySteps: Double, decayRate: Double, staircase: Bool = false) {
        self.init(
            PeriodicDecaySettings(
                initialRate: Float(initialRate), decaySteps: Float(decaySteps), decayRate: Float(decayRate),
                staircase: staircase))
    }

    init(configuration: Configuration) throws {
        self.init(
            try configuration.initialRate(), decaySteps: try configuration.positive("decay_steps"),
            decayRate: try configuration.number("decay_rate"),
            staircase: try configuration.bool("staircase", default: false))
    }

    /// How many periods have gone by.
    func periods(_ step: Int64) -> Float {
        let periods = Float(step) / settings.decaySteps
        return settings.staircase ? periods.rounded(.down) : periods
    }
}
