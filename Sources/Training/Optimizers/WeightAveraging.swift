import Operators
import TensorCore

/// Averages of the weights that an optimizer keeps, to be used in their place in the end.
///
/// - Source: keras Optimizer.use_ema (2.15).
public struct WeightAveraging: Sendable {
    /// How much of the old average stays at each step.
    public let momentum: Double
    /// After so many steps, each time, the weights take the values of their averages; nil for only in the end.
    public let overwriteFrequency: Int?

    public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
        self.momentum = momentum
        self.overwriteFrequency = overwriteFrequency
    }

    static let slotName = "average"

    func average(_ average: Tensor, _ value: Tensor) throws(TensorError) -> Tensor {
        try momentum * average + (1 - momentum) * value
    }

    /// The value, or the average where the step is one to overwrite after.
    func overwritten(_ value: Tensor, _ average: Tensor, step: Tensor) throws(TensorError) -> Tensor {
        guard let overwriteFrequency else { return value }
        let isDue = try equal(mod(step + 1, Double(overwriteFrequency)), 0)
        return try select(isDue, average, value)
    }
}
