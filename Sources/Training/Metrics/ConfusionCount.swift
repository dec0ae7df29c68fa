/// How many predictions fall into one cell of the confusion matrix, by their weights.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape → `[]`, or one for each of several thresholds.
/// - Source: keras.metrics.TruePositives and its like (2.15), tf.metrics.true_positives and its like (TensorFlow 1.8).
public struct ConfusionCount: ConfusionMetric {
    public enum Cell: String, Sendable, CaseIterable {
        case truePositives = "true_positives"
        case falsePositives = "false_positives"
        case trueNegatives = "true_negatives"
        case falseNegatives = "false_negatives"
    }

    public let cell: Cell
    public let name: String
    public let selection: PredictionSelection
    public var confusion: Confusion

    public init(_ cell: Cell, thresholds: [Double] = [0.5], name: String? = nil) {
        self.init(cell, thresholds, PredictionSelection(), name: name ?? cell.rawValue)
    }

    init(_ cell: Cell, _ thresholds: [Double], _ selection: PredictionSelection, name: String) {
        self.cell = cell
        self.name = name
        self.selection = selection
        confusion = Confusion(thresholds: thresholds)
    }

    public func figures(_ confusion: Confusion) -> [Double] {
        switch cell {
        case .truePositives: confusion.truePositives
        case .falsePositives: confusion.falsePositives
        case .trueNegatives: confusion.trueNegatives
        case .falseNegatives: confusion.falseNegatives
        }
    }
}

extension ConfusionCount {
    init(_ cell: Cell, configuration: Configuration) throws {
        self.init(cell, thresholds: try configuration.thresholds() ?? [0.5], name: try configuration.metricName())
    }
    /// Of predictions that are 0 and 1 already, as tf.metrics.true_positives takes them.
    init(_ cell: Cell, decisions configuration: Configuration) throws {
        self.init(cell, [0.5], .decisions, name: try configuration.metricName())
    }
}
