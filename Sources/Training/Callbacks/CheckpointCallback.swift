import Checkpoints
import Layers
import Operators

/// Saves the network's and the optimizer's variables after epochs, as a TensorFlow checkpoint.
///
/// Checkpoints are called `<prefix>-<step>`. A fit goes on from one that ``Saver`` restores the same variables from.
///
/// - Source: keras.callbacks.ModelCheckpoint (2.15), tf.train.CheckpointSaverHook (TensorFlow 1.8).
public final class CheckpointCallback: TrainingCallback {
    public let prefix: String
    /// The figure that decides which checkpoint is the best; nil to save without looking.
    public let monitor: String?
    public let goal: MonitorGoal
    /// After each so many epochs it saves.
    public let everyEpochs: Int
    /// Whether the optimizer's state is left out.
    public let savesWeightsOnly: Bool
    private let maxToKeep: Int?
    private var saver: Saver?
    private var best: Double?
    /// Where the last checkpoint lies: its prefix, which restoring takes.
    public private(set) var lastPath: String?

    /// - Parameters:
    ///   - monitor: save only when this figure is the best so far.
    ///   - maxToKeep: how many checkpoints stay; nil for all.
    public init(
        _ prefix: String, savingBestOf monitor: String? = nil, goal: MonitorGoal? = nil, everyEpochs: Int = 1,
        savesWeightsOnly: Bool = false, maxToKeep: Int? = 5
    ) {
        self.prefix = prefix
        self.monitor = monitor
        self.goal = goal ?? MonitorGoal(for: monitor ?? "loss")
        self.everyEpochs = max(1, everyEpochs)
        self.savesWeightsOnly = savesWeightsOnly
        self.maxToKeep = maxToKeep
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        guard !run.isStopping || monitor == nil, (epoch + 1) % everyEpochs == 0 else { return }
        if let monitor {
            let value = try monitored(monitor, logs, by: "a checkpoint")
            guard goal.isBetter(value, than: best) else { return }
            best = value
        }
        if saver == nil {
            saver = try Saver(savesWeightsOnly ? run.network.variables : run.variables, maxToKeep: maxToKeep)
        }
        lastPath = try saver?.save(prefix, globalStep: run.step)
    }
}
