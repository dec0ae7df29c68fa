/// Lowers the learning rate when a figure gets no better.
///
/// - Source: keras.callbacks.ReduceLROnPlateau (2.15).
public final class ReduceOnPlateau: TrainingCallback {
    public let monitor: String
    public let goal: MonitorGoal
    public let factor: Double
    public let patience: Int
    public let minDelta: Double
    /// For how many epochs after a reduction it looks away.
    public let cooldown: Int
    public let rateMin: Double
    private var best: Double?
    private var waited = 0
    private var cooling = 0

    /// - Throws: ValueError for a factor that would not lower the rate.
    public init(
        monitor: String = "val_loss", goal: MonitorGoal? = nil, factor: Double = 0.1, patience: Int = 10,
        minDelta: Double = 1e-4, cooldown: Int = 0, rateMin: Double = 0
    ) throws {
        guard factor < 1 else {
            throw TrainingError(
                .value, "ReduceLROnPlateau does not support a factor >= 1.0. Got \(factor)")
        }
        self.monitor = monitor
        self.goal = goal ?? MonitorGoal(for: monitor)
        self.factor = factor
        self.patience = patience
        self.minDelta = minDelta
        self.cooldown = cooldown
        self.rateMin = rateMin
    }

    public func trainingBegins(_ run: TrainingRun) {
        best = nil
        waited = 0
        cooling = 0
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        guard !run.isStopping else { return }
        let value = try monitored(monitor, logs, by: "reduction on a plateau")
        if cooling > 0 {
            cooling -= 1
            waited = 0
        }
        if goal.isBetter(value, than: best, by: minDelta) {
            best = value
            waited = 0
        } else if cooling == 0 {
            waited += 1
            guard waited >= patience else { return }
            let rate = run.loop.learningRate
            guard rate > rateMin else { return }
            try run.loop.setLearningRate(max(rate * factor, rateMin))
            cooling = cooldown
            waited = 0
        }
    }
}
