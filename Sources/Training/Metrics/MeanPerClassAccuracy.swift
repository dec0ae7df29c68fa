import TensorCore

/// The mean over all classes of how often each is recognised; a class that never occurs counts as never recognised.
///
/// - Shapes: `labels` and `predictions` are class numbers of one shape → `[]`.
/// - Source: tf.metrics.mean_per_class_accuracy (TensorFlow 1.8).
public struct MeanPerClassAccuracy: ClassConfusionMetric {
    public let name: String
    var classes: ClassConfusion

    public init(classCount: Int, name: String = "mean_per_class_accuracy") {
        self.name = name
        classes = ClassConfusion(classCount: classCount)
    }

    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        try add(labels, predictions, weights)
    }

    func figure(_ classes: ClassConfusion) -> Double {
        zip(classes.right, classes.labels).map(quotient).reduce(0, +) / Double(classes.classCount)
    }
}

extension MeanPerClassAccuracy {
    init(configuration: Configuration) throws {
        self.init(
            classCount: try configuration.integer("num_classes", atLeast: 1), name: try configuration.metricName())
    }
}
