import Operators
import TensorCore

/// A figure of merit that grows batch by batch.
///
/// A metric is a value: a copy goes its own way, and what several copies have gathered can be merged.
public protocol Metric: Sendable {
    /// As catalogs and logs know it.
    var name: String { get }

    /// Takes a batch into account.
    ///
    /// - Parameter weights: how much each example, or each value, counts; nil for all alike.
    mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws

    /// What came out so far: mostly a scalar, float32.
    var result: Tensor { get }

    /// Forgets all batches.
    mutating func reset()

    /// Takes into account what another copy has gathered.
    mutating func merge(_ other: Self) throws
}

extension Metric {
    public mutating func update(_ labels: Tensor, _ predictions: Tensor) throws {
        try update(labels, predictions, weights: nil)
    }

    /// The first number of the result.
    public var number: Double { result.elementCount > 0 ? Double(result.values[0]) : .nan }
}

/// A figure of merit of values alone.
public protocol ValueMetric: Sendable {
    var name: String { get }
    mutating func update(_ values: Tensor, weights: Tensor?) throws
    var result: Tensor { get }
    mutating func reset()
    mutating func merge(_ other: Self) throws
}

extension ValueMetric {
    public mutating func update(_ values: Tensor) throws { try update(values, weights: nil) }
    public var number: Double { result.elementCount > 0 ? Double(result.values[0]) : .nan }
}

/// A metric of values that follows from their weighted sum and the sum of their weights.
protocol MeanOfValues: ValueMetric {
    /// What was gathered so far; begins as `WeightedMean()`.
    var mean: WeightedMean { get set }
    func counted(_ values: Tensor) throws -> Tensor
    func figure(_ mean: WeightedMean) -> Double
}

extension MeanOfValues {
    func counted(_ values: Tensor) throws -> Tensor { values }
    func figure(_ mean: WeightedMean) -> Double { mean.value }

    public mutating func update(_ values: Tensor, weights: Tensor?) throws {
        try mean.add(counted(values), weights: weights)
    }

    public var result: Tensor { Tensor(Float(figure(mean))) }
    public mutating func reset() { mean = WeightedMean() }
    public mutating func merge(_ other: Self) { mean.merge(other.mean) }
}

/// A metric that is the weighted mean of a value for each example, or each element.
public protocol MeanMetric: Metric {
    /// What was gathered so far; begins as `WeightedMean()`.
    var mean: WeightedMean { get set }
    func values(_ labels: Tensor, _ predictions: Tensor) throws -> Tensor
}

extension MeanMetric {
    public mutating func update(_ labels: Tensor, _ predictions: Tensor, weights: Tensor?) throws {
        try mean.add(values(labels, predictions), weights: weights)
    }

    public var result: Tensor { Tensor(Float(mean.value)) }
    public mutating func reset() { mean = WeightedMean() }
    public mutating func merge(_ other: Self) { mean.merge(other.mean) }
}

/// A weighted mean in the making, in double precision.
public struct WeightedMean: Sendable {
    public private(set) var total = 0.0
    public private(set) var count = 0.0

    public init() {}

    /// Zero before anything was added.
    public var value: Double { count == 0 ? 0 : total / count }

    public mutating func add(_ values: Tensor, weights: Tensor? = nil) throws(TensorError) {
        let values = try values.dtype == .float64 ? values : cast(values, to: .float64)
        guard let weights else {
            total += try sum(values).scalarValue
            count += Double(values.elementCount)
            return
        }
        let fitted = try fitting(weights, values)
        total += try sum(values * fitted).scalarValue
        count += try sum(fitted * onesLike(values)).scalarValue
    }

    public mutating func merge(_ other: WeightedMean) {
        total += other.total
        count += other.count
    }
}
