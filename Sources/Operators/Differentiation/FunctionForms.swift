import TensorCore

// Functions from functions, as tfe has them (TensorFlow 1.8). Each works eagerly, and symbolically inside a graph.

/// A variable and what the loss changes by with it; nil where it has no part in the loss.
public typealias VariableGradient = (gradient: Tensor?, variable: Variable)

/// A function that gives the gradients of `function` with respect to all trainable variables it reads, in the order of
/// reading.
///
/// - Throws: the result throws `TensorError.tape` when no trainable variable was read.
/// - Source: tfe.implicit_gradients (TensorFlow 1.8).
public func implicitGradients(
    _ function: @escaping ([Tensor]) throws -> Tensor
) -> ([Tensor]) throws -> [VariableGradient] {
    let both = implicitValueAndGradients(function)
    return { try both($0).gradients }
}

/// As ``implicitGradients(_:)``, with the value of the function.
///
/// - Source: tfe.implicit_value_and_gradients (TensorFlow 1.8).
public func implicitValueAndGradients(
    _ function: @escaping ([Tensor]) throws -> Tensor
) -> ([Tensor]) throws -> (value: Tensor, gradients: [VariableGradient]) {
    { arguments in
        let tape = GradientTape()
        let value = try tape.record { try function(arguments) }
        let variables = tape.watchedVariables
        guard !variables.isEmpty else {
            throw TensorError.tape(
                "No trainable variables were accessed while the function was being computed.")
        }
        let gradients = try tape.gradient(of: value, withRespectTo: variables)
        return (value, zip(gradients, variables).map { ($0, $1) })
    }
}

/// A function that gives the gradients of `function` with respect to its arguments.
///
/// - Parameter parameters: the places of the arguments that count; nil for all.
/// - Throws: the result throws `TensorError.indexOutOfRange` for a place that is no argument's.
/// - Source: tfe.gradients_function (TensorFlow 1.8).
public func gradientsFunction(
    _ function: @escaping ([Tensor]) throws -> Tensor, parameters: [Int]? = nil
) -> (_ arguments: [Tensor], _ outputGradient: Tensor?) throws -> [Tensor?] {
    let both = valueAndGradientsFunction(function, parameters: parameters)
    return { try both($0, $1).gradients }
}

/// As ``gradientsFunction(_:parameters:)``, with the value of the function.
///
/// - Source: tfe.value_and_gradients_function (TensorFlow 1.8).
public func valueAndGradientsFunction(
    _ function: @escaping ([Tensor]) throws -> Tensor, parameters: [Int]? = nil
) -> (_ arguments: [Tensor], _ outputGradient: Tensor?) throws -> (value: Tensor, gradients: [Tensor?]) {
    { arguments, outputGradient in
        let places = parameters ?? Array(arguments.indices)
        for place in places where !arguments.indices.contains(place) {
            throw TensorError.indexOutOfRange(
                operator: "gradientsFunction", index: place, limit: arguments.count)
        }
        // Identities of their own tell one argument from another that is the same tensor.
        let own = try arguments.map { try identity($0) }
        let sources = places.map { own[$0] }
        let tape = GradientTape()
        tape.watch(sources)
        let value = try tape.record { try function(own) }
        let gradients = try tape.gradient(
            of: [value], withRespectTo: sources, outputGradients: outputGradient.map { [$0] })
        return (value, gradients)
    }
}

/// The gradient of a function of one tensor.
public func gradientFunction(_ function: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor? {
    let general = gradientsFunction { try function($0[0]) }
    return { try general([$0], nil)[0] }
}
