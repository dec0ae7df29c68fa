/// When to stop because a figure gets no better: the rule alone, for loops of any kind.
///
/// - Source: keras.callbacks.EarlyStopping (2.15).
public struct EarlyStoppingRule: Sendable, Hashable {
    public let goal: MonitorGoal
    /// By how much a figure must be better than the best so far, to count as better.
    public let minDelta: Double
    /// After how many epochs that were no better it stops.
    public let patience: Int
    /// What must be reached for the waiting to begin anew.
    public let baseline: Double?
    /// Epochs before this one do not count.
    public let startEpoch: Int

    /// The best figure so far.
    public private(set) var bestValue: Double?
    /// When that was, counted from 0.
    public private(set) var bestEpoch: Int?
    private var waited = 0

    public init(
        _ goal: MonitorGoal, minDelta: Double = 0, patience: Int = 0, baseline: Double? = nil, startEpoch: Int = 0
    ) {
        self.goal = goal
        self.minDelta = abs(minDelta)
        self.patience = patience
        self.baseline = baseline
        self.startEpoch = startEpoch
    }

    /// What is to be done after an epoch.
    public enum Verdict: Sendable {
        /// The figure is the best so far.
        case improved
        case goOn
        case stop
    }

    /// Takes an epoch's figure into account.
    ///
    /// - Parameter epoch: counted from 0.
    public mutating func judge(_ value: Double, epoch: Int) -> Verdict {
        guard epoch >= startEpoch else { return .goOn }
        waited += 1
        if goal.isBetter(value, than: bestValue, by: minDelta) {
            (bestValue, bestEpoch) = (value, epoch)
            if goal.isBetter(value, than: baseline, by: minDelta) { waited = 0 }
            return .improved
        }
        return waited >= patience && epoch > 0 ? .stop : .goOn
    }
}

/// Whether a figure should become small or great.
public enum MonitorGoal: String, Sendable, CaseIterable {
    case minimum = "min"
    case maximum = "max"

    /// What a figure of this name is meant to become, as Keras guesses it.
    public init(for name: String) {
        self = ["acc", "accuracy", "auc"].contains { name.hasSuffix($0) } ? .maximum : .minimum
    }

    /// Whether a value is better than another by more than `delta`; than none every number is.
    public func isBetter(_ value: Double, than other: Double?, by delta: Double = 0) -> Bool {
        guard let other else { return !value.isNaN }
        return switch self {
        case .minimum: value + delta < other
        case .maximum: value - delta > other
        }
    }
}
