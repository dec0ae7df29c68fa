import Operators
import TensorCore

/// `−Σ y·ln p` over the classes, for labels that are distributions.
///
/// Probabilities are divided by their sum and clipped to 1e-7 … 1 − 1e-7; logits need neither.
///
/// - Shapes: `labels` and `predictions [..., classes]` → values `[...]`.
/// - Source: keras.losses.CategoricalCrossentropy (2.15).
public struct CategoricalCrossentropy: Loss {
    public let fromLogits: Bool
    /// Labels are drawn so far towards all classes alike.
    public let labelSmoothing: Double
    public let axis: Int
    public let reduction: LossReduction

    public init(
        fromLogits: Bool = false, labelSmoothing: Double = 0, axis: Int = -1,
        reduction: LossReduction = .sumOverBatchSize
    ) {
        self.fromLogits = fromLogits
        self.labelSmoothing = labelSmoothing
        self.axis = axis
        self.reduction = reduction
    }

    public var name: String { "categorical_crossentropy" }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        var (labels, predictions) = try aligned(labels, predictions, operator: name)
        labels = try spread(labels, labelSmoothing)
        if axis != -1 && axis != predictions.rank - 1 {
            let order = try lastAxisOrder(predictions.rank)
            (labels, predictions) = (try transpose(labels, order), try transpose(predictions, order))
        }
        if fromLogits { return try Operators.softmaxCrossEntropy(logits: predictions, labels: labels) }
        return try -sum(labels * log(normalizedProbabilities(predictions)), axis: -1)
    }

    /// All axes in order, with the classes moved to the end.
    private func lastAxisOrder(_ rank: Int) throws(TensorError) -> [Int] {
        let place = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(place) else {
            throw .axisOutOfRange(
                operator: name, axis: axis, shape: Shape(Array(repeating: Shape.unknown, count: rank)))
        }
        return (0..<rank).filter { $0 != place } + [place]
    }
}

/// Probabilities that sum to one along the last axis, clipped to 1e-7 … 1 − 1e-7.
func normalizedProbabilities(_ predictions: Tensor) throws(TensorError) -> Tensor {
    let total = try sum(predictions, axis: -1, keepingDimension: true)
    return try clip(predictions / total, kerasEpsilon, 1 - kerasEpsilon)
}

extension CategoricalCrossentropy {
    init(configuration: Configuration) throws {
        self.init(
            fromLogits: try configuration.bool("from_logits", default: false),
            labelSmoothing: try configuration.number("label_smoothing", default: 0),
            axis: try configuration.integerIfGiven("axis") ?? -1, reduction: try configuration.reduction())
    }
}
