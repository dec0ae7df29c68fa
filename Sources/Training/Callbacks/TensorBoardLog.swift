import Checkpoints
import Formats
import TensorCore

/// Writes event files that TensorBoard shows, as ``TensorBoardFiles`` has them: figures of each epoch, learning rate, figures
/// of batches and histograms of weights where they are asked for.
///
/// - Source: keras.callbacks.TensorBoard (2.15).
public final class TensorBoardLog: TrainingCallback {
    /// After each so many epochs the weights' histograms are written; 0 for never.
    public let histogramEpochs: Int
    /// After each so many steps the figures so far are written; 0 for never.
    public let everySteps: Int
    private let files: TensorBoardFiles

    /// - Parameters:
    ///   - clock: seconds since 1970.
    ///   - host: goes into the files' names; nil for the machine's.
    public init(
        _ folder: String, histogramEpochs: Int = 0, everySteps: Int = 0, host: String? = nil,
        clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock
    ) {
        files = TensorBoardFiles(folder, host: host, clock: clock)
        self.histogramEpochs = histogramEpochs
        self.everySteps = everySteps
    }

    public var folder: String { files.folder }

    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        guard everySteps > 0, run.step % Int64(everySteps) == 0 else { return }
        try files.write(step: run.step, logs.entries)
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        var further: [(tag: String, value: TensorBoardEvent.Value)] = [
            ("epoch_learning_rate", .scalar(Float(run.loop.learningRate)))
        ]
        if histogramEpochs > 0, epoch % histogramEpochs == 0 {
            for variable in run.network.variables {
                further.append((variable.checkpointName, .histogram(Histogram(try variable.storedValue))))
            }
        }
        try files.write(epoch: epoch, logs.entries, further: further)
    }

    public func trainingEnds(_ run: TrainingRun) throws { try files.close() }
}
