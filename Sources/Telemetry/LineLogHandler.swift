import Glibc
import Logging

/// Writes each event as one line to standard error, in one `write`, so that lines of many threads do not mix.
struct LineLogHandler: LogHandler {
    let label: String
    let settings: LogSettings
    var metadata = Logger.Metadata()
    private var ownLevel: Logger.Level?

    init(label: String, settings: LogSettings) {
        self.label = label
        self.settings = settings
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? settings.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        var line = settings.line(event.level, event.message.description, label: label, metadata: all) + "\n"
        line.withUTF8 { bytes in
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
