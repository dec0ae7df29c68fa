/// What came of a training step or an evaluation.
public struct TrainingOutcome: Hashable, Sendable {
    public let step: Int64
    public let version: UInt64
    /// Of a training step, before its update; penalties of layers included.
    public let loss: Double
    /// Metrics by name; of a model with several outputs, each one's loss before them.
    public let metrics: [NamedNumber]
}
