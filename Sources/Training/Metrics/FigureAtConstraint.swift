/// The best of one figure among the thresholds at which another is good enough: sensitivity at specificity, precision at
/// recall, and so on.
///
/// - Shapes: `labels` (0 or 1) and `predictions` (0 … 1) of one shape → `[]`.
/// - Source: keras.metrics.SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision (2.15);
///   tf.metrics.sensitivity_at_specificity, specificity_at_sensitivity (TensorFlow 1.8).
public struct FigureAtConstraint: ConfusionMetric {
    public enum Figure: String, Sendable {
        /// Which share of the positive labels is found; another word for recall.
        case sensitivity
        /// Which share of the negative labels is taken for such.
        case specificity
        case precision
    }

    /// Which threshold is taken.
    public enum Choice: Sendable {
        /// Of those where the constraint is met the one with the best figure; none gives zero.
        case best
        /// The one where the constrained figure comes nearest to its value: the first of several, or the last.
        case nearest(lastOfSeveral: Bool)
    }

    public let name: String
    public let figure: Figure
    public let constrained: Figure
    /// What the constrained figure must reach.
    public let value: Double
    public let choice: Choice
    public let selection: PredictionSelection
    public var confusion: Confusion

    /// - Throws: ValueError for a value that is not between 0 and 1, or without thresholds.
    public init(
        _ figure: Figure, at constrained: Figure, of value: Double, thresholdCount: Int = 200,
        classNumber: Int? = nil, choice: Choice = .best, name: String? = nil
    ) throws {
        guard (0...1).contains(value) else {
            throw TrainingError(.value, "`\(constrained.rawValue)` must be in the range [0, 1], but it is \(value).")
        }
        guard thresholdCount > 0 else {
            throw TrainingError(
                .value, "Argument `num_thresholds` must be an integer > 0, but it is \(thresholdCount).")
        }
        self.name = name ?? "\(figure.rawValue)_at_\(constrained.rawValue)"
        self.figure = figure
        self.constrained = constrained
        self.value = value
        self.choice = choice
        selection = PredictionSelection(classNumber: classNumber)
        if case .best = choice {
            confusion = Confusion(
                thresholds: Confusion.evenThresholds(thresholdCount, margin: 0), areEven: thresholdCount > 1)
        } else {
            confusion = Confusion(thresholds: Confusion.evenThresholds(thresholdCount), areEven: false)
        }
    }

    public func figures(_ confusion: Confusion) -> [Double] {
        let reached = values(constrained, confusion)
        let wanted = values(figure, confusion)
        switch choice {
        case .best: return [zip(reached, wanted).filter { $0.0 >= value }.map(\.1).max() ?? 0]
        case .nearest(let takesLast):
            let distances = reached.map { abs($0 - value) }
            let nearest = distances.min()
            let place = takesLast ? distances.lastIndex { $0 == nearest } : distances.firstIndex { $0 == nearest }
            return [place.map { wanted[$0] } ?? 0]
        }
    }

    private func values(_ figure: Figure, _ confusion: Confusion) -> [Double] {
        var epsilon = 0.0
        if case .nearest = choice { epsilon = kerasEpsilon }
        return switch figure {
        case .sensitivity: confusion.recalls(addingToDivisor: epsilon)
        case .specificity: confusion.specificities(addingToDivisor: epsilon)
        case .precision: confusion.precisions(addingToDivisor: epsilon)
        }
    }
}

extension FigureAtConstraint {
    /// - Parameter key: where the value stands, such as `specificity`.
    init(
        _ figure: Figure, at constrained: Figure, _ key: String, choice: Choice = .best, configuration: Configuration
    ) throws {
        try self.init(
            figure, at: constrained, of: configuration.number(key),
            thresholdCount: configuration.integerIfGiven("num_thresholds") ?? 200,
            classNumber: configuration.integerIfGiven("class_id"), choice: choice, name: configuration.metricName())
    }
}
