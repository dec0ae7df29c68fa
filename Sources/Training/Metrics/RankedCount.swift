import Operators
import TensorCore

/// How well the `k` greatest predictions of each row meet its labels, of which there may be several.
///
/// - Shapes: `labels [..., labels]` are class numbers, `[...]` for one each; `predictions [..., classes]` are scores, or with
///   `arePlaces` class numbers in their order already; `weights [...]` → `[]`.
/// - Source: tf.metrics.precision_at_k, recall_at_k, average_precision_at_k, precision_at_top_k, recall_at_top_k
///   (TensorFlow 1.8).
public struct RankedCount: Metric {
    public enum Figure: Sendable {
        /// Which share of the greatest are labels.
        case precision
        /// Which share of the labels are among the greatest.
        case recall
        /// The mean of the precision at each place that is a label.
        case averagePrecision
    }

    public let figure: Figure
    /// How many of the greatest count; nil for all of given places.
    public let k: Int?
    /// Only this class counts, as label and as prediction.
    public let classNumber: Int?
    public let arePlaces: Bool
    public let name: String
    private var mean = (total: 0.0, count: 0.0)

    public init(_ figure: Figure, k: Int?, classNumber: Int? = nil, arePlaces: Bool = false, name: String) {
        self.figure = figure
        self.k = k
        self.classNumber = classNumber
        self.arePlaces = arePlaces
        self.name = name
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let width = predictions.shape.last ?? 0
        let rows = width == 0 ? 0 : predictions.elementCount / width
        let labelWidth = labels.rank == predictions.rank ? labels.shape.last ?? 0 : 1
        guard k ?? 0 <= width, predictions.rank > 0, labels.elementCount == rows * labelWidth else {
            throw TrainingError(
                .value,
                "Metric \(name): labels \(labels.shape) and predictions \(predictions.shape) do not give \(k ?? width) of each row"
            )
        }
        let numbers = try cast(labels, to: .int64).scalars(Int64.self)
        let ranked = try ranked(predictions, width)
        let rowShape = predictions.shape.dropLast()
        let ones = try Tensor(repeating: 1, rowShape, .float64)
        let rowWeights = try weights.map { try (fitting($0, ones) * ones).numbers }
        for row in 0..<rows {
            let known = Set(numbers[row * labelWidth..<(row + 1) * labelWidth])
            count(known, ranked[row], weight: rowWeights?[row] ?? 1)
        }
    }

    /// The class numbers of each row, the greatest first.
    private func ranked(_ predictions: Tensor, _ width: Int) throws -> [[Int64]] {
        if arePlaces {
            let numbers = try cast(predictions, to: .int64).scalars(Int64.self)
            return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + (k ?? width)]) }
        }
        let scores = try cast(predictions, to: .float32).values
        return stride(from: 0, to: scores.count, by: width).map { start in
            greatestPlaces(k ?? width, scores[start..<start + width]).map { Int64($0 - start) }
        }
    }

    private mutating func count(_ known: Set<Int64>, _ ranked: [Int64], weight: Double) {
        let isWanted: (Int64) -> Bool = { number in classNumber.map { Int64($0) == number } ?? true }
        switch figure {
        case .precision, .recall:
            let chosen = Set(ranked.filter(isWanted))
            let wanted = known.filter(isWanted)
            mean.total += Double(chosen.intersection(wanted).count) * weight
            mean.count += Double(figure.isPrecision ? chosen.count : wanted.count) * weight
        case .averagePrecision:
            var (hits, sum) = (0.0, 0.0)
            for (place, number) in ranked.enumerated() where known.contains(number) {
                hits += 1
                sum += hits / Double(place + 1)
            }
            mean.total += quotient(sum, Double(min(known.count, ranked.count))) * weight
            mean.count += weight
        }
    }

    /// Not a number before there was anything to count.
    public var result: Tensor { Tensor(Float(mean.total / mean.count)) }
    public mutating func reset() { mean = (0, 0) }
    public mutating func merge(_ other: RankedCount) {
        mean = (mean.total + other.mean.total, mean.count + other.mean.count)
    }
}

extension RankedCount.Figure {
    fileprivate var isPrecision: Bool { if case .precision = self { true } else { false } }
}

extension RankedCount {
    init(_ figure: Figure, arePlaces: Bool = false, configuration: Configuration) throws {
        self.init(
            figure, k: arePlaces ? nil : try configuration.integer("k", atLeast: 1),
            classNumber: try configuration.integerIfGiven("class_id"), arePlaces: arePlaces,
            name: try configuration.metricName())
    }
}
