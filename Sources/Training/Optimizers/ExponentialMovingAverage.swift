import Layers
import Operators
import TensorCore

/// Averages of variables that follow them slowly: `shadow ← shadow − (1 − d)(shadow − x)`.
///
/// The averages are variables in the store of those that they follow, called `net/dense/kernel/ExponentialMovingAverage`; they
/// begin as the variables stand at the first ``apply(_:count:)``.
///
/// - Source: tf.train.ExponentialMovingAverage (TensorFlow 1.8).
public final class ExponentialMovingAverage {
    public let decay: Double
    /// Whether averages of values that are no variables, which begin at zero, are corrected for it.
    public let removesZeroBias: Bool
    public let name: String
    private var averages: [ObjectIdentifier: Variable] = [:]
    private var followed: [Variable] = []
    private var values: [String: ValueAverage] = [:]

    /// What is kept of a value that is no variable.
    private struct ValueAverage {
        let average: Variable
        /// The average before its correction, and how many values went into it.
        let biased: (average: Variable, count: Variable)?
    }

    public init(decay: Double, removesZeroBias: Bool = false, name: String = "ExponentialMovingAverage") {
        self.decay = decay
        self.removesZeroBias = removesZeroBias
        self.name = name
    }

    /// Moves the averages of variables.
    ///
    /// - Parameter count: how many updates there were, `[]`: then the decay is at most `(1 + n)/(10 + n)`, so that the
    ///   averages follow fast in the beginning.
    /// - Returns: in a graph, the tensor to fetch for it to happen; else one without elements.
    @discardableResult
    public func apply(_ variables: [Variable], count: Tensor? = nil) throws -> Tensor {
        try withoutRecording {
            for variable in variables { try follow(variable) }
            let share = try share(count)
            return try group(
                variables.compactMap { variable in
                    guard let average = averages[ObjectIdentifier(variable)] else { return nil }
                    let share = try cast(share, to: variable.dtype)
                    return try average.assign(average.value - (average.value - variable.value) * share)
                })
        }
    }

    private func follow(_ variable: Variable) throws {
        guard averages[ObjectIdentifier(variable)] == nil else { return }
        guard variable.dtype.isFloatingPoint else {
            throw TrainingError(.type, "The variables must be float or double: \(variable.name)")
        }
        averages[ObjectIdentifier(variable)] = Variable(
            name: averageName(variable), initialValue: try variable.storedValue, isTrainable: false,
            in: variable.store)
        followed.append(variable)
    }

    /// Moves the average of a value that is no variable, such as a loss; it begins at zero.
    ///
    /// - Parameter key: which average; its variable is called so.
    /// - Returns: the average after this.
    @discardableResult
    public func apply(_ value: Tensor, named key: String, count: Tensor? = nil) throws -> Tensor {
        try withoutRecording {
            let kept = try valueAverage(key, like: value)
            let share = try cast(share(count), to: value.dtype)
            guard let (biased, steps) = kept.biased else {
                return try kept.average.assign(kept.average.value - (kept.average.value - value) * share)
            }
            let sum = try biased.assign(biased.value - (biased.value - value) * share)
            let taken = try steps.assign(steps.value + 1)
            return try kept.average.assign(sum / (1 - pow(1 - share, taken)))
        }
    }

    private func valueAverage(_ key: String, like value: Tensor) throws -> ValueAverage {
        if let known = values[key] { return known }
        let store = Context.current?.store ?? VariableStore()
        func zeros(_ name: String, _ shape: Shape) throws -> Variable {
            Variable(name: name, initialValue: try Tensor.zeros(shape, value.dtype), isTrainable: false, in: store)
        }
        let average = try zeros("\(key)/\(name)", value.shape)
        let made = ValueAverage(
            average: average,
            biased: removesZeroBias
                ? (
                    try zeros("\(average.checkpointName)/biased", value.shape),
                    try zeros("\(average.checkpointName)/local_step", [])
                ) : nil)
        values[key] = made
        return made
    }

    /// One minus the decay, float32.
    private func share(_ count: Tensor?) throws -> Tensor {
        guard let count else { return Tensor(1 - Float(decay)) }
        let n = try cast(count, to: .float32)
        return try 1 - minimum((1 + n) / (10 + n), Double(Float(decay)))
    }

    /// The average of a variable; nil before it is followed.
    public func average(_ variable: Variable) -> Variable? { averages[ObjectIdentifier(variable)] }

    /// What the average of a variable is called, in checkpoints too.
    public func averageName(_ variable: Variable) -> String { "\(variable.checkpointName)/\(name)" }

    /// Under which names to restore variables from a checkpoint so that they take the values of their averages; those that are
    /// not followed keep their own names.
    public func variablesToRestore(_ variables: [Variable]? = nil) -> [String: Variable] {
        var names: [String: Variable] = [:]
        for variable in variables ?? followed {
            names[average(variable) == nil ? variable.checkpointName : averageName(variable)] = variable
        }
        return names
    }
}
