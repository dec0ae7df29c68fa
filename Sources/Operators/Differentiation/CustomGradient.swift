import TensorCore

/// The results of a function under identities of their own, with a gradient that the function brought along.
///
/// - Shapes: the function's `argumentCount` arguments and then its results → the results.
struct CustomGradient: Operator {
    let argumentCount: Int
    let gradient: @Sendable ([Tensor]) throws -> [Tensor?]

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { Array(inputs.dropFirst(argumentCount)) }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) {
        for (input, output) in zip(inputs.dropFirst(argumentCount), outputs) {
            output.pointer.copyMemory(from: input.pointer, byteCount: output.spec.byteCount)
        }
    }

    func evaluate(_ inputs: [Tensor]) -> [Tensor] { inputs.dropFirst(argumentCount).map { $0.withFreshIdentity() } }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        var arrived: [Tensor] = []
        for index in pass.outputs.indices { arrived.append(try pass.gradient(at: index)) }
        let found: [Tensor?]
        do { found = try gradient(arrived) } catch let error as TensorError { throw error } catch {
            throw .invalidArgument(operator: name, message: "\(error)")
        }
        guard found.count == argumentCount else {
            throw .invalidArgument(
                operator: name, message: "\(found.count) gradients for \(argumentCount) arguments")
        }
        return found + pass.outputs.map { _ in nil }
    }
}

/// A function with a gradient of its own, in place of the one that follows from the operators it is made of.
///
/// ```swift
/// let log1pExp = customGradient { x in
///     let e = try exp(x[0])
///     return ([try log(e + 1)], { dy in [try dy[0] * (1 - 1 / (e + 1))] })
/// }
/// ```
/// - Parameter function: gives its results and a closure from their gradients to those of its arguments. The closure is
///   made of operators too, so that it can be differentiated again.
/// - Source: tfe.custom_gradient (TensorFlow 1.8).
public func customGradient(
    _ function:
        @escaping ([Tensor]) throws -> (
            results: [Tensor], gradient: @Sendable ([Tensor]) throws -> [Tensor?]
        )
) -> ([Tensor]) throws -> [Tensor] {
    { arguments in
        let (results, gradient) = try withoutRecording { try function(arguments) }
        return try apply(
            CustomGradient(argumentCount: arguments.count, gradient: gradient), to: arguments + results)
    }
}

/// The same for a function of one tensor with one result.
public func customGradient(
    _ function: @escaping (Tensor) throws -> (result: Tensor, gradient: @Sendable (Tensor) throws -> Tensor?)
) -> (Tensor) throws -> Tensor {
    let general = customGradient { arguments in
        let (result, gradient) = try function(arguments[0])
        return ([result], { [try gradient($0[0])] })
    }
    return { try general([$0])[0] }
}
