/// Which share of the positive labels is found.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape → `[]`, or one for each of several thresholds.
/// - Source: keras.metrics.Recall (2.15), tf.metrics.recall, recall_at_thresholds (TensorFlow 1.8).
public struct Recall: ConfusionMetric {
    public let name: String
    public let selection: PredictionSelection
    public var confusion: Confusion
    /// What is added to the divisor.
    let epsilon: Double

    /// - Parameter thresholds: nil for one half, or none with a selection of the greatest.
    public init(thresholds: [Double]? = nil, topK: Int? = nil, classNumber: Int? = nil, name: String = "recall") {
        self.init(thresholds, PredictionSelection(topK: topK, classNumber: classNumber), name: name)
    }

    init(_ thresholds: [Double]?, _ selection: PredictionSelection, epsilon: Double = 0, name: String) {
        self.name = name
        self.selection = selection
        self.epsilon = epsilon
        confusion = Confusion(thresholds: thresholds ?? [selection.standardThreshold])
    }

    public func figures(_ confusion: Confusion) -> [Double] { confusion.recalls(addingToDivisor: epsilon) }
}

extension Recall {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.thresholds(), try PredictionSelection(configuration: configuration),
            name: try configuration.metricName())
    }
    /// Of predictions that are 0 and 1 already, as tf.metrics.recall takes them.
    init(decisions configuration: Configuration) throws {
        self.init([0.5], .decisions, name: try configuration.metricName())
    }

    /// As tf.metrics.recall_at_thresholds has it.
    init(atThresholds configuration: Configuration) throws {
        self.init(
            try configuration.numbers("thresholds"), PredictionSelection(), epsilon: kerasEpsilon,
            name: try configuration.metricName())
    }
}
