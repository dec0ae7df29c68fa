import Formats

/// What is told of a job.
public struct JobDescription: Sendable {
    public enum Status: String, Sendable {
        case queued, running, succeeded, failed, cancelled

        public var isFinal: Bool { self != .queued && self != .running }
    }

    public let id: String
    public let model: String
    public var status = Status.queued
    /// Epochs that are over.
    public var epoch = 0
    public var epochs: Int
    /// Steps that were taken, of all there are to take.
    public var step = 0
    public var steps: Int
    public var examplesPerSecond = 0.0
    /// The mean over the epoch so far, and at its end over all of it; nil before the first step.
    public var loss: Double?
    /// Of the epoch so far; those of the validation, `val_…`, come at its end.
    public var metrics: [NamedNumber] = []
    /// Why it failed.
    public var error: String?
    /// RFC 3339, in UTC.
    public let createdAt: String
    public var startedAt: String?
    public var finishedAt: String?

    init(id: String, model: String, epochs: Int, steps: Int, createdAt: String) {
        self.id = id
        self.model = model
        self.epochs = epochs
        self.steps = steps
        self.createdAt = createdAt
    }

    // MARK: On disk

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let model = json["model"]?.string, let epochs = json["epochs"]?.integer,
            let steps = json["steps"]?.integer, let createdAt = json["created_at"]?.string,
            let status = json["status"]?.string.flatMap(Status.init(rawValue:)), let epoch = json["epoch"]?.integer,
            let step = json["step"]?.integer
        else { return nil }
        self.init(id: id, model: model, epochs: epochs, steps: steps, createdAt: createdAt)
        self.status = status
        self.epoch = epoch
        self.step = step
        examplesPerSecond = json["examples_per_second"]?.number ?? 0
        loss = json["loss"]?.number
        metrics = (json["metrics"]?.object?.members ?? []).map {
            NamedNumber(name: $0.key, value: $0.value.number ?? .nan)
        }
        error = json["error"]?.string
        startedAt = json["started_at"]?.string
        finishedAt = json["finished_at"]?.string
    }

    var json: JSONObject {
        var object: JSONObject = JSONObject([
            ("id", .string(id)), ("model", .string(model)), ("status", .string(status.rawValue)),
            ("epoch", .integer(epoch)), ("epochs", .integer(epochs)), ("step", .integer(step)),
            ("steps", .integer(steps)), ("examples_per_second", .number(examplesPerSecond)),
            ("loss", loss.map { .number($0) } ?? .null),
            ("metrics", .object(JSONObject(metrics.map { ($0.name, .number($0.value)) }))),
            ("created_at", .string(createdAt)),
        ])
        if let error { object["error"] = .string(error) }
        if let startedAt { object["started_at"] = .string(startedAt) }
        if let finishedAt { object["finished_at"] = .string(finishedAt) }
        return object
    }
}
