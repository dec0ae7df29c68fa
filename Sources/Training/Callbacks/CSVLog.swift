/// Writes a line of figures for each epoch, as comma-separated values with their names above.
///
/// The columns are `epoch` and the first epoch's figures by name; an epoch that lacks one has `NA` there.
///
/// - Source: keras.callbacks.CSVLogger (2.15).
public final class CSVLog: TrainingCallback {
    public let path: String
    public let separator: String
    /// Whether lines that stand in the file already stay.
    public let appends: Bool
    private var file: LogFile?
    private var columns: [String] = []

    public init(_ path: String, separator: String = ",", appends: Bool = false) {
        self.path = path
        self.separator = separator
        self.appends = appends
    }

    public func trainingBegins(_ run: TrainingRun) throws {
        file = try LogFile(path, appends: appends)
        columns = []
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {
        if columns.isEmpty {
            columns = logs.entries.map(\.name).sorted()
            if file?.byteCount == 0 { try write(["epoch"] + columns) }
        }
        try write([String(epoch)] + columns.map { name in logs[name].map { "\($0)" } ?? "NA" })
    }

    /// A field that holds a separator, a quote or a line's end is quoted (RFC 4180).
    private func write(_ fields: [String]) throws {
        let quoted = fields.map { field in
            guard field.contains(where: { separator.contains($0) || $0 == "\"" || $0.isNewline }) else { return field }
            return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }
        try file?.append(Array((quoted.joined(separator: separator) + "\n").utf8))
    }

    public func trainingEnds(_ run: TrainingRun) throws {
        try file?.close()
        file = nil
    }
}
