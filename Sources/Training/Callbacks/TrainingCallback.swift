/// Something that looks on while a network is fitted, and may steer it. All is optional.
///
/// Callbacks are called in the order in which they were given. What they throw ends the fit.
///
/// - Source: keras.callbacks.Callback (2.15).
public protocol TrainingCallback: AnyObject {
    func trainingBegins(_ run: TrainingRun) throws
    /// - Parameter epoch: counted from 0.
    func epochBegins(_ epoch: Int, _ run: TrainingRun) throws
    /// - Parameters:
    ///   - batch: counted from 0 within the epoch.
    ///   - logs: of the epoch so far.
    func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws
    /// - Parameter logs: of the whole epoch, validation included.
    func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws
    func trainingEnds(_ run: TrainingRun) throws
}

extension TrainingCallback {
    public func trainingBegins(_ run: TrainingRun) throws {}
    public func epochBegins(_ epoch: Int, _ run: TrainingRun) throws {}
    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) throws {}
    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) throws {}
    public func trainingEnds(_ run: TrainingRun) throws {}
}

/// The figure that a callback looks at.
///
/// - Throws: ValueError where the epoch has none of this name.
func monitored(_ name: String, _ logs: Logs, by callback: String) throws -> Double {
    guard let value = logs[name] else {
        let known = logs.entries.map(\.name).joined(separator: ", ")
        throw TrainingError(.value, "\(callback) looks at '\(name)', which is not logged; there are \(known)")
    }
    return value
}
