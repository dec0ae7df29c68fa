import Formats
import Operators
import TensorCore

/// The mean of `|prediction − label| / normalizer`, zero where the normalizer is.
///
/// - Shapes: `labels` and `predictions` of one shape, to which the normalizer can be stretched → `[]`.
/// - Source: keras.metrics.MeanRelativeError (2.15), tf.metrics.mean_relative_error (TensorFlow 1.8).
public struct MeanRelativeError: MeanMetric {
    public let normalizer: Tensor
    public let name: String
    public var mean = WeightedMean()

    public init(normalizer: Tensor, name: String = "mean_relative_error") {
        self.normalizer = normalizer
        self.name = name
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        let (labels, predictions) = try aligned(labels, predictions, operator: name)
        return try divideNoNaN(abs(predictions - labels), cast(normalizer, to: predictions.dtype))
    }
}

extension MeanRelativeError {
    init(configuration: Configuration) throws {
        guard let json = configuration.json("normalizer") else {
            throw TrainingError(.value, "\(configuration.className) needs \(configuration.path).normalizer")
        }
        let normalizer = json.bytes.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return try? reader.tensor(dtype: .float64)
        }
        guard let normalizer else { throw configuration.wrong("normalizer", "a number or arrays of numbers", json) }
        self.init(normalizer: normalizer, name: try configuration.metricName())
    }
}
