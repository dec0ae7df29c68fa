import Glibc
import Operators
import TensorCore

/// The area under the curve that predictions draw as the threshold goes from one end to the other.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape, `[examples, labels]` for several labels → `[]`.
/// - Source: keras.metrics.AUC (2.15), tf.metrics.auc (TensorFlow 1.8); Davis & Goadrich, *The Relationship Between
///   Precision-Recall and ROC Curves* (2006), for the interpolation of precision.
public struct AreaUnderCurve: Metric {
    public enum Curve: String, Sendable, CaseIterable {
        /// Found positives over false alarms.
        case receiverOperatingCharacteristic = "ROC"
        /// Precision over recall.
        case precisionRecall = "PR"
    }

    /// How high the curve is between two of its points.
    public enum Summation: String, Sendable, CaseIterable {
        /// As Davis and Goadrich found it for precision, a straight line for the other curve.
        case interpolation
        case minoring
        case majoring
        /// A straight line for both.
        case trapezoidal
    }

    public let name: String
    public let curve: Curve
    public let summation: Summation
    /// How much each of several labels counts; nil for all alike.
    public let labelWeights: [Double]?
    /// Whether each label has a curve of its own, and the areas are averaged.
    public let isMultiLabel: Bool
    public let fromLogits: Bool
    /// What is added to dividends and divisors.
    let epsilon: Double

    private let empty: Confusion
    /// One for all labels, or one for each once the first batch has told how many there are.
    private var confusions: [Confusion]

    /// - Parameters:
    ///   - thresholds: between 0 and 1, to which the ends are added; nil for so many in even distances, ends included.
    ///   - labelCount: how many labels there are, where it should be checked.
    /// - Throws: ValueError for numbers that make no sense.
    public init(
        thresholdCount: Int = 200, thresholds: [Double]? = nil, curve: Curve = .receiverOperatingCharacteristic,
        summation: Summation = .interpolation, isMultiLabel: Bool = false, labelCount: Int? = nil,
        labelWeights: [Double]? = nil, fromLogits: Bool = false, name: String = "auc"
    ) throws {
        guard thresholds != nil || thresholdCount > 1 else {
            throw TrainingError(
                .value, "Argument `num_thresholds` must be an integer > 1, but it is \(thresholdCount).")
        }
        if let given = thresholds, !given.allSatisfy((0...1).contains) {
            throw TrainingError(.value, "Threshold values must be in [0, 1], but they are \(given).")
        }
        guard labelWeights?.allSatisfy({ $0 >= 0 }) ?? true else {
            throw TrainingError(.value, "All values of `label_weights` must be non-negative.")
        }
        let ends = thresholds.map { [-kerasEpsilon] + $0.sorted() + [1 + kerasEpsilon] }
        self.init(
            Confusion(
                thresholds: ends ?? Confusion.evenThresholds(thresholdCount), areEven: thresholds == nil ? true : nil),
            curve, summation, isMultiLabel: isMultiLabel, labelCount: labelCount, labelWeights: labelWeights,
            fromLogits: fromLogits, epsilon: 0, name: name)
    }

    init(
        _ empty: Confusion, _ curve: Curve, _ summation: Summation, isMultiLabel: Bool = false,
        labelCount: Int? = nil, labelWeights: [Double]? = nil, fromLogits: Bool = false, epsilon: Double, name: String
    ) {
        self.name = name
        self.curve = curve
        self.summation = summation
        self.isMultiLabel = isMultiLabel
        self.labelWeights = labelWeights
        self.fromLogits = fromLogits
        self.epsilon = epsilon
        self.empty = empty
        confusions = isMultiLabel ? Array(repeating: empty, count: labelCount ?? 0) : [empty]
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let predictions = try fromLogits ? sigmoid(predictions) : predictions
        var examples = try PredictionSelection().examples(labels, predictions, weights, metric: name)
        guard isMultiLabel || labelWeights != nil else {
            return confusions[0].add(
                labels: examples.labels, predictions: examples.predictions, weights: examples.weights)
        }
        let labelCount = predictions.shape.last ?? 1
        guard labelWeights?.count ?? labelCount == labelCount else {
            throw TrainingError(
                .value,
                "Metric \(name): there are \(labelCount) labels, but \(labelWeights?.count ?? 0) weights for them")
        }
        guard isMultiLabel else {
            if examples.weights.isEmpty { examples.weights = Array(repeating: 1, count: examples.labels.count) }
            if let labelWeights {
                for index in examples.weights.indices { examples.weights[index] *= labelWeights[index % labelCount] }
            }
            return confusions[0].add(
                labels: examples.labels, predictions: examples.predictions, weights: examples.weights)
        }
        if confusions.isEmpty { confusions = Array(repeating: empty, count: labelCount) }
        guard confusions.count == labelCount, predictions.rank == 2 else {
            throw TrainingError(
                .value,
                "Metric \(name): predictions must be [examples, \(confusions.count)], but they are \(predictions.shape)"
            )
        }
        for label in 0..<labelCount {
            func column<Element>(_ elements: [Element]) -> [Element] {
                stride(from: label, to: elements.count, by: labelCount).map { elements[$0] }
            }
            confusions[label].add(
                labels: column(examples.labels), predictions: column(examples.predictions),
                weights: column(examples.weights))
        }
    }

    public var result: Tensor {
        let areas = confusions.map(area)
        guard isMultiLabel else { return Tensor(Float(areas[0])) }
        let weights = labelWeights ?? Array(repeating: 1, count: areas.count)
        let total = zip(areas, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return Tensor(Float(quotient(total, weights.reduce(0, +))))
    }

    private func area(_ confusion: Confusion) -> Double {
        let (truePositives, falsePositives) = (confusion.truePositives, confusion.falsePositives)
        func rates(_ part: [Double], _ rest: [Double], adding epsilon: Double) -> [Double] {
            zip(part, rest).map { quotient($0 + epsilon, $0 + $1 + self.epsilon) }
        }
        let recalls = rates(truePositives, confusion.falseNegatives, adding: epsilon)
        switch (curve, summation) {
        case (.precisionRecall, .interpolation): return interpolatedPrecisionArea(confusion)
        case (.precisionRecall, _):
            return sum(recalls, rates(truePositives, falsePositives, adding: epsilon))
        case (.receiverOperatingCharacteristic, _):
            return sum(rates(falsePositives, confusion.trueNegatives, adding: 0), recalls)
        }
    }

    /// The area under straight or level pieces; `x` falls from one threshold to the next.
    private func sum(_ x: [Double], _ y: [Double]) -> Double {
        (0..<x.count - 1).reduce(0) { area, index in
            let (left, right) = (y[index], y[index + 1])
            let height: Double =
                switch summation {
                case .interpolation, .trapezoidal: (left + right) / 2
                case .minoring: min(left, right)
                case .majoring: max(left, right)
                }
            return area + (x[index] - x[index + 1]) * height
        }
    }

    private func interpolatedPrecisionArea(_ confusion: Confusion) -> Double {
        let positives = confusion.truePositives
        let predicted = zip(positives, confusion.falsePositives).map { $0 + $1 }
        return (0..<positives.count - 1).reduce(0) { area, index in
            let gained = positives[index] - positives[index + 1]
            let slope = quotient(gained, max(predicted[index] - predicted[index + 1], 0))
            let intercept = positives[index + 1] - slope * predicted[index + 1]
            let ratio =
                predicted[index] > 0 && predicted[index + 1] > 0 ? predicted[index] / predicted[index + 1] : 1
            let piece = slope * (gained + intercept * Glibc.log(ratio))
            return area + quotient(piece, max(positives[index + 1] + confusion.falseNegatives[index + 1], 0))
        }
    }

    public mutating func reset() { confusions = isMultiLabel ? confusions.map { _ in empty } : [empty] }

    public mutating func merge(_ other: AreaUnderCurve) throws {
        if confusions.isEmpty { confusions = other.confusions.map { _ in empty } }
        guard other.confusions.isEmpty || other.confusions.count == confusions.count else {
            throw TrainingError(
                .value, "Areas of \(confusions.count) labels cannot be merged with those of \(other.confusions.count)")
        }
        for (index, confusion) in other.confusions.enumerated() { try confusions[index].merge(confusion) }
    }
}

extension AreaUnderCurve {
    init(configuration: Configuration) throws {
        try self.init(
            thresholdCount: configuration.integerIfGiven("num_thresholds") ?? 200,
            thresholds: configuration.numbersIfGiven("thresholds"),
            curve: configuration.choice("curve", default: .receiverOperatingCharacteristic),
            summation: configuration.choice("summation_method", default: .interpolation),
            isMultiLabel: configuration.bool("multi_label", default: false),
            labelCount: configuration.integerIfGiven("num_labels"),
            labelWeights: configuration.numbersIfGiven("label_weights"),
            fromLogits: configuration.bool("from_logits", default: false), name: configuration.metricName())
    }

    /// As tf.metrics.auc has it: rates with an epsilon, and straight lines unless it is told to be careful.
    init(tensorFlow configuration: Configuration) throws {
        let count = try configuration.integer("num_thresholds", atLeast: 2, default: 200)
        let method = try configuration.string("summation_method") ?? "trapezoidal"
        guard let summation = Summation(rawValue: method == "careful_interpolation" ? "interpolation" : method) else {
            throw configuration.wrongValue(
                "summation_method", "trapezoidal, careful_interpolation, minoring or majoring")
        }
        self.init(
            Confusion(thresholds: Confusion.evenThresholds(count), areEven: false),
            try configuration.choice("curve", default: .receiverOperatingCharacteristic), summation, epsilon: 1e-6,
            name: try configuration.metricName())
    }
}
