/// Ends a fit as soon as a batch's loss is not finite.
///
/// - Source: keras.callbacks.TerminateOnNaN (2.15).
public final class TerminateOnNaN: TrainingCallback {
    /// The batch at which it did, counted from 0 within its epoch; nil while all losses were finite.
    public private(set) var batch: Int?

    public init() {}

    public func trainingBegins(_ run: TrainingRun) { batch = nil }

    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) {
        guard let loss = logs["loss"], !loss.isFinite else { return }
        self.batch = batch
        run.stop()
    }
}
