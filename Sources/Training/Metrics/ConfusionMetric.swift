import Operators
import TensorCore

/// A metric of how often predictions above thresholds are right.
public protocol ConfusionMetric: Metric {
    /// What was gathered so far.
    var confusion: Confusion { get set }
    /// What of labels and predictions counts.
    var selection: PredictionSelection { get }

    /// The figure at each threshold, or a single one.
    func figures(_ confusion: Confusion) -> [Double]
}

extension ConfusionMetric {
    /// - Throws: ValueError for predictions that are not between 0 and 1, and `TensorError` for shapes that do not fit.
    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let examples = try selection.examples(labels, predictions, weights, metric: name)
        confusion.add(labels: examples.labels, predictions: examples.predictions, weights: examples.weights)
    }

    /// A scalar for a single figure, else one element for each threshold.
    public var result: Tensor {
        let figures = figures(confusion).map { Float($0) }
        return Tensor(figures.count == 1 ? [] : [figures.count], figures)
    }

    public mutating func reset() { confusion = confusion.cleared }
    public mutating func merge(_ other: Self) throws { try confusion.merge(other.confusion) }
}

/// Which parts of labels and predictions a metric looks at, and as what.
public struct PredictionSelection: Sendable, Equatable {
    /// Only so many greatest predictions of each row can be positive.
    public var topK: Int?
    /// Only this class counts.
    public var classNumber: Int?
    /// Whether predictions are 0 and 1 already, or whatever counts as such, as tf.metrics.precision takes them.
    public var areDecisions = false

    public init(topK: Int? = nil, classNumber: Int? = nil) {
        self.topK = topK
        self.classNumber = classNumber
    }

    /// Of predictions that are 0 and 1 already.
    static let decisions: PredictionSelection = {
        var selection = PredictionSelection()
        selection.areDecisions = true
        return selection
    }()

    /// What stands in for a prediction that is not among the greatest.
    static let belowAll = -1e10

    /// The elements one by one.
    func examples(
        _ labels: Tensor, _ predictions: Tensor, _ weights: Tensor?, metric: String
    ) throws -> (labels: [Double], predictions: [Float], weights: [Double]) {
        var (labels, predictions) = try aligned(
            labels, predictions.dtype == .float32 ? predictions : cast(predictions, to: .float32), operator: metric)
        if areDecisions {
            predictions = try cast(notEqual(predictions, 0), to: .float32)
        } else {
            let (low, high) = predictions.range
            guard low >= 0, high <= 1 else {
                throw TrainingError(
                    .value,
                    "Metric \(metric): predictions must be between 0 and 1, but they are between \(low) and \(high)")
            }
        }
        if let topK { predictions = try greatest(topK, predictions, metric) }
        if let classNumber {
            labels = try column(classNumber, labels, metric)
            predictions = try column(classNumber, predictions, metric)
        }
        let fitted = try weights.map { try (fitting($0, predictions) * onesLike(predictions)).numbers } ?? []
        return (try labels.numbers, predictions.values, fitted)
    }

    private func greatest(_ count: Int, _ predictions: Tensor, _ metric: String) throws -> Tensor {
        guard let classes = predictions.shape.last, count <= classes else {
            throw TrainingError(
                .value, "Metric \(metric): there are no \(count) greatest of predictions of shape \(predictions.shape)")
        }
        var kept = Array(repeating: Float(PredictionSelection.belowAll), count: predictions.elementCount)
        let values = predictions.values
        for start in stride(from: 0, to: values.count, by: classes) {
            for place in greatestPlaces(count, values[start..<start + classes]) { kept[place] = values[place] }
        }
        return Tensor(predictions.shape, kept)
    }

    private func column(_ index: Int, _ tensor: Tensor, _ metric: String) throws -> Tensor {
        guard let classes = tensor.shape.last, (0..<classes).contains(index) else {
            throw TrainingError(.value, "Metric \(metric): there is no class \(index) in a shape of \(tensor.shape)")
        }
        return try gather(tensor, Tensor([], [Int64(index)]), axis: -1)
    }
}

/// Where the `count` greatest values are, the greatest first; of equal ones the first.
func greatestPlaces(_ count: Int, _ values: ArraySlice<Float>) -> ArraySlice<Int> {
    values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }.prefix(count)
}

extension Tensor {
    /// The elements in double precision.
    var numbers: [Double] {
        get throws { try (dtype == .float64 ? self : cast(self, to: .float64)).scalars(Double.self) }
    }

    /// The least and the greatest element of floats; an element that is not a number is both.
    fileprivate var range: (Float, Float) {
        var (low, high) = (Float.infinity, -Float.infinity)
        for value in values {
            if value.isNaN { return (value, value) }
            low = min(low, value)
            high = max(high, value)
        }
        return low <= high ? (low, high) : (0, 0)
    }
}
