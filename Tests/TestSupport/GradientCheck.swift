import Operators
import TensorCore

/// The largest difference between the gradient that a tape gives and the one by central differences, over all
/// floating-point inputs, in double precision, relative to 1 + |gradient|.
///
/// The function's outputs are weighted with fixed, uneven numbers, so that a gradient that is right only in sum is found out.
public func gradientError(
    ofAll inputs: [Tensor], step: Double = 1e-5, _ function: ([Tensor]) throws -> [Tensor]
) throws -> Double {
    let wide = inputs.map(widened)
    let tape = GradientTape()
    tape.watch(wide)
    let outputs = try tape.record { try function(wide) }.filter { $0.dtype == .float64 }
    let weights = outputs.map(unevenWeights)
    let found = try tape.gradient(of: outputs, withRespectTo: wide, outputGradients: weights)

    var worst = 0.0
    for (index, input) in wide.enumerated() where input.dtype == .float64 {
        let gradient = found[index]?.scalars(Double.self) ?? Array(repeating: 0, count: input.elementCount)
        for element in 0..<input.elementCount {
            func value(_ shift: Double) throws -> Double {
                var shifted = wide
                shifted[index].withMutableElements(Double.self) { $0[element] += shift }
                return try weightedSum(function(shifted).filter { $0.dtype == .float64 }, weights)
            }
            let difference = try (value(step) - value(-step)) / (2 * step)
            let error = abs(difference - gradient[element]) / (1 + abs(difference))
            worst = error.isNaN ? .infinity : max(worst, error)
        }
    }
    return worst
}

/// The gradients of the sums of squares of a function's gradients, by a tape around a tape.
public func curvature(at inputs: [Tensor], _ function: ([Tensor]) throws -> [Tensor]) throws -> [Tensor] {
    let outer = GradientTape()
    outer.watch(inputs)
    let first = try outer.record {
        let inner = GradientTape()
        inner.watch(inputs)
        let results = try inner.record { try function(inputs) }
        let gradients = try inner.gradient(of: results, withRespectTo: inputs).compactMap { $0 }
        return try gradients.map { try sum(square($0)) }
    }
    return try outer.gradient(of: first, withRespectTo: inputs).compactMap { $0 }
}

/// Different everywhere, and none of them zero.
public func unevenWeights(_ output: Tensor) -> Tensor {
    let numbers = (0..<output.elementCount).map { 0.3 + Double(($0 * 7) % 5) * 0.4 }
    return output.dtype == .float64 ? Tensor(output.shape, numbers) : Tensor(output.shape, numbers.map { Float($0) })
}

private func weightedSum(_ outputs: [Tensor], _ weights: [Tensor]) -> Double {
    zip(outputs, weights).reduce(0) { sum, pair in
        zip(pair.0.scalars(Double.self), pair.1.scalars(Double.self)).reduce(sum) { $0 + $1.0 * $1.1 }
    }
}

/// The same for a function with one result.
public func gradientError(
    at inputs: [Tensor], step: Double = 1e-5, _ function: ([Tensor]) throws -> Tensor
) throws -> Double {
    try gradientError(ofAll: inputs, step: step) { [try function($0)] }
}

/// The same for a function of one tensor.
public func gradientError(at input: Tensor, _ function: (Tensor) throws -> Tensor) throws -> Double {
    try gradientError(at: [input]) { try function($0[0]) }
}

/// The elements in double precision.
public func widened(_ tensor: Tensor) -> Tensor {
    tensor.dtype == .float32 ? Tensor(tensor.shape, tensor.values.map(Double.init)) : tensor
}

/// Runs `function` on placeholders of unknown first extent and feeds them: the same numbers must come out as eagerly.
public func resultInGraph(of inputs: [Tensor], _ function: ([Tensor]) throws -> Tensor) throws -> Tensor {
    let graph = Graph()
    let placeholders = try inputs.map { input in
        let shape = input.rank > 0 ? input.shape.replacing(0, with: Shape.unknown) : input.shape
        return try graph.placeholder(TensorSpec(shape, input.dtype))
    }
    let output = try graph.asDefault { try function(placeholders) }
    return try Session(graph).run(output, feeding: Array(zip(placeholders, inputs)))
}

/// A tensor of small numbers of both signs, different everywhere, the same at every run.
public func sample(_ shape: Shape, scale: Float = 1) -> Tensor {
    Tensor(shape, (0..<shape.elementCount).map { scale * (Float(($0 * 37 + 11) % 64) / 32 - 0.984_375) })
}

/// Whether the elements are the expected numbers but for a few units in the last place.
public func isClose(_ tensor: Tensor, _ expected: [Float]) -> Bool {
    let values = tensor.values
    return values.count == expected.count
        && zip(values, expected).allSatisfy { value, number in
            value == number || abs(value - number) <= 4 * number.ulp
        }
}
