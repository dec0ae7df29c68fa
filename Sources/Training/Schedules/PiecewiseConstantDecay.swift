/// The first value up to and with the first boundary, the second up to the second, and so on.
///
/// - Source: tf.train.piecewise_constant (TensorFlow 1.8), keras PiecewiseConstantDecay.
public struct PiecewiseConstantDecay: LearningRateSchedule {
    public let boundaries: [Double]
    public let values: [Float]

    /// - Throws: ValueError unless there is one value more than boundaries, and these rise.
    public init(boundaries: [Double], values: [Double]) throws {
        guard values.count == boundaries.count + 1 else {
            throw TrainingError(
                .value,
                "The length of boundaries should be 1 less than the length of values, but there are \(boundaries.count) boundaries and \(values.count) values"
            )
        }
        guard zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw TrainingError(.value, "The boundaries must rise from one to the next, but they are \(boundaries)")
        }
        self.boundaries = boundaries
        self.values = values.map { Float($0) }
    }

    public func rate(at step: Int64) -> Float {
        values[boundaries.firstIndex { Double(step) <= $0 } ?? boundaries.count]
    }
}

extension PiecewiseConstantDecay {
    init(configuration: Configuration) throws {
        try self.init(
            boundaries: try configuration.numbers("boundaries"), values: try configuration.numbers("values"))
    }
}
