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
    /// From when on a checkpoint that falls off is spared.
    private var nextSparedAt: Double

    /// - Parameters:
    ///   - now: the hours of `keepEveryHours` count from here.
    ///   - kept: what earlier runs left, oldest first.
    init(policy: CheckpointPolicy, now: Double, kept: [(id: String, savedAt: Double)]) {
        self.policy = policy
        self.kept = kept
        nextSparedAt = now + (policy.keepEveryHours ?? .infinity) * 3600
    }

    /// Notes a checkpoint as the newest, also when it had been there before.
    ///
    /// - Returns: the checkpoints to remove, once this one is durable.
    mutating func saved(_ id: String, at time: Double) -> [String] {
        forget(id)
        kept.append((id, time))
        guard let keepLast = policy.keepLast, keepLast > 0 else { return [] }
        var removed: [String] = []
        while kept.count > keepLast {
            let oldest = kept.removeFirst()
            if oldest.savedAt > nextSparedAt, let hours = policy.keepEveryHours {
                nextSparedAt += hours * 3600
            } else {
                removed.append(oldest.id)
            }
        }
        return removed
    }

    mutating func forget(_ id: String) { kept.removeAll { $0.id == id } }
}
