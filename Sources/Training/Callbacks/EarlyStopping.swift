import Layers
import Operators
import TensorCore

/// Ends a fit when a figure gets no better, and may bring the best weights back.
///
/// - Source: keras.callbacks.EarlyStopping (2.15).
public final class EarlyStopping: TrainingCallback {
    public let monitor: String
    public let restoresBestWeights: Bool
    /// The rule, with the best figure so far.
    public private(set) var rule: EarlyStoppingRule
    /// The epoch after which it ended the fit, counted from 0; nil while it has not.
    public private(set) var stoppedEpoch: Int?
    private let start: EarlyStoppingRule
    private var bestWeights: [(variable: Variable, value: Tensor)] = []

    /// - Parameter goal: nil to guess it by the figure's name.
    public init(
        monitor: String = "val_loss", goal: MonitorGoal? = nil, minDelta: Double = 0, patience: Int = 0,
        baseline: Double? = nil, restoresBestWeights: Bool = false, startEpoch: Int = 0
    ) {
        self.monitor = monitor
        self.restoresBestWeights = restoresBestWeights
        start = EarlyStoppingRule(
            goal ?? MonitorGoal(for: monitor), minDelta: minDelta, patience: patience, baseline: baseline,
            startEpoch: startEpoch)
        rule = start
    }

    public func trainingBegins(_ run: TrainingRun) {
        rule = start
        stoppedEpoch = nil
        bestWeights = []
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        // An epoch that was broken off has not been validated.
        guard !run.isStopping else { return }
        switch rule.judge(try monitored(monitor, logs, by: "early stopping"), epoch: epoch) {
        case .goOn: break
        case .improved:
            if restoresBestWeights { bestWeights = try run.network.variables.map { ($0, try $0.storedValue.copied()) } }
        case .stop:
            stoppedEpoch = epoch
            run.stop()
            for (variable, value) in bestWeights { try variable.assign(value) }
        }
    }
}
