import Operators
import TensorCore

/// How the learning rate goes over the steps.
///
/// A schedule is a function of the step alone, computed in float32 as TensorFlow's are.
public protocol LearningRateSchedule: Sendable {
    /// The rate of the update after `step` others.
    func rate(at step: Int64) -> Float
}

extension LearningRateSchedule {
    /// The rate as a tensor: `step []` int64 → `[]` float32, at once or in a graph.
    public func callAsFunction(_ step: Tensor) throws(TensorError) -> Tensor {
        try apply(ScheduledRate(schedule: self), to: step)
    }
}

/// A schedule as an operator.
struct ScheduledRate: StepOperator {
    let schedule: any LearningRateSchedule

    func outputSpec(_ step: TensorSpec) throws(TensorError) -> TensorSpec {
        guard step.dtype == .int64 else { throw .unsupportedDType(operator: name, received: step.dtype) }
        guard step.rank == 0 else {
            throw .rankMismatch(operator: name, expected: "a scalar step", received: step.shape)
        }
        return TensorSpec([])
    }

    func forward(_ step: Tensor, into rate: inout TensorBuffer) {
        rate.pointer(to: Float.self).pointee = schedule.rate(at: step.pointer(to: Int64.self).pointee)
    }
}

/// A learning rate: a number, or a schedule.
public enum LearningRate: Sendable {
    case constant(Double)
    case schedule(any LearningRateSchedule)
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral value: Double) { self = .constant(value) }
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }

    /// The rate after `step` updates.
    public func rate(at step: Int64) -> Float {
        switch self {
        case .constant(let rate): Float(rate)
        case .schedule(let schedule): schedule.rate(at: step)
        }
    }
}
