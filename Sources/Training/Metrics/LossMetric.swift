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

    /// What the loss says does not count has no weight.
    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        let values = try values(labels, predictions)
        var weights = weights
        if let mask = try loss.validity(labels, predictions) {
            let valid = try cast(mask, to: values.dtype)
            weights = try weights.map { try fitting($0, values) * valid } ?? valid
        }
        try mean.add(values, weights: weights)
    }
}
