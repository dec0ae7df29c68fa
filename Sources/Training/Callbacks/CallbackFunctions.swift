/// Functions as a callback.
///
/// - Source: keras.callbacks.LambdaCallback (2.15).
public final class CallbackFunctions: TrainingCallback {
    private let onEpochBegin: ((_ epoch: Int, _ run: TrainingRun) throws -> Void)?
    private let onBatchEnd: ((_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws -> Void)?
    private let onEpochEnd: ((_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws -> Void)?

    public init(
        onEpochBegin: ((_ epoch: Int, _ run: TrainingRun) throws -> Void)? = nil,
        onBatchEnd: ((_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws -> Void)? = nil,
        onEpochEnd: ((_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws -> Void)? = nil
    ) {
        self.onEpochBegin = onEpochBegin
        self.onBatchEnd = onBatchEnd
        self.onEpochEnd = onEpochEnd
    }

    public func epochBegins(_ epoch: Int, _ run: TrainingRun) throws { try onEpochBegin?(epoch, run) }

    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws { try onBatchEnd?(batch, logs, run) }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws { try onEpochEnd?(epoch, logs, run) }
}
