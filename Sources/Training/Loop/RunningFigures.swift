import TensorCore

/// Losses and metrics over the batches of a pass; a batch counts by how many examples it has.
public struct RunningFigures: Sendable {
    private var metrics: MetricGroup
    private var total = 0.0
    private var totals: [Double] = []
    private var count = 0.0

    public init(_ metrics: MetricGroup) { self.metrics = metrics }

    /// Takes a batch into account.
    ///
    /// - Parameters:
    ///   - loss: of the whole objective.
    ///   - losses: of each output.
    ///   - outputs: what the network answered.
    public mutating func add(_ batch: Examples, loss: Double, losses: [Double], outputs: [Tensor]) throws {
        let size = Double(batch.count)
        if totals.isEmpty { totals = losses.map { _ in 0 } }
        total += loss * size
        for (index, part) in losses.enumerated() { totals[index] += part * size }
        count += size
        try metrics.update(batch, outputs: outputs)
    }

    /// The mean of the loss so far; NaN before the first batch.
    public var loss: Double { total / count }

    /// Of several outputs each one's own loss, `<output>_loss`; then the metrics.
    ///
    /// - Parameter outputs: their names; `output_1`, `output_2` and so on where nothing is said.
    public func figures(outputs names: [String]? = nil) -> [Logs.Entry] {
        var entries: [Logs.Entry] = []
        if totals.count > 1 {
            for (index, part) in totals.enumerated() {
                entries.append(Logs.Entry(name: "\(names?[index] ?? "output_\(index + 1)")_loss", value: part / count))
            }
        }
        return entries + metrics.results.entries
    }
}
