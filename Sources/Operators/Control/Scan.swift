import TensorCore

/// One computation for each place along the first axis of some sequences, each with the states that the one before it left:
/// `outputs, states ← body(slices, states, constants)`.
///
/// The gradient is a scan in the other direction, whose states are what arrives at the states and the sums of what arrives at
/// the constants; the body is computed again there, from the states before each step, which are the hidden outputs.
///
/// - Shapes: sequences `[steps, …]`, states, constants → outputs `[steps, …]`, the last states.
/// - Throws: `TensorError.rankTooSmall`, `.shapeMismatch` for sequences of different lengths, `.invalidArgument` for a body that
///   changes the shape of a state.
struct Scan: Operator {
    let body: ScanBody
    /// Whether the last place comes first; outputs stand where their slices stood.
    let isReversed: Bool

    var hiddenOutputs: Int { body.stateCount }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let sequences = inputs.prefix(body.sequenceCount)
        var steps = Shape.unknown
        for sequence in sequences {
            guard sequence.rank > 0 else { throw .rankTooSmall(operator: name, minimum: 1, received: sequence.shape) }
            let extent = sequence.shape[0]
            guard steps < 0 || extent < 0 || steps == extent else {
                throw .shapeMismatch(
                    operator: name, left: sequences[0].shape, right: sequence.shape,
                    rule: "the sequences must be of one length")
            }
            steps = max(steps, extent) >= 0 ? max(steps, extent) : min(steps, extent)
        }
        let slices = sequences.map { $0.with($0.shape.dropFirst()) }
        let states = inputs.dropFirst(body.sequenceCount).prefix(body.stateCount)
        let results = try body.plan.outputSpecs(slices + inputs.dropFirst(body.sequenceCount))
        for (result, state) in zip(results.suffix(body.stateCount), states) {
            guard result.dtype == state.dtype, result.shape.accepts(state.shape) else {
                throw .invalidArgument(
                    operator: name, message: "a state \(state) became \(result): a step must keep shape and dtype")
            }
        }
        func stacked(_ spec: TensorSpec) throws(TensorError) -> TensorSpec {
            spec.with(try Shape(result: [steps] + spec.shape.extents))
        }
        var specs: [TensorSpec] = []
        for output in results.dropLast(body.stateCount) { specs.append(try stacked(output)) }
        specs += states
        for state in states { specs.append(try stacked(state)) }
        return specs
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let sequences = inputs.prefix(body.sequenceCount)
        var states = Array(inputs.dropFirst(body.sequenceCount).prefix(body.stateCount))
        let constants = Array(inputs.dropFirst(body.sequenceCount + body.stateCount))
        let histories = body.outputCount + body.stateCount
        let steps = sequences.first?.shape[0] ?? 0
        for step in 0..<steps {
            let place = isReversed ? steps - 1 - step : step
            for (index, state) in states.enumerated() { copy(state, to: place, of: outputs[histories + index]) }
            let slices = sequences.map { sequence in
                let shape = sequence.shape.dropFirst()
                return sequence.slice(from: place * shape.elementCount, as: shape)
            }
            let results = try body.plan.run(slices + states + constants)
            for index in 0..<body.outputCount { copy(results[index], to: place, of: outputs[index]) }
            states = Array(results.suffix(body.stateCount))
        }
        for (index, state) in states.enumerated() {
            let target = outputs[body.outputCount + index]
            target.pointer.copyMemory(from: state.pointer, byteCount: target.spec.byteCount)
        }
        withExtendedLifetime(states) {}
    }

    private func copy(_ slice: Tensor, to place: Int, of sequence: TensorBuffer) {
        (sequence.pointer + place * slice.spec.byteCount).copyMemory(
            from: slice.pointer, byteCount: slice.spec.byteCount)
        withExtendedLifetime(slice) {}
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let (outputCount, stateCount) = (body.outputCount, body.stateCount)
        let arrives = pass.outputGradients.map { $0 != nil }
        guard arrives.contains(true) else { return pass.inputs.map { _ in nil } }
        let gradient = try body.gradient(
            outputs: arrives.prefix(outputCount).indices.filter { arrives[$0] },
            histories: (0..<stateCount).filter { arrives[outputCount + stateCount + $0] }, needed: pass.needed)
        let sequences = pass.inputs.prefix(body.sequenceCount)
        let constants = pass.inputs.dropFirst(body.sequenceCount + stateCount)
        var inputs = Array(sequences) + pass.outputs.suffix(stateCount)
        for place in arrives.indices where !(outputCount..<outputCount + stateCount).contains(place) {
            if let arrived = pass.outputGradients[place] { inputs.append(arrived) }
        }
        for index in gradient.states {
            inputs.append(try pass.gradient(at: outputCount + index))
        }
        for index in gradient.constants { inputs.append(try zerosLike(constants[constants.startIndex + index])) }
        inputs += constants
        let found = try apply(Scan(body: gradient.body, isReversed: !isReversed), to: inputs)
        var results: [Tensor?] = pass.inputs.map { _ in nil }
        let places =
            gradient.sequences + gradient.states.map { body.sequenceCount + $0 }
            + gradient.constants.map { body.sequenceCount + stateCount + $0 }
        for (place, tensor) in zip(places, found) { results[place] = tensor }
        return results
    }
}

/// What is done at each step of a ``Scan``: a part of a graph, from slices, states and constants to outputs and states.
struct ScanBody: Sendable {
    // Operations know their graph, but do not keep it.
    private let graph: Graph
    private let inputs: [Tensor]
    private let results: [Tensor]
    let sequenceCount: Int
    let stateCount: Int
    let plan: Plan

    var outputCount: Int { results.count - stateCount }

    /// - Throws: `TensorError.invalidArgument` for a body that draws random numbers or assigns a variable.
    init(
        _ graph: Graph, _ inputs: [Tensor], _ results: [Tensor], sequences: Int, states: Int
    ) throws(TensorError) {
        self.graph = graph
        self.inputs = inputs
        self.results = results
        sequenceCount = sequences
        stateCount = states
        let known = Set(inputs.map(\.id))
        let order = operations(behind: results) { known.contains($0.id) }
        guard graph.collectedWrites.isEmpty, !order.contains(where: \.op.isStateful) else {
            throw .invalidArgument(
                operator: "scan",
                message: "what is repeated may neither assign variables nor draw random numbers: take them as constants"
            )
        }
        plan = try Plan(graph, inputs, results, [])
    }

    /// Which inputs have a gradient, and the body that computes it from slices, the states before the step and what arrives.
    struct Gradient {
        let body: ScanBody
        let sequences: [Int]
        let states: [Int]
        let constants: [Int]
    }

    /// - Parameters:
    ///   - outputs: at which something arrives.
    ///   - histories: the states at whose history something arrives.
    func gradient(outputs: [Int], histories: [Int], needed: Needed) throws(TensorError) -> Gradient {
        func isFloat(_ place: Int) -> Bool { inputs[place].dtype.isFloatingPoint }
        let stateStart = sequenceCount
        let constantStart = sequenceCount + stateCount
        let sequences = (0..<stateStart).filter { isFloat($0) && needed[$0] }
        let states = (0..<stateCount).filter { isFloat(stateStart + $0) }
        let constants = (constantStart..<inputs.count).filter { isFloat($0) && needed[$0] }

        var arriving: [Tensor] = []
        for index in outputs { arriving.append(try graph.placeholder(results[index].spec)) }
        var atHistory: [Int: Tensor] = [:]
        for index in histories { atHistory[index] = try graph.placeholder(inputs[stateStart + index].spec) }
        var atStates: [Tensor] = []
        for index in states { atStates.append(try graph.placeholder(inputs[stateStart + index].spec)) }
        var sums: [Tensor] = []
        for place in constants { sums.append(try graph.placeholder(inputs[place].spec)) }

        let targets = outputs.map { results[$0] } + states.map { results[outputCount + $0] }
        let sources = (sequences + states.map { stateStart + $0 } + constants).map { inputs[$0] }
        // What one result is under two names must be told apart: each has a seed of its own.
        var ends: [Tensor] = []
        for target in targets { ends.append(try identity(target)) }
        let found = try gradients(of: ends, withRespectTo: sources, outputGradients: arriving + atStates)
        var gradients: [Tensor] = []
        for (gradient, source) in zip(found, sources) {
            if let gradient { gradients.append(gradient) } else { gradients.append(try zerosLike(source)) }
        }
        var after: [Tensor] = []
        for (index, gradient) in zip(states, gradients.dropFirst(sequences.count)) {
            if let more = atHistory[index] { after.append(try gradient + more) } else { after.append(gradient) }
        }
        for (sum, gradient) in zip(sums, gradients.suffix(constants.count)) { after.append(try sum + gradient) }
        let slices = inputs[..<constantStart] + arriving + histories.compactMap { atHistory[$0] }
        let body = try ScanBody(
            graph, slices + atStates + sums + inputs[constantStart...], gradients.prefix(sequences.count) + after,
            sequences: slices.count, states: after.count)
        return Gradient(
            body: body, sequences: sequences, states: states, constants: constants.map { $0 - constantStart })
    }
}

/// Steps through `sequences` along their first axis; shapes as in ``Scan``.
///
/// Eagerly the steps are computed one after the other, and tapes see each; in a graph or a plan they are one operator, of as many
/// steps as there are when it runs. Variables that the body reads become constants of it.
///
/// - Parameters:
///   - states: what the first step begins with.
///   - constants: what every step is given. Symbolic tensors of the graph around must come this way.
///   - body: gets a slice of each sequence, the states and the constants, and gives outputs and states.
/// - Throws: what `body` throws; `TensorError.invalidArgument` for no sequences and where a body draws random numbers or assigns
///   variables in a graph.
/// - Source: tf.scan; lax.scan of JAX, whose carry and stacked outputs these are.
public func scan(
    _ sequences: [Tensor], from states: [Tensor], constants: [Tensor] = [],
    _ body: (_ slices: [Tensor], _ states: [Tensor], _ constants: [Tensor]) throws -> (
        outputs: [Tensor], states: [Tensor]
    )
) throws -> (outputs: [Tensor], states: [Tensor]) {
    guard let first = sequences.first else {
        throw TensorError.invalidArgument(operator: "scan", message: "there is no sequence to step through")
    }
    let all = sequences + states + constants
    let outer = all.lazy.compactMap { $0.symbolicOutput?.operation.graph }.first ?? Context.current?.graph
    // Of no steps only the graph knows the outputs.
    if outer == nil, first.rank > 0, first.shape[0] > 0 {
        return try scanEagerly(sequences, states, constants, body)
    }
    let graph = Graph(
        store: outer?.store ?? VariableStore(), names: Context.current?.names, collectsWrites: true, within: outer)
    var inputs: [Tensor] = []
    for (index, tensor) in all.enumerated() {
        guard index >= sequences.count || tensor.rank > 0 else {
            throw TensorError.rankTooSmall(operator: "scan", minimum: 1, received: tensor.shape)
        }
        let spec = index < sequences.count ? tensor.spec.with(tensor.shape.dropFirst()) : tensor.spec
        inputs.append(try graph.placeholder(spec))
    }
    let (slices, rest) = (inputs.prefix(sequences.count), inputs.dropFirst(sequences.count))
    let results = try withoutRecording {
        try graph.asDefault {
            let found = try body(Array(slices), Array(rest.prefix(states.count)), Array(rest.dropFirst(states.count)))
            // A result that is no operation of the graph becomes one.
            return (try found.outputs.map { try identity($0) }, try found.states.map { try identity($0) })
        }
    }
    guard results.1.count == states.count else {
        throw TensorError.invalidArgument(
            operator: "scan", message: "a step takes \(states.count) states and gives \(results.1.count)")
    }
    let reads = operations(behind: results.0 + results.1).filter { $0.op is ReadVariable }
    var values: [Tensor] = []
    for case let read as ReadVariable in reads.map(\.op) { values.append(try read.variable.value) }
    let scanBody = try ScanBody(
        graph, inputs + reads.flatMap(\.outputs), results.0 + results.1, sequences: sequences.count,
        states: states.count)
    let found = try apply(Scan(body: scanBody, isReversed: false), to: all + values)
    return (Array(found.prefix(results.0.count)), Array(found.dropFirst(results.0.count)))
}

private func scanEagerly(
    _ sequences: [Tensor], _ initial: [Tensor], _ constants: [Tensor],
    _ body: ([Tensor], [Tensor], [Tensor]) throws -> (outputs: [Tensor], states: [Tensor])
) throws -> (outputs: [Tensor], states: [Tensor]) {
    let slices = try sequences.map { try unstack($0, axis: 0) }
    guard let steps = slices.first?.count, slices.allSatisfy({ $0.count == steps }) else {
        throw TensorError.shapeMismatch(
            operator: "scan", left: sequences[0].shape, right: sequences.last?.shape ?? [],
            rule: "the sequences must be of one length")
    }
    var states = initial
    var outputs: [[Tensor]] = []
    for step in 0..<steps {
        let results = try body(slices.map { $0[step] }, states, constants)
        guard results.states.count == states.count else {
            throw TensorError.invalidArgument(
                operator: "scan", message: "a step takes \(states.count) states and gives \(results.states.count)")
        }
        states = results.states
        outputs.append(results.outputs)
    }
    let count = outputs.first?.count ?? 0
    return (try (0..<count).map { index in try stack(outputs.map { $0[index] }, axis: 0) }, states)
}
