import TensorCore

/// The weighted sum of values.
///
/// - Source: keras.metrics.Sum (2.15).
public struct Sum: MeanOfValues {
    public let name: String
    var mean = WeightedMean()

    public init(name: String = "sum") { self.name = name }

    func figure(_ mean: WeightedMean) -> Double { mean.total }
}
