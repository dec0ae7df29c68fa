import Operators
import TensorCore

/// How far what is labelled a class and what is predicted as it overlap: the mean over some classes of
/// `right / (labelled + predicted − right)`, but for classes that never occur.
///
/// - Shapes: `labels` and `predictions` are class numbers of one shape, or scores of classes along an axis → `[]`.
/// - Source: keras.metrics.IoU, MeanIoU, BinaryIoU, OneHotIoU, OneHotMeanIoU (2.15), tf.metrics.mean_iou (TensorFlow 1.8).
public struct IntersectionOverUnion: ClassConfusionMetric {
    public let name: String
    /// Which classes count; nil for all.
    public let targetClasses: [Int]?
    /// What is labelled so does not count.
    public let ignoredClass: Int?
    public let hasSparseLabels: Bool
    public let hasSparsePredictions: Bool
    public let axis: Int
    /// From where on a prediction is class 1 of two; nil for class numbers.
    public let threshold: Double?
    var classes: ClassConfusion

    /// - Throws: ValueError for target classes that are none.
    public init(
        classCount: Int, targetClasses: [Int]? = nil, ignoredClass: Int? = nil, hasSparseLabels: Bool = true,
        hasSparsePredictions: Bool = true, axis: Int = -1, threshold: Double? = nil, name: String = "mean_io_u"
    ) throws {
        if let strange = targetClasses?.first(where: { !(0..<classCount).contains($0) }) {
            throw TrainingError(
                .value, "Target class id \(strange) is out of range, which is [0, \(classCount)), for metric \(name).")
        }
        self.name = name
        self.targetClasses = targetClasses
        self.ignoredClass = ignoredClass
        self.hasSparseLabels = hasSparseLabels
        self.hasSparsePredictions = hasSparsePredictions
        self.axis = axis
        self.threshold = threshold
        classes = ClassConfusion(classCount: classCount)
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let labels = try hasSparseLabels ? labels : argmax(labels, axis: axis)
        var predictions = try hasSparsePredictions ? predictions : argmax(predictions, axis: axis)
        if let threshold { predictions = try greaterEqual(predictions, threshold) }
        try add(labels, predictions, weights, ignoring: ignoredClass)
    }

    func figure(_ classes: ClassConfusion) -> Double {
        let (right, labels, predictions) = (classes.right, classes.labels, classes.predictions)
        let targets = targetClasses ?? Array(0..<classes.classCount)
        let unions = targets.map { labels[$0] + predictions[$0] - right[$0] }
        let shares = zip(targets, unions).map { quotient(right[$0], $1) }
        return quotient(shares.reduce(0, +), Double(unions.count { $0 != 0 }))
    }
}

extension IntersectionOverUnion {
    /// - Parameters:
    ///   - isMean: whether all classes count.
    ///   - areLabelsSparse: whether labels are class numbers unless the configuration says else.
    init(isMean: Bool, isOneHot: Bool = false, configuration: Configuration) throws {
        try self.init(
            classCount: configuration.integer("num_classes", atLeast: 1),
            targetClasses: isMean ? nil : configuration.integerList("target_class_ids"),
            ignoredClass: configuration.integerIfGiven("ignore_class"),
            hasSparseLabels: isOneHot ? false : configuration.bool("sparse_y_true", default: true),
            hasSparsePredictions: configuration.bool("sparse_y_pred", default: !isOneHot),
            axis: configuration.integerIfGiven("axis") ?? -1, name: configuration.metricName())
    }

    init(binary configuration: Configuration) throws {
        try self.init(
            classCount: 2, targetClasses: configuration.integerList("target_class_ids") ?? [0, 1],
            threshold: configuration.number("threshold", default: 0.5), name: configuration.metricName())
    }
}
