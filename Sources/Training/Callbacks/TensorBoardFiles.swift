import Checkpoints
import Formats
import Glibc
import Locking

/// The event files of one training. As with Keras there is one folder for training and one for validation, whose figures have
/// the same names, `epoch_loss`, and so share a chart.
public final class TensorBoardFiles: Sendable {
    public enum Part: String, Sendable {
        case train, validation
    }

    public let folder: String
    private let clock: @Sendable () -> Double
    private let host: String
    private let files = Lock<[Part: LogFile]>([:])

    /// Nothing is written before there is something to write.
    ///
    /// - Parameters:
    ///   - host: goes into the files' names; nil for the machine's.
    ///   - clock: seconds since 1970.
    public init(
        _ folder: String, host: String? = nil,
        clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock
    ) {
        self.folder = folder
        self.host = host ?? TensorBoardFiles.hostName
        self.clock = clock
    }

    /// The machine's name.
    public static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Writes the figures of an epoch; those called `val_…` are validation's.
    ///
    /// - Parameter further: what else there is of training, under tags of its own.
    /// - Throws: `FileError`, here and below.
    public func write(
        epoch: Int, _ figures: [Logs.Entry], further: [(tag: String, value: TensorBoardEvent.Value)] = []
    ) throws {
        let prefix = "val_"
        var trained: [(tag: String, value: TensorBoardEvent.Value)] = []
        var validated: [(tag: String, value: TensorBoardEvent.Value)] = []
        for figure in figures {
            if figure.name.hasPrefix(prefix) {
                validated.append(("epoch_" + figure.name.dropFirst(prefix.count), .scalar(Float(figure.value))))
            } else {
                trained.append(("epoch_" + figure.name, .scalar(Float(figure.value))))
            }
        }
        try write(trained + further, step: Int64(epoch), to: .train)
        if !validated.isEmpty { try write(validated, step: Int64(epoch), to: .validation) }
    }

    /// Writes the figures of an epoch so far, as they are after a step.
    public func write(step: Int64, _ figures: [Logs.Entry]) throws {
        try write(figures.map { ("batch_" + $0.name, .scalar(Float($0.value))) }, step: step, to: .train)
    }

    private func write(
        _ values: [(tag: String, value: TensorBoardEvent.Value)], step: Int64, to part: Part
    ) throws {
        let now = clock()
        try files.withLock { files in
            if files[part] == nil {
                let name = TensorBoardEvent.fileName(time: now, host: host)
                files[part] = try LogFile("\(folder)/\(part.rawValue)/\(name)")
                try files[part]?.append(TensorBoardEvent.fileStart(time: now))
            }
            try files[part]?.append(TensorBoardEvent(time: now, step: step, values: values).record)
        }
    }

    /// What is written after this goes to new files.
    public func close() throws {
        let open = files.withLock { files in
            defer { files = [:] }
            return files.values
        }
        for file in open { try file.close() }
    }
}
