import Layers

/// Which share of the positive predictions is right.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape → `[]`, or one for each of several thresholds.
/// - Source: keras.metrics.Precision (2.15), tf.metrics.precision, precision_at_thresholds (TensorFlow 1.8).
public struct Precision: ConfusionMetric {
    public let name: String
    public let selection: PredictionSelection
    public var confusion: Confusion
    /// What is added to the divisor.
    let epsilon: Double

    /// - Parameter thresholds: nil for one half, or none with a selection of the greatest.
    public init(thresholds: [Double]? = nil, topK: Int? = nil, classNumber: Int? = nil, name: String = "precision") {
        self.init(thresholds, PredictionSelection(topK: topK, classNumber: classNumber), name: name)
    }

    init(_ thresholds: [Double]?, _ selection: PredictionSelection, epsilon: Double = 0, name: String) {
        self.name = name
        self.selection = selection
        self.epsilon = epsilon
        confusion = Confusion(thresholds: thresholds ?? [selection.standardThreshold])
    }

    public func figures(_ confusion: Confusion) -> [Double] { confusion.precisions(addingToDivisor: epsilon) }
}

extension PredictionSelection {
    var standardThreshold: Double { topK == nil ? 0.5 : PredictionSelection.belowAll }

    init(configuration: Configuration) throws {
        self.init(
            topK: try configuration.integerIfGiven("top_k"), classNumber: try configuration.integerIfGiven("class_id"))
        guard topK ?? 1 > 0 else { throw configuration.wrongValue("top_k", "at least 1") }
    }
}

extension LayerConfiguration {
    /// Thresholds between 0 and 1.
    func thresholds() throws -> [Double]? {
        guard let thresholds = try numbersIfGiven("thresholds") else { return nil }
        guard !thresholds.isEmpty, thresholds.allSatisfy((0...1).contains) else {
            throw wrongValue("thresholds", "a number between 0 and 1, or several")
        }
        return thresholds
    }
}

extension Precision {
    init(configuration: Configuration) throws {
        self.init(
            try configuration.thresholds(), try PredictionSelection(configuration: configuration),
            name: try configuration.metricName())
    }
    /// Of predictions that are 0 and 1 already, as tf.metrics.precision takes them.
    init(decisions configuration: Configuration) throws {
        self.init([0.5], .decisions, name: try configuration.metricName())
    }

    /// As tf.metrics.precision_at_thresholds has it.
    init(atThresholds configuration: Configuration) throws {
        self.init(
            try configuration.numbers("thresholds"), PredictionSelection(), epsilon: kerasEpsilon,
            name: try configuration.metricName())
    }
}
