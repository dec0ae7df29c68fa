import Checkpoints
import Formats
import Glibc
import TensorCore

/// Writes event files that TensorBoard shows: figures of each epoch, learning rate, figures of batches and histograms of
/// weights where they are asked for.
///
/// As with Keras there is one folder for training and one for validation, whose figures have the same names, `epoch_loss`, and
/// so share a chart.
///
/// - Source: keras.callbacks.TensorBoard (2.15).
public final class TensorBoardLog: TrainingCallback {
    public let folder: String
    /// After each so many epochs the weights' histograms are written; 0 for never.
    public let histogramEpochs: Int
    /// After each so many steps the figures so far are written; 0 for never.
    public let everySteps: Int
    private let clock: @Sendable () -> Double
    private let host: String
    private var files: [Part: LogFile] = [:]

    private enum Part: String {
        case train, validation
    }

    /// - Parameters:
    ///   - clock: seconds since 1970.
    ///   - host: goes into the files' names; nil for the machine's.
    public init(
        _ folder: String, histogramEpochs: Int = 0, everySteps: Int = 0, host: String? = nil,
        clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock
    ) {
        self.folder = folder
        self.histogramEpochs = histogramEpochs
        self.everySteps = everySteps
        self.clock = clock
        self.host = host ?? TensorBoardLog.hostName
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        guard everySteps > 0, run.step % Int64(everySteps) == 0 else { return }
        try write(logs.entries.map { ("batch_" + $0.name, .scalar(Float($0.value))) }, run.step, to: .train)
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        let prefix = "val_"
        var trained: [(tag: String, value: TensorBoardEvent.Value)] = []
        var validated: [(tag: String, value: TensorBoardEvent.Value)] = []
        for entry in logs.entries {
            if entry.name.hasPrefix(prefix) {
                validated.append(("epoch_" + entry.name.dropFirst(prefix.count), .scalar(Float(entry.value))))
            } else {
                trained.append(("epoch_" + entry.name, .scalar(Float(entry.value))))
            }
        }
        trained.append(("epoch_learning_rate", .scalar(Float(run.loop.learningRate))))
        if histogramEpochs > 0, epoch % histogramEpochs == 0 {
            for variable in run.network.variables {
                trained.append((variable.checkpointName, .histogram(Histogram(try variable.storedValue))))
            }
        }
        try write(trained, Int64(epoch), to: .train)
        if !validated.isEmpty { try write(validated, Int64(epoch), to: .validation) }
    }

    private func write(
        _ values: [(tag: String, value: TensorBoardEvent.Value)], _ step: Int64, to part: Part
    ) throws {
        let now = clock()
        if files[part] == nil {
            let name = TensorBoardEvent.fileName(time: now, host: host)
            files[part] = try LogFile("\(folder)/\(part.rawValue)/\(name)")
            try files[part]?.append(TensorBoardEvent.fileStart(time: now))
        }
        try files[part]?.append(TensorBoardEvent(time: now, step: step, values: values).record)
    }

    public func trainingEnds(_ run: TrainingRun) throws {
        for file in files.values { try file.close() }
        files = [:]
    }
}
