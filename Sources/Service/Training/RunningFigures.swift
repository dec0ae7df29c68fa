import TensorCore
import Training

/// Losses and metrics over the batches of a pass, each example counting alike.
struct RunningFigures: Sendable {
    private var group: MetricGroup
    private var total = 0.0
    private var parts: [Double] = []
    private var count = 0.0

    init(_ group: MetricGroup) { self.group = group }

    /// With another batch taken into account.
    ///
    /// - Parameter losses: of each output.
    func adding(_ batch: Examples, _ answers: [Tensor], loss: Double, losses: [Double]) throws -> RunningFigures {
        var sum = self
        try sum.group.update(batch, outputs: answers)
        let examples = Double(batch.count)
        sum.total += loss * examples
        sum.parts =
            parts.isEmpty ? losses.map { $0 * examples } : zip(parts, losses).map { $0 + $1 * examples }
        sum.count += examples
        return sum
    }

    /// The mean so far; NaN before the first batch.
    var loss: Double { total / count }

    /// Of a model with several outputs the loss of each, then the metrics.
    func metrics(outputs: [String]) -> [NamedNumber] {
        let losses = outputs.count > 1 ? zip(outputs, parts).map { NamedNumber("\($0)_loss", $1 / count) } : []
        return losses + group.figures
    }
}
