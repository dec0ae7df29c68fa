import Formats

/// How concurrent calls of a model share a run.
public struct Batching: Hashable, Sendable {
    /// Examples of different calls that are run together at most; 1 runs every call alone.
    public var examplesMax = 64
    /// How long the first call of a batch waits for others, in milliseconds; 0 takes what is waiting anyway.
    public var delayMilliseconds = 0.0
    /// Whether an answer must be the same to the last bit as the answer alone.
    public var isExact = false

    public init() {}

    private static let keys = ["max_batch_size", "max_delay_ms", "exact"]

    /// These settings with those of `{"max_batch_size"?, "max_delay_ms"?, "exact"?}` that are given.
    func changed(by json: JSONValue) throws(ServiceError) -> Batching {
        guard let object = json.object else { throw .unfit("batching must be an object, but it is \(json)") }
        if let unknown = object.keys.first(where: { !Batching.keys.contains($0) }) {
            throw .unfit("batching has no '\(unknown)'; it has \(Batching.keys.joined(separator: ", "))")
        }
        var batching = self
        if let value = json["max_batch_size"], !value.isNull {
            guard let size = value.integer, (1...65_536).contains(size) else {
                throw .unfit("batching.max_batch_size must be from 1 to 65536, but it is \(value)")
            }
            batching.examplesMax = size
        }
        if let value = json["max_delay_ms"], !value.isNull {
            guard let delay = value.double, (0...10_000).contains(delay) else {
                throw .unfit("batching.max_delay_ms must be from 0 to 10000, but it is \(value)")
            }
            batching.delayMilliseconds = delay
        }
        if let value = json["exact"], !value.isNull {
            guard let exact = value.bool else {
                throw .unfit("batching.exact must be true or false, but it is \(value)")
            }
            batching.isExact = exact
        }
        return batching
    }

    var json: JSONValue {
        [
            "max_batch_size": .integer(examplesMax), "max_delay_ms": .double(delayMilliseconds),
            "exact": .bool(isExact),
        ]
    }
}
