import Formats

/// Which checkpoints to keep, as TensorFlow's Saver does it (`max_to_keep`, `keep_checkpoint_every_n_hours`).
public struct CheckpointPolicy: Hashable, Sendable {
    /// How many of the newest; nil for all.
    public var keepLast: Int?
    /// Beyond those, one for each time that this many hours have gone by; nil for none.
    public var keepEveryHours: Double?

    public init(keepLast: Int? = nil, keepEveryHours: Double? = nil) {
        self.keepLast = keepLast
        self.keepEveryHours = keepEveryHours
    }

    public static let all = CheckpointPolicy()
}

/// The newest checkpoints, and what becomes of those that fall off the end.
struct CheckpointRotation: Sendable {
    let policy: CheckpointPolicy
    /// Oldest first, with the second each was saved.
    private(set) var kept: [(id: String, savedAt: Double)] = []
    /// Where the hours of `keepEveryHours` count from: a checkpoint that falls off is spared if it was saved later than so many
    /// after this. It moves on with each that is.
    private(set) var sparedUntil: Double

    /// - Parameters:
    ///   - sparedUntil: where the hours count from, as an earlier run left it or from now.
    ///   - kept: what earlier runs left, oldest first.
    init(policy: CheckpointPolicy, sparedUntil: Double, kept: [(id: String, savedAt: Double)]) {
        self.policy = policy
        self.kept = kept
        self.sparedUntil = sparedUntil
    }

    /// Notes a checkpoint as the newest, also when it had been there before.
    ///
    /// - Returns: the checkpoints to remove, once this one is durable. They are noted until they are forgotten, so that one
    ///   whose removal is interrupted is removed another time.
    mutating func saved(_ id: String, at time: Double) -> [String] {
        forget(id)
        kept.append((id, time))
        guard let keepLast = policy.keepLast, keepLast > 0 else { return [] }
        var excess: [String] = []
        for old in kept.dropLast(keepLast) {
            if let hours = policy.keepEveryHours, old.savedAt > sparedUntil + hours * 3600 {
                sparedUntil += hours * 3600
                forget(old.id)
            } else {
                excess.append(old.id)
            }
        }
        return excess
    }

    /// The state file for what is noted; nil where nothing is.
    var stateFile: CheckpointState? {
        guard let latest = kept.last?.id else { return nil }
        var state = CheckpointState(latest: latest, all: kept.map(\.id))
        if policy.keepEveryHours != nil { state.lastPreservedTimestamp = sparedUntil }
        return state
    }

    mutating func forget(_ id: String) { kept.removeAll { $0.id == id } }
}
