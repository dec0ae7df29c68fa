import Operators
import TensorCore

/// The weighted mean of each element over the batches, which all have one shape.
///
/// - Source: keras.metrics.MeanTensor (2.15), tf.metrics.mean_tensor (TensorFlow 1.8).
public struct MeanTensor: ValueMetric {
    public let name: String
    /// Weighted sums and sums of weights, float64; none before the first batch.
    private var sums: (values: Tensor, weights: Tensor)?

    public init(name: String = "mean_tensor") { self.name = name }

    public mutating func update(_ values: Tensor, weights: Tensor?) throws {
        let values = try cast(values, to: .float64)
        let fitted = try weights.map { try fitting($0, values) * onesLike(values) } ?? onesLike(values)
        try add(values * fitted, fitted)
    }

    private mutating func add(_ values: Tensor, _ weights: Tensor) throws {
        guard let sums else {
            self.sums = (values, weights)
            return
        }
        guard sums.values.shape == values.shape else {
            throw TrainingError(
                .value,
                "MeanTensor values must always have the same shape. Expected shape (set during the first call): \(sums.values.shape). Got: \(values.shape)."
            )
        }
        self.sums = (try sums.values + values, try sums.weights + weights)
    }

    /// `[]` of zero before the first batch.
    public var result: Tensor {
        guard let sums else { return Tensor(Float(0)) }
        let pairs = zip(sums.values.scalars(Double.self), sums.weights.scalars(Double.self))
        return Tensor(sums.values.shape, pairs.map { Float(quotient($0, $1)) })
    }

    public mutating func reset() { sums = nil }

    public mutating func merge(_ other: MeanTensor) throws {
        if let sums = other.sums { try add(sums.values, sums.weights) }
    }
}
