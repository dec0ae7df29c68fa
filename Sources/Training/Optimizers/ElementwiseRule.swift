import Operators
import TensorCore

/// A rule that treats every element by itself, so that a kernel does all of it in one pass through memory, and all
/// variables of a network in one operator.
public protocol ElementwiseRule: UpdateRule {
    var kernel: UpdateKernel { get }

    /// The kernel's numbers from the second on; the first is not the rule's.
    func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers
}

/// The numbers of a ``Moment``.
public struct MomentValues: Sendable {
    public let learningRate: Double
    public let step: Int64
    /// The rule's scalars; places that it does not use are zero.
    public let scalars: SIMD4<Double>
}

extension ElementwiseRule {
    public func update(
        _ variable: Tensor, gradient: Tensor, slots: [Tensor], moment: Moment
    ) throws -> (variable: Tensor, slots: [Tensor]) {
        try update([(variable, gradient, slots)], moment: moment)[0]
    }

    /// Updates several variables of one dtype in one operator.
    ///
    /// - Parameter decay: by which share of themselves, times the learning rate, they shrink beforehand.
    func update(
        _ variables: [(variable: Tensor, gradient: Tensor, slots: [Tensor])], moment: Moment, decay: Double = 0
    ) throws(TensorError) -> [(variable: Tensor, slots: [Tensor])] {
        let update = FusedUpdate(rule: self, scalarCount: moment.scalars.count, decay: decay)
        let inputs = [moment.learningRate, moment.step] + moment.scalars
        var outputs = try apply(update, to: inputs + variables.flatMap { [$0, $1] + $2 })[...]
        return variables.map { _ in
            let slots = Array(outputs.dropFirst().prefix(kernel.slotCount))
            defer { outputs = outputs.dropFirst(kernel.slotCount + 1) }
            return (outputs[outputs.startIndex], slots)
        }
    }
}

/// A number as TensorFlow keeps many settings, all those of tf.train's optimizers: rounded to float32.
func rounded(_ number: Double) -> Double { Double(Float(number)) }
