import Operators
import TensorCore

/// The error of the second derivative: the gradient, weighted and summed, of `function`'s gradient against finite
/// differences of that gradient.
public func secondGradientError(
    at inputs: [Tensor], _ function: @escaping ([Tensor]) throws -> Tensor
) throws -> Double {
    try gradientError(at: inputs, step: 1e-4) { inputs in
        let tape = GradientTape()
        for input in inputs { tape.watch(input) }
        let y = try tape.record { try function(inputs) }
        let weights = Tensor(y.shape, (0..<y.elementCount).map { 0.5 + Double($0 % 3) * 0.25 })
        let found = try tape.gradient(of: [y], withRespectTo: inputs, outputGradients: [weights])
        var total = Tensor([], [Double(0)])
        for (place, gradient) in found.enumerated() {
            guard let gradient else { continue }
            let factors = Tensor(
                gradient.shape, (0..<gradient.elementCount).map { Double((($0 + place) * 5) % 7) / 7 - 0.4 })
            total = try total + sum(gradient * factors)
        }
        return total
    }
}
