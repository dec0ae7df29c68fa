import Operators
import TensorCore

/// `(1 + β²)·precision·recall / (β²·precision + recall)` of each class, or averaged over classes.
///
/// - Shapes: `labels` (0 or 1) and `predictions [examples, classes]` → `[classes]` without an average, else `[]`.
/// - Source: keras.metrics.FBetaScore, F1Score (2.15).
public struct FBetaScore: Metric {
    public enum Average: String, Sendable, CaseIterable {
        /// Over the counts of all classes together.
        case micro
        /// Every class alike.
        case macro
        /// Every class as often as it is a label.
        case weighted
    }

    public let beta: Double
    public let average: Average?
    /// What a prediction must exceed; nil for the greatest of each row.
    public let threshold: Double?
    public let name: String
    /// For each class.
    private var counts: (truePositives: [Double], falsePositives: [Double], falseNegatives: [Double])?

    /// - Throws: ValueError for a β that is not positive, or a threshold that is not in (0, 1].
    public init(
        beta: Double = 1, average: Average? = nil, threshold: Double? = nil, name: String? = nil
    ) throws {
        guard beta > 0 else {
            throw TrainingError(.value, "Invalid `beta` argument value. It should be > 0. Received: beta=\(beta)")
        }
        guard threshold.map({ $0 > 0 && $0 <= 1 }) ?? true else {
            throw TrainingError(
                .value,
                "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. Received: \(threshold ?? 0)")
        }
        self.beta = beta
        self.average = average
        self.threshold = threshold
        self.name = name ?? (beta == 1 ? "f1_score" : "fbeta_score")
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let (labels, predictions) = try aligned(labels, cast(predictions, to: .float32), operator: name)
        guard predictions.rank == 2 else {
            throw TensorError.rankMismatch(
                operator: name, expected: "[examples, classes]", received: predictions.shape)
        }
        let (rows, classes) = (predictions.shape[0], predictions.shape[1])
        let rowWeights = try weights.map { try fitting($0, predictions).numbers }
        let (truths, scores) = (try labels.numbers, predictions.values)
        let zeros = Array(repeating: 0.0, count: classes)
        var counts = self.counts ?? (zeros, zeros, zeros)
        guard counts.truePositives.count == classes else {
            throw TrainingError(
                .value, "Metric \(name): there were \(counts.truePositives.count) classes, now there are \(classes)")
        }
        for row in 0..<rows {
            let scores = scores[row * classes..<(row + 1) * classes]
            let greatest = scores.max() ?? 0
            for (column, score) in scores.enumerated() {
                let isPositive = threshold.map { score > Float($0) } ?? (score >= greatest && abs(score) > 1e-9)
                let truth = truths[row * classes + column]
                let weight =
                    rowWeights.map { $0[$0.count == rows ? row : $0.count == 1 ? 0 : row * classes + column] } ?? 1
                counts.truePositives[column] += isPositive ? truth * weight : 0
                counts.falsePositives[column] += isPositive ? (1 - truth) * weight : 0
                counts.falseNegatives[column] += isPositive ? 0 : truth * weight
            }
        }
        self.counts = counts
    }

    public var result: Tensor {
        guard var (truePositives, falsePositives, falseNegatives) = counts else { return Tensor(Float(0)) }
        let occurrences = zip(truePositives, falseNegatives).map { $0 + $1 }
        if average == .micro {
            truePositives = [truePositives.reduce(0, +)]
            falsePositives = [falsePositives.reduce(0, +)]
            falseNegatives = [falseNegatives.reduce(0, +)]
        }
        let scores = truePositives.indices.map { index in
            let precision = quotient(truePositives[index], truePositives[index] + falsePositives[index])
            let recall = quotient(truePositives[index], truePositives[index] + falseNegatives[index])
            return quotient(precision * recall, beta * beta * precision + recall) * (1 + beta * beta)
        }
        switch average {
        case nil: return Tensor([scores.count], scores.map { Float($0) })
        case .micro: return Tensor(Float(scores[0]))
        case .macro: return Tensor(Float(scores.reduce(0, +) / Double(scores.count)))
        case .weighted:
            let total = occurrences.reduce(0, +)
            return Tensor(Float(zip(scores, occurrences).reduce(0) { $0 + $1.0 * quotient($1.1, total) }))
        }
    }

    public mutating func reset() { counts = nil }

    public mutating func merge(_ other: FBetaScore) throws {
        guard let added = other.counts else { return }
        guard let counts else {
            self.counts = added
            return
        }
        guard counts.truePositives.count == added.truePositives.count else {
            throw TrainingError(.value, "Metric \(name): scores of different numbers of classes cannot be merged")
        }
        self.counts = (
            zip(counts.truePositives, added.truePositives).map(+),
            zip(counts.falsePositives, added.falsePositives).map(+),
            zip(counts.falseNegatives, added.falseNegatives).map(+)
        )
    }
}

extension FBetaScore {
    /// - Parameter hasBeta: whether β may be given; else it is one.
    init(hasBeta: Bool, configuration: Configuration) throws {
        var average: Average?
        if let name = try configuration.string("average") {
            guard let known = Average(rawValue: name) else {
                throw configuration.wrongValue("average", "null, micro, macro or weighted")
            }
            average = known
        }
        try self.init(
            beta: hasBeta ? configuration.number("beta", default: 1) : 1, average: average,
            threshold: configuration.numberIfGiven("threshold"), name: configuration.metricName())
    }
}
