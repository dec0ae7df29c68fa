import Locking
import TensorCore

/// Records what is computed from watched tensors and variables, so that gradients can be taken of the result.
///
/// ```swift
/// let tape = GradientTape()
/// let loss = try tape.record { try model(x) }
/// let gradients = try tape.gradient(of: loss, withRespectTo: model.trainableVariables)
/// ```
/// Source: tfe.GradientTape (TensorFlow 1.8). Tapes nest: a gradient taken inside another tape's `record` is recorded
/// there, which gives second derivatives.
public final class GradientTape: Sendable {
    private struct State: Sendable {
        var tracked = IdentityMap<Bool>()
        var records: [TapeRecord] = []
        /// Under which identities each variable was read.
        var reads: [ObjectIdentifier: [UInt64]] = [:]
        var watchedVariables: [Variable] = []
        var isSpent = false
    }

    private let state = Lock(State())
    private let isPersistent: Bool
    private let watchesVariables: Bool

    /// - Parameters:
    ///   - persistent: whether gradients may be taken more than once; then the records stay in memory.
    ///   - watchesVariables: whether trainable variables are watched by themselves as they are read.
    public init(persistent: Bool = false, watchesVariables: Bool = true) {
        isPersistent = persistent
        self.watchesVariables = watchesVariables
    }

    /// Runs `body` with this tape open.
    public func record<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        try Context.currentOrDefault.with(tape: self).bind(body)
    }

    /// From here on, what is computed from `tensor` is recorded.
    public func watch(_ tensor: Tensor) {
        state.withLock { $0.tracked.set(tensor.id, true) }
    }

    /// Watches a variable that would not be watched by itself.
    public func watch(_ variable: Variable) throws(TensorError) {
        try note(variable, variable.store.value(of: variable))
    }

    /// The variables whose reading was watched, in the order of first reading.
    public var watchedVariables: [Variable] { state.withLock { $0.watchedVariables } }

    /// Called as a trainable variable is read.
    func watch(_ variable: Variable, _ value: Tensor) {
        guard watchesVariables || state.withLock({ $0.reads[ObjectIdentifier(variable)] != nil }) else { return }
        note(variable, value)
    }

    private func note(_ variable: Variable, _ value: Tensor) {
        state.withLock { state in
            state.tracked.set(value.id, true)
            let key = ObjectIdentifier(variable)
            if state.reads[key] == nil { state.watchedVariables.append(variable) }
            if state.reads[key]?.last != value.id { state.reads[key, default: []].append(value.id) }
        }
    }

    /// Called after each eager application of an operator.
    @usableFromInline
    func record(_ op: some Operator, _ inputs: [Tensor], _ outputs: [Tensor]) {
        state.withLock { state in
            guard inputs.contains(where: { state.tracked.contains($0.id) }) else { return }
            var needed = Needed()
            for (index, input) in inputs.enumerated() where state.tracked.contains(input.id) { needed[index] = true }
            for output in outputs { state.tracked.set(output.id, true) }
            state.records.append(TapeRecord(op: op, inputs: inputs, outputs: outputs, needed: needed))
        }
    }

    // MARK: Gradients

    /// The gradients of `targets`, summed, with respect to each source; nil where a source has no part in them.
    ///
    /// - Parameter outputGradients: what to begin with at each target; ones by default.
    /// - Throws: `TensorError.tape` when a tape that is not persistent is asked twice.
    public func gradient(
        of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
    ) throws(TensorError) -> [Tensor?] {
        try gradients(of: targets, for: sources.map { [$0.id] }, outputGradients)
    }

    /// The gradient of `target` with respect to one tensor.
    public func gradient(of target: Tensor, withRespectTo source: Tensor) throws(TensorError) -> Tensor? {
        try gradient(of: [target], withRespectTo: [source])[0]
    }

    /// The gradients of `target` with respect to each variable; nil where one has no part in it.
    public func gradient(
        of target: Tensor, withRespectTo variables: [Variable], outputGradient: Tensor? = nil
    ) throws(TensorError) -> [Tensor?] {
        let reads = state.withLock { state in variables.map { state.reads[ObjectIdentifier($0)] ?? [] } }
        return try gradients(of: [target], for: reads, outputGradient.map { [$0] })
    }

    private func gradients(
        of targets: [Tensor], for sources: [[UInt64]], _ outputGradients: [Tensor?]?
    ) throws(TensorError) -> [Tensor?] {
        let records: [TapeRecord]? = state.withLock { state in
            guard !state.isSpent else { return nil }
            guard !isPersistent else { return state.records }
            state.isSpent = true
            defer { state.records = [] }
            return state.records
        }
        guard let records else {
            throw .tape("GradientTape.gradient can only be called once on a tape that is not persistent")
        }
        var flow = GradientFlow()
        for (index, target) in targets.enumerated() {
            let seed = outputGradients?[index]
            if let seed, seed.shape != target.shape {
                throw .shapeMismatch(
                    operator: "gradient", left: target.shape, right: seed.shape,
                    rule: "an output gradient has its target's shape")
            }
            if let seed { try flow.add(seed, to: target.id) } else { try flow.add(try onesLike(target), to: target.id) }
        }
        for source in sources.joined() { flow.keep(source) }
        for record in records.reversed() { try flow.pass(through: record) }
        var results: [Tensor?] = []
        for ids in sources {
            var sum: Tensor?
            for id in ids {
                guard let part = flow[id] else { continue }
                if let known = sum { sum = try known + part } else { sum = part }
            }
            results.append(sum)
        }
        return results
    }
}

/// One application of an operator, as a tape remembers it.
struct TapeRecord: Sendable {
    let op: any Operator
    let inputs: [Tensor]
    let outputs: [Tensor]
    let needed: Needed
}

/// The gradients on their way back, by the identity of the tensor they belong to.
struct GradientFlow {
    private var gradients = IdentityMap<Tensor>()
    private var kept = IdentityMap<Bool>()

    subscript(id: UInt64) -> Tensor? { gradients[id] }

    /// The gradient of this tensor will be asked for at the end.
    mutating func keep(_ id: UInt64) { kept.set(id, true) }

    mutating func add(_ gradient: Tensor, to id: UInt64) throws(TensorError) {
        if let known = gradients[id] {
            gradients.set(id, try known + gradient)
        } else {
            gradients.set(id, gradient)
        }
    }

    mutating func pass(through record: TapeRecord) throws(TensorError) {
        guard record.outputs.contains(where: { gradients[$0.id] != nil }) else { return }
        let arrived = record.outputs.map { kept.contains($0.id) ? gradients[$0.id] : gradients.take($0.id) }
        let pass = BackwardPass(
            inputs: record.inputs, outputs: record.outputs, outputGradients: arrived, needed: record.needed)
        for (index, gradient) in try record.op.gradients(pass).enumerated() {
            guard let gradient, record.needed[index] else { continue }
            try add(gradient, to: record.inputs[index].id)
        }
    }
}
