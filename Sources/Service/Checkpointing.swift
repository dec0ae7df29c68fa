import Checkpoints
import Formats

/// Which of the checkpoints that a model saves stay, as TensorFlow's Saver has it. Those that were uploaded or copied in, and
/// those of earlier models of its name, stay in any case.
public struct Checkpointing: Hashable, Sendable {
    /// How many of the newest; nil for all.
    public var keepLast: Int?
    /// Beyond those, one for each time that this many hours have gone by; nil for none.
    public var keepEveryHours: Double?

    public init() {}

    private static let keys = ["max_to_keep", "keep_every_n_hours"]

    /// These settings with those of `{"max_to_keep"?, "keep_every_n_hours"?}` that are given; null, and as in TensorFlow 0
    /// for `max_to_keep`, keeps all and none.
    func changed(by json: JSONValue) throws(ServiceError) -> Checkpointing {
        guard let object = json.object else { throw .unfit("checkpointing must be an object, but it is \(json)") }
        if let unknown = object.keys.first(where: { !Checkpointing.keys.contains($0) }) {
            throw .unfit("checkpointing has no '\(unknown)'; it has \(Checkpointing.keys.joined(separator: ", "))")
        }
        var checkpointing = self
        if let value = json["max_to_keep"] {
            guard value.isNull || value.integer.map({ (0...1_000_000).contains($0) }) == true else {
                throw .unfit("checkpointing.max_to_keep must be from 0 to 1000000, or null for all, but it is \(value)")
            }
            checkpointing.keepLast = value.integer == 0 ? nil : value.integer
        }
        if let value = json["keep_every_n_hours"] {
            guard value.isNull || value.double.map({ $0 > 0 && $0 <= 1e6 }) == true else {
                throw .unfit(
                    "checkpointing.keep_every_n_hours must be above 0 and at most 1000000, or null for none, but it is \(value)"
                )
            }
            checkpointing.keepEveryHours = value.double
        }
        return checkpointing
    }

    var json: JSONValue {
        [
            "max_to_keep": keepLast.map { .integer($0) } ?? .null,
            "keep_every_n_hours": keepEveryHours.map { .double($0) } ?? .null,
        ]
    }

    var policy: CheckpointPolicy { CheckpointPolicy(keepLast: keepLast, keepEveryHours: keepEveryHours) }
}
