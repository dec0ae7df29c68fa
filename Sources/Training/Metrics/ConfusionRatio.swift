import Layers

/// Which share of the positive predictions is right, or of the positive labels is found.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape → `[]`, or one for each of several thresholds.
/// - Source: keras.metrics.Precision, Recall (2.15); tf.metrics.precision, recall, precision_at_thresholds,
///   recall_at_thresholds (TensorFlow 1.8).
public struct ConfusionRatio: ConfusionMetric {
    public enum Kind: String, Sendable {
        case precision
        case recall
    }

    public let kind: Kind
    public let name: String
    public let selection: PredictionSelection
    public var confusion: Confusion
    /// What is added to the divisor.
    let epsilon: Double

    /// - Parameters:
    ///   - thresholds: nil for one half, or none where only the greatest count.
    ///   - topK: only so many greatest predictions of each row can be positive.
    ///   - classNumber: only this class counts.
    public init(
        _ kind: Kind, thresholds: [Double]? = nil, topK: Int? = nil, classNumber: Int? = nil, name: String? = nil
    ) {
        self.init(
            kind, thresholds, PredictionSelection(topK: topK, classNumber: classNumber), name: name ?? kind.rawValue)
    }

    init(
        _ kind: Kind, _ thresholds: [Double]?, _ selection: PredictionSelection, epsilon: Double = 0, name: String
    ) {
        self.kind = kind
        self.name = name
        self.selection = selection
        self.epsilon = epsilon
        confusion = Confusion(thresholds: thresholds ?? [selection.standardThreshold])
    }

    public func figures(_ confusion: Confusion) -> [Double] {
        switch kind {
        case .precision: confusion.precisions(addingToDivisor: epsilon)
        case .recall: confusion.recalls(addingToDivisor: epsilon)
        }
    }
}

extension ConfusionRatio {
    init(_ kind: Kind, configuration: Configuration) throws {
        self.init(
            kind, try configuration.thresholds(), try PredictionSelection(configuration: configuration),
            name: try configuration.metricName())
    }

    /// Of predictions that are 0 and 1 already, as tf.metrics.precision takes them.
    init(_ kind: Kind, decisions configuration: Configuration) throws {
        self.init(kind, [0.5], .decisions, name: try configuration.metricName())
    }

    /// As tf.metrics.precision_at_thresholds has it.
    init(_ kind: Kind, atThresholds configuration: Configuration) throws {
        self.init(
            kind, try configuration.numbers("thresholds"), PredictionSelection(), epsilon: kerasEpsilon,
            name: try configuration.metricName())
    }
}

extension PredictionSelection {
    fileprivate var standardThreshold: Double { topK == nil ? 0.5 : PredictionSelection.belowAll }

    fileprivate init(configuration: Configuration) throws {
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
