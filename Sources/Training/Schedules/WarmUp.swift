/// A rise in a straight line, then another schedule from its beginning.
///
/// The rate goes from `initialRate` to what the schedule begins with in `steps`.
///
/// - Source: Goyal et al., *Accurate, Large Minibatch SGD* (2017), §2.2.
public struct WarmUp: LearningRateSchedule {
    public let initialRate: Float
    public let steps: Int64
    public let schedule: any LearningRateSchedule

    public init(steps: Int64, from initialRate: Double = 0, then schedule: any LearningRateSchedule) {
        self.initialRate = Float(initialRate)
        self.steps = steps
        self.schedule = schedule
    }

    public func rate(at step: Int64) -> Float {
        guard step < steps else { return schedule.rate(at: step - steps) }
        return initialRate + (schedule.rate(at: 0) - initialRate) * (Float(step) / Float(steps))
    }
}

extension WarmUp {
    init(configuration: Configuration) throws {
        guard let schedule = configuration.json("schedule") else {
            throw TrainingError(.value, "\(configuration.className) needs \(configuration.path).schedule")
        }
        self.init(
            steps: Int64(try configuration.integer("warmup_steps", atLeast: 0)),
            from: try configuration.number("initial_learning_rate", default: 0),
            then: try TrainingCatalog.schedule(schedule, path: "\(configuration.path).schedule"))
    }
}
