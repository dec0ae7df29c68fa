import Operators
import TensorCore

/// How often each class was taken for each, by weight.
struct ClassConfusion: Sendable {
    let classCount: Int
    /// `[label][prediction]`, row by row.
    private var counts: [Double]

    init(classCount: Int) {
        self.classCount = classCount
        counts = Array(repeating: 0, count: classCount * classCount)
    }

    /// Takes class numbers into account.
    ///
    /// - Throws: ValueError for a number that names no class.
    mutating func add(_ labels: [Int64], _ predictions: [Int64], _ weights: [Double], metric: String) throws {
        let known = 0..<Int64(classCount)
        for numbers in [labels, predictions] {
            if let strange = numbers.first(where: { !known.contains($0) }) {
                throw TrainingError(
                    .value, "Metric \(metric): classes are numbered from 0 to \(classCount - 1), but one is \(strange)")
            }
        }
        for index in labels.indices {
            counts[Int(labels[index]) * classCount + Int(predictions[index])] += weights.isEmpty ? 1 : weights[index]
        }
    }

    mutating func merge(_ other: ClassConfusion, metric: String) throws {
        guard classCount == other.classCount else {
            throw TrainingError(
                .value, "Metric \(metric) of \(classCount) classes cannot be merged with one of \(other.classCount)")
        }
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    var right: [Double] { (0..<classCount).map { counts[$0 * classCount + $0] } }
    /// How often each class was the label.
    var labels: [Double] {
        (0..<classCount).map { row in (0..<classCount).reduce(0) { $0 + counts[row * classCount + $1] } }
    }
    /// How often each class was predicted.
    var predictions: [Double] {
        (0..<classCount).map { column in (0..<classCount).reduce(0) { $0 + counts[$1 * classCount + column] } }
    }
}

/// A metric of how often each class is taken for each.
protocol ClassConfusionMetric: Metric {
    var classes: ClassConfusion { get set }
    /// The figure from the counts.
    func figure(_ classes: ClassConfusion) -> Double
}

extension ClassConfusionMetric {
    public var result: Tensor { Tensor(Float(figure(classes))) }
    public mutating func reset() { classes = ClassConfusion(classCount: classes.classCount) }
    public mutating func merge(_ other: Self) throws { try classes.merge(other.classes, metric: name) }

    /// Class numbers one by one, and the weights that belong to them.
    mutating func add(_ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?, ignoring ignored: Int? = nil) throws
    {
        let (labels, predictions) = try aligned(
            cast(labels, to: .int64), cast(predictions, to: .int64), operator: name)
        var kept = (labels.scalars(Int64.self), predictions.scalars(Int64.self), [Double]())
        if let weights {
            kept.2 = try
                (fitting(cast(weights, to: .float64), cast(labels, to: .float64)) * onesLike(cast(labels, to: .float64)))
                .numbers
        }
        if let ignored {
            let places = kept.0.indices.filter { kept.0[$0] != Int64(ignored) }
            kept = (
                places.map { kept.0[$0] }, places.map { kept.1[$0] }, kept.2.isEmpty ? [] : places.map { kept.2[$0] }
            )
        }
        try classes.add(kept.0, kept.1, kept.2, metric: name)
    }
}
