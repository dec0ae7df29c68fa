import Operators
import TensorCore

/// R²: one minus the squared errors by the squared distances of the labels from their mean.
///
/// - Shapes: `labels` and `predictions [examples, outputs]` → `[]`, or `[outputs]` without aggregation.
/// - Source: keras.metrics.R2Score (2.15).
public struct CoefficientOfDetermination: Metric {
    public enum Aggregation: String, Sendable, CaseIterable {
        case uniform = "uniform_average"
        /// Every output by the variance of its labels.
        case byVariance = "variance_weighted_average"
    }

    public let aggregation: Aggregation?
    /// With how many independent regressors the score is adjusted; zero for none.
    public let regressorCount: Int
    public let name: String

    private struct Sums {
        var labels: [Double]
        var squares: [Double]
        var errors: [Double]
        var weight: [Double]
    }
    private var sums: Sums?
    /// How many numbers there were, which Keras takes for the number of examples.
    private var numberCount = 0

    public init(aggregation: Aggregation? = .uniform, regressorCount: Int = 0, name: String = "r2_score") {
        self.aggregation = aggregation
        self.regressorCount = regressorCount
        self.name = name
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let (labels, predictions) = try aligned(labels, cast(predictions, to: .float64), operator: name)
        guard predictions.rank == 2 else {
            throw TensorError.rankMismatch(
                operator: name, expected: "[examples, outputs]", received: predictions.shape)
        }
        let outputs = predictions.shape[1]
        let fitted = try (weights.map { try fitting($0, predictions) * onesLike(predictions) } ?? onesLike(predictions))
            .numbers
        let zeros = Array(repeating: 0.0, count: outputs)
        var sums = self.sums ?? Sums(labels: zeros, squares: zeros, errors: zeros, weight: zeros)
        guard sums.labels.count == outputs else {
            throw TrainingError(
                .value, "Metric \(name): there were \(sums.labels.count) outputs, now there are \(outputs)")
        }
        for (index, (label, prediction)) in zip(try labels.numbers, try predictions.numbers).enumerated() {
            let (column, weight) = (index % outputs, fitted[index])
            sums.labels[column] += label * weight
            sums.squares[column] += label * label * weight
            sums.errors[column] += (label - prediction) * (label - prediction) * weight
            sums.weight[column] += weight
        }
        self.sums = sums
        numberCount += predictions.elementCount
    }

    public var result: Tensor {
        guard let sums else { return Tensor(Float(0)) }
        let variances = sums.labels.indices.map {
            sums.squares[$0] - sums.labels[$0] * quotient(sums.labels[$0], sums.weight[$0])
        }
        let scores = zip(sums.errors, variances).map { error, variance in
            let score = 1 - error / variance
            return score.isInfinite ? 0 : score
        }
        switch aggregation {
        case nil: return Tensor([scores.count], scores.map { Float(adjusted($0)) })
        case .uniform: return Tensor(Float(adjusted(scores.reduce(0, +) / Double(scores.count))))
        case .byVariance:
            let total = zip(scores, variances).reduce(0) { $0 + $1.0 * $1.1 }
            return Tensor(Float(adjusted(total / variances.reduce(0, +))))
        }
    }

    /// Adjusted for the number of regressors, where there are enough numbers.
    private func adjusted(_ score: Double) -> Double {
        let (n, p) = (Double(numberCount), Double(regressorCount))
        guard regressorCount > 0, n > p + 1 else { return score }
        return 1 - (1 - score) * (n - 1) / (n - p - 1)
    }

    public mutating func reset() {
        sums = nil
        numberCount = 0
    }

    public mutating func merge(_ other: CoefficientOfDetermination) throws {
        guard let added = other.sums else { return }
        numberCount += other.numberCount
        guard let known = sums else {
            sums = added
            return
        }
        guard known.labels.count == added.labels.count else {
            throw TrainingError(.value, "Metric \(name): scores of different numbers of outputs cannot be merged")
        }
        sums = Sums(
            labels: zip(known.labels, added.labels).map(+), squares: zip(known.squares, added.squares).map(+),
            errors: zip(known.errors, added.errors).map(+), weight: zip(known.weight, added.weight).map(+))
    }
}

extension CoefficientOfDetermination {
    init(configuration: Configuration) throws {
        var aggregation: Aggregation? = .uniform
        if configuration.isNull("class_aggregation") {
            aggregation = nil
        } else {
            aggregation = try configuration.choice("class_aggregation", default: .uniform)
        }
        self.init(
            aggregation: aggregation,
            regressorCount: try configuration.integer("num_regressors", atLeast: 0, default: 0),
            name: try configuration.metricName())
    }
}
