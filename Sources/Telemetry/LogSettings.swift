import Logging
import Synchronization

/// How the process logs: one line an event on standard error, as text or JSON, at a level that can be
/// changed while it runs.
public final class LogSettings: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    public let format: Format
    private let levelIndex: Atomic<Int>
    private let time: any TimeSource

    public init(format: Format = .text, level: Logger.Level = .info, time: any TimeSource = SystemTime()) {
        self.format = format
        self.time = time
        levelIndex = Atomic(Self.index(of: level))
    }

    /// What is below this level is not logged, by any logger made here, from now on.
    public var level: Logger.Level {
        get { Logger.Level.allCases[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    public func logger(_ label: String) -> Logger {
        Logger(label: label) { LineLogHandler(label: $0, settings: self) }
    }

    func line(_ level: Logger.Level, _ message: String, label: String, metadata: Logger.Metadata) -> String {
        let timestamp = Timestamp.string(time.wallTime())
        switch format {
        case .text: return LogLine.text(timestamp, level, message, label, metadata)
        case .json: return LogLine.json(timestamp, level, message, label, metadata)
        }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}

extension LogSettings {
    /// The levels by name, for whoever does not import the logging package.
    public typealias Level = Logger.Level
}
