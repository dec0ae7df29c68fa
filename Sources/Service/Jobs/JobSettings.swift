import Formats
import Training

/// How a job trains, beside its data.
///
/// ```json
/// {"epochs"?: 1, "batch_size"?: 32, "shuffle"?: true, "seed"?, "validation_split"?: from 0 to 1,
///  "validation_data"?: a selection of a data set, "early_stopping"?: patience | {…}, "checkpoint_every"?: steps,
///  "nan_guard"?: "stop" | "roll_back" | "off", "on_restart"?: "fail" | "resume"}
/// ```
public struct JobSettings: Hashable, Sendable {
    public private(set) var epochs = 1
    public private(set) var batchSize = 32
    public private(set) var shuffles = true
    /// What the order of the examples follows from; nil for the model's own seed.
    public private(set) var seed: UInt64?
    /// The share of the data, from its end, that is not trained on but judged by.
    public private(set) var validationSplit: Double?
    public private(set) var validationData: DataSelection?
    public private(set) var earlyStopping: EarlyStoppingSettings?
    /// Steps from one checkpoint to the next; nil for none.
    public private(set) var checkpointEvery: Int?
    public private(set) var nanGuard = NaNPolicy.stop
    public private(set) var onRestart = RestartPolicy.fail
    /// As a client gave them.
    let json: JSONValue

    /// What is done about a step whose loss or new values are not finite.
    public enum NaNPolicy: String, CaseIterable, Sendable {
        /// The step is not taken, and the job fails.
        case stop
        /// The model also goes back to the end of its last whole epoch, or to where the job began.
        case rollBack = "roll_back"
        case off
    }

    /// What becomes of a job that was not over when the server stopped.
    public enum RestartPolicy: String, CaseIterable, Sendable {
        case fail
        /// It goes on from the model's last checkpoint.
        case resume
    }

    public static let keys = [
        "epochs", "batch_size", "shuffle", "seed", "validation_split", "validation_data", "early_stopping",
        "checkpoint_every", "nan_guard", "on_restart",
    ]

    /// - Throws: `ServiceError.unfit` naming the key, what was expected and what came.
    public init(_ json: JSONValue) throws(ServiceError) {
        guard let object = json.object else { throw .unfit("a job must be an object, but it is \(json)") }
        if let unknown = object.keys.first(where: { !JobSettings.keys.contains($0) }) {
            throw .unfit("a job has no '\(unknown)'; it has data, \(JobSettings.keys.joined(separator: ", "))")
        }
        self.json = json
        epochs = try JobSettings.integer(json, "epochs", 1...1_000_000) ?? 1
        batchSize = try JobSettings.integer(json, "batch_size", 1...16_777_216) ?? 32
        checkpointEvery = try JobSettings.integer(json, "checkpoint_every", 1...Int(Int32.max))
        seed = try JobSettings.integer(json, "seed", 0...Int.max).map { UInt64($0) }
        if let value = json["shuffle"], !value.isNull {
            guard let bool = value.bool else { throw .unfit("shuffle must be true or false, but it is \(value)") }
            shuffles = bool
        }
        if let value = json["validation_split"], !value.isNull {
            guard let share = value.double, share >= 0, share < 1 else {
                throw .unfit("validation_split must be at least 0 and below 1, but it is \(value)")
            }
            validationSplit = share > 0 ? share : nil
        }
        if let value = json["validation_data"], !value.isNull {
            guard validationSplit == nil else {
                throw .unfit("a job has validation_split or validation_data, not both")
            }
            validationData = try DataSelection(value)
        }
        if let value = json["early_stopping"], !value.isNull {
            earlyStopping = try EarlyStoppingSettings(value, hasValidation: hasValidation)
        }
        nanGuard = try JobSettings.choice(json, "nan_guard") ?? .stop
        onRestart = try JobSettings.choice(json, "on_restart") ?? .fail
    }

    var hasValidation: Bool { validationSplit != nil || validationData != nil }

    static func integer(
        _ json: JSONValue, _ key: String, _ range: ClosedRange<Int>, path: String = ""
    ) throws(ServiceError) -> Int? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            throw .unfit(
                "\(path)\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound), but it is \(value)"
            )
        }
        return integer
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ json: JSONValue, _ key: String
    ) throws(ServiceError) -> Choice? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unfit("\(key) must be one of \(known), but it is \(value)")
        }
        return choice
    }
}

/// When a job ends before its last epoch, as Keras's EarlyStopping has it: a patience alone, or
/// `{"monitor"?, "patience"?: 0, "min_delta"?: 0, "mode"?: "auto" | "min" | "max", "baseline"?, "start_from_epoch"?: 0,
/// "restore_best_weights"?: false}`.
public struct EarlyStoppingSettings: Hashable, Sendable {
    /// The figure that is watched: `val_loss` where there is validation, else `loss`.
    public let monitor: String
    /// Whether in the end the variables take the values of the best epoch.
    public let restoresBest: Bool
    let rule: EarlyStoppingRule

    private static let keys = [
        "monitor", "patience", "min_delta", "mode", "baseline", "start_from_epoch", "restore_best_weights",
    ]

    init(_ given: JSONValue, hasValidation: Bool) throws(ServiceError) {
        let json: JSONValue = given.integer == nil ? given : ["patience": given]
        let path = "early_stopping."
        guard let object = json.object else {
            throw .unfit("early_stopping must be a patience or an object, but it is \(given)")
        }
        if let unknown = object.keys.first(where: { !EarlyStoppingSettings.keys.contains($0) }) {
            let known = EarlyStoppingSettings.keys.joined(separator: ", ")
            throw .unfit("early_stopping has no '\(unknown)'; it has \(known)")
        }
        func number(_ key: String) throws(ServiceError) -> Double? {
            guard let value = json[key], !value.isNull else { return nil }
            guard let number = value.double else { throw .unfit("\(path)\(key) must be a number, but it is \(value)") }
            return number
        }
        let monitor = json["monitor"] ?? .null
        guard monitor.isNull || monitor.string != nil else {
            throw .unfit("\(path)monitor must be the name of a figure, but it is \(monitor)")
        }
        self.monitor = monitor.string ?? (hasValidation ? "val_loss" : "loss")
        let restores = json["restore_best_weights"] ?? .null
        guard restores.isNull || restores.bool != nil else {
            throw .unfit("\(path)restore_best_weights must be true or false, but it is \(restores)")
        }
        restoresBest = restores.bool ?? false
        let mode = json["mode"] ?? .null
        guard mode.isNull || mode == "auto" || mode.string.flatMap(MonitorGoal.init(rawValue:)) != nil else {
            throw .unfit("\(path)mode must be one of auto, min, max, but it is \(mode)")
        }
        rule = EarlyStoppingRule(
            mode.string.flatMap(MonitorGoal.init(rawValue:)) ?? MonitorGoal(for: self.monitor),
            minDelta: try number("min_delta") ?? 0,
            patience: try JobSettings.integer(json, "patience", 0...1_000_000, path: path) ?? 0,
            baseline: try number("baseline"),
            startEpoch: try JobSettings.integer(json, "start_from_epoch", 0...1_000_000, path: path) ?? 0)
    }
}
