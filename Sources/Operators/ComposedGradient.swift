import TensorCore

/// What arrives at `inputs` when `arriving` arrives at the results of `function`, for a function that is composed of other
/// operators.
///
/// A fused operator whose gradient is fused too has no operators to differentiate a second time; the composed form of the
/// same function gives them. It is computed only then.
func composedGradients(
    _ inputs: [Tensor], arriving: [Tensor?], needed: Needed,
    _ function: ([Tensor]) throws(TensorError) -> [Tensor]
) throws(TensorError) -> [Tensor?] {
    // Views tell apart inputs that are one tensor, and tapes that are open see them.
    var sources: [Tensor] = []
    for input in inputs { sources.append(input.dtype.isFloatingPoint ? try reshape(input, like: input) : input) }
    let places = inputs.indices.filter { needed[$0] && inputs[$0].dtype.isFloatingPoint }
    var found: [Tensor?]
    if sources.contains(where: \.isSymbolic) {
        let (targets, seeds) = reached(try function(sources), arriving)
        found = try gradients(of: targets, withRespectTo: places.map { sources[$0] }, outputGradients: seeds)
    } else {
        let tape = GradientTape(watchesVariables: false)
        for place in places { tape.watch(sources[place]) }
        let results = try tape.record { () throws(TensorError) -> [Tensor] in try function(sources) }
        let (targets, seeds) = reached(results, arriving)
        found = try tape.gradient(of: targets, withRespectTo: places.map { sources[$0] }, outputGradients: seeds)
    }
    var gradients: [Tensor?] = Array(repeating: nil, count: inputs.count)
    for (place, gradient) in zip(places, found) { gradients[place] = gradient }
    return gradients
}

/// The gradient of a gradient that was computed by one fused operator.
///
/// The fused operator's inputs are those of the function, then `hidden` results that only it needs, then what arrives at
/// those results of the function that `arrives` names; its outputs are the gradients of the inputs in `places`. What is hidden
/// is a function of the inputs, and the composed form goes back to those.
func gradientsOfFusedGradient(
    _ pass: BackwardPass, inputs count: Int, hidden: Int, arrives: [Bool], places: [Int],
    composed: ([Tensor]) throws(TensorError) -> [Tensor]
) throws(TensorError) -> [Tensor?] {
    let sources = Array(pass.inputs.prefix(count)) + pass.inputs.dropFirst(count + hidden)
    var needed = Needed()
    for place in sources.indices { needed[place] = pass.needed[place < count ? place : place + hidden] }
    let found = try composedGradients(sources, arriving: pass.outputGradients, needed: needed) {
        sources throws(TensorError) in
        var rest = sources.dropFirst(count).makeIterator()
        let seeds = arrives.map { $0 ? rest.next() : nil }
        let first = try composedGradients(Array(sources.prefix(count)), arriving: seeds, needed: .all(count), composed)
        // Zeros where nothing flows: every result of an operator is a tensor.
        var results: [Tensor] = []
        for place in places {
            if let gradient = first[place] {
                results.append(gradient)
            } else {
                results.append(try zerosLike(sources[place]))
            }
        }
        return results
    }
    return Array(found.prefix(count)) + Array(repeating: nil, count: hidden) + Array(found.dropFirst(count))
}

/// The results at which something arrives, with it.
private func reached(_ results: [Tensor], _ arriving: [Tensor?]) -> ([Tensor], [Tensor?]) {
    let places = results.indices.filter { arriving[$0] != nil }
    return (places.map { results[$0] }, places.map { arriving[$0] })
}
