import Operators
import TensorCore

/// How often the right class is among the `k` greatest predictions; what is as great as the last of them is too.
///
/// - Shapes: `predictions [..., classes]`; labels as class numbers `[...]` or `[..., 1]`, or as `[..., classes]` of which the
///   greatest counts.
/// - Source: keras.metrics.TopKCategoricalAccuracy, SparseTopKCategoricalAccuracy (2.15).
public struct TopKAccuracy: MeanMetric {
    public let k: Int
    /// Whether labels are class numbers.
    public let hasSparseLabels: Bool
    public let name: String
    public var mean = WeightedMean()

    public init(k: Int = 5, hasSparseLabels: Bool = false, name: String? = nil) {
        self.k = k
        self.hasSparseLabels = hasSparseLabels
        self.name = name ?? (hasSparseLabels ? "sparse_top_k_categorical_accuracy" : "top_k_categorical_accuracy")
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let numbers = try hasSparseLabels ? classNumbers(labels, predictions) : argmax(labels, axis: -1)
        let classes = predictions.shape.last ?? 0
        guard classes > 0, numbers.shape == predictions.shape.dropLast() else {
            throw TensorError.shapeMismatch(
                operator: name, left: predictions.shape, right: labels.shape, rule: "there is a label for each row")
        }
        let scores = try cast(predictions, to: .float32).values
        let hits = try cast(numbers, to: .int64).scalars(Int64.self).enumerated().map { row, label -> Float in
            // A label that names no class is among none, nor is one whose prediction is not finite.
            guard (0..<Int64(classes)).contains(label) else { return 0 }
            let own = scores[row * classes + Int(label)]
            let greater = scores[row * classes..<(row + 1) * classes].count { $0 > own }
            return own.isFinite && greater < k ? 1 : 0
        }
        return Tensor(numbers.shape, hits)
    }
}

extension TopKAccuracy {
    init(hasSparseLabels: Bool, configuration: Configuration) throws {
        self.init(
            k: try configuration.integer("k", atLeast: 1, default: 5), hasSparseLabels: hasSparseLabels,
            name: try configuration.metricName())
    }
}
