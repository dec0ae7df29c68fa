import Operators
import TensorCore

/// What a rule's scalars become after a step, and the count of iterations.
///
/// - Shapes: the step `[]` int64, the rule's scalars `[]`, and `iteration` `[]` int64 where it is counted → all but the
///   step.
struct AdvanceScalars: Operator {
    let rule: any UpdateRule

    var name: String { "advance \(rule.name)" }

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { Array(inputs.dropFirst()) }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        let count = rule.scalars.count
        let step = inputs[0].pointer(to: Int64.self).pointee
        var scalars = SIMD4<Double>()
        for index in 0..<count { scalars[index] = inputs[1 + index].scalarValue }
        scalars = rule.advance(scalars, step: step)
        for index in 0..<count { outputs[index].setScalar(scalars[index]) }
        if rule.countsIterations { outputs[count].setScalar(inputs[1 + count].scalarValue + 1) }
        withExtendedLifetime(inputs) {}
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] { throw .notDifferentiable(operator: name) }
}

extension TensorBuffer {
    fileprivate func setScalar(_ value: Double) {
        switch dtype {
        case .float32: pointer(to: Float.self).pointee = Float(value)
        case .float64: pointer(to: Double.self).pointee = value
        case .int64: pointer(to: Int64.self).pointee = Int64(value)
        default: preconditionFailure("a scalar of \(dtype)")
        }
    }
}
