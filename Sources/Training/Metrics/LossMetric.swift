import Operators
import TensorCore

/// The weighted mean of a loss's values, under the loss's name or another.
///
/// - Source: keras.metrics.MeanSquaredError and its like (2.15).
public struct LossMetric: MeanMetric {
    public let name: String
    public let loss: any Loss
    public var mean = WeightedMean()

    public init(_ loss: any Loss, name: String? = nil) {
        self.loss = loss
        self.name = name ?? loss.name
    }

    public func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor {
        try loss.values(labels, predictions)
    }
}
