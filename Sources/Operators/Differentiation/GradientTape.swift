import Locking
import TensorCore

/// Records what is computed from watched tensors and variables, so that gradients can be taken of the result.
///
/// ```swift
/// let tape = GradientTape()
/// let loss = try tape.record { try model(x) }
/// let gradients = try tape.gradient(of: loss, withRespectTo: model.trainableVariables)
/// ```
/// Only floating-point tensors carry gradients. Tapes nest: a gradient taken inside another tape's `record` is recorded
/// there, which gives second derivatives. In a graph a tape records the symbolic operations, and its gradients are
/// symbolic.
///
/// - Source: tfe.GradientTape (TensorFlow 1.8).
public final class GradientTape: Sendable {
    private struct State: Sendable {
        var tracked = IdentitySet()
        var records = TapeMemory.take()
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

    deinit {
        state.withLock { state in
            var records: ContiguousArray<TapeRecord> = []
            swap(&records, &state.records)
            TapeMemory.give(records)
        }
    }

    /// Runs `body` with this tape open.
    public func record<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        try Context.currentOrDefault.with(tape: self).bind(body)
    }

    /// From here on, what is computed from `tensor` is recorded.
    public func watch(_ tensor: Tensor) {
        guard tensor.dtype.isFloatingPoint else { return }
        state.withLock { $0.tracked.insert(tensor.id) }
    }

    /// From here on, what is computed from any of `tensors` is recorded.
    public func watch(_ tensors: [Tensor]) {
        for tensor in tensors { watch(tensor) }
    }

    /// Watches a variable that would not be watched by itself.
    public func watch(_ variable: Variable) throws(TensorError) {
        note(variable, try variable.currentValue())
    }

    /// The variables whose reading was watched, in the order of first reading.
    public var watchedVariables: [Variable] { state.withLock { $0.watchedVariables } }

    /// Called as a variable is read.
    func noteReading(of variable: Variable, _ value: Tensor) {
        guard
            watchesVariables && variable.isTrainable
                || state.withLock({ $0.reads[ObjectIdentifier(variable)] != nil })
        else { return }
        note(variable, value)
    }

    private func note(_ variable: Variable, _ value: Tensor) {
        guard value.dtype.isFloatingPoint else { return }
        state.withLock { state in
            state.tracked.insert(value.id)
            let key = ObjectIdentifier(variable)
            if state.reads[key] == nil { state.watchedVariables.append(variable) }
            if state.reads[key]?.last != value.id { state.reads[key, default: []].append(value.id) }
        }
    }

    // MARK: Recording, after each application of an operator

    func record<O: UnaryOperator>(_ op: O, _ x: Tensor, _ y: Tensor) {
        guard y.dtype.isFloatingPoint else { return }
        state.withLock { state in
            guard state.tracked.contains(x.id) else { return }
            state.tracked.insert(y.id)
            state.records.append(.unary(op, x, y))
        }
    }

    func record<O: BinaryOperator>(_ op: O, _ x: Tensor, _ y: Tensor, _ z: Tensor) {
        guard z.dtype.isFloatingPoint else { return }
        state.withLock { state in
            var needed = Needed()
            if state.tracked.contains(x.id) { needed[0] = true }
            if state.tracked.contains(y.id) { needed[1] = true }
            guard !needed.isEmpty else { return }
            state.tracked.insert(z.id)
            state.records.append(.binary(op, x, y, z, needed))
        }
    }

    func record(_ op: some Operator, _ inputs: [Tensor], _ outputs: [Tensor]) {
        guard outputs.contains(where: { $0.dtype.isFloatingPoint }) else { return }
        state.withLock { state in
            var needed = Needed()
            for (index, input) in inputs.enumerated() where state.tracked.contains(input.id) { needed[index] = true }
            guard !needed.isEmpty else { return }
            for output in outputs where output.dtype.isFloatingPoint { state.tracked.insert(output.id) }
            state.records.append(.general(op, inputs, outputs, needed))
        }
    }

    // MARK: Gradients

    /// The gradients of `targets`, summed, with respect to each source; nil where a source has no part in them.
    ///
    /// - Parameter outputGradients: what to begin with at each target; ones where it is nil.
    /// - Throws: `TensorError.tape` when a tape that is not persistent is asked twice, `.invalidArgument` when there
    ///   are not as many output gradients as targets, `.shapeMismatch` and `.dtypeMismatch` when they do not fit.
    public func gradient(
        of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
    ) throws(TensorError) -> [Tensor?] {
        try densified(gradients(of: targets, for: sources.map { [$0.id] }, outputGradients))
    }

    /// The gradient of `target` with respect to one tensor.
    public func gradient(
        of target: Tensor, withRespectTo source: Tensor, outputGradient: Tensor? = nil
    ) throws(TensorError) -> Tensor? {
        try gradient(of: [target], withRespectTo: [source], outputGradients: [outputGradient])[0]
    }

    /// The gradients of `target` with respect to each variable; nil where one has no part in it.
    public func gradient(
        of target: Tensor, withRespectTo variables: [Variable], outputGradient: Tensor? = nil
    ) throws(TensorError) -> [Tensor?] {
        try densified(sparseGradient(of: target, withRespectTo: variables, outputGradient: outputGradient))
    }

    /// The gradients of `targets`, summed, with respect to each variable.
    public func gradient(
        of targets: [Tensor], withRespectTo variables: [Variable], outputGradients: [Tensor?]? = nil
    ) throws(TensorError) -> [Tensor?] {
        try densified(gradients(of: targets, for: reads(of: variables), outputGradients))
    }

    /// As ``gradient(of:withRespectTo:outputGradient:)``, but the gradient of a table of which only rows were read stays
    /// the slices that it is.
    public func sparseGradient(
        of target: Tensor, withRespectTo variables: [Variable], outputGradient: Tensor? = nil
    ) throws(TensorError) -> [Gradient?] {
        try gradients(of: [target], for: reads(of: variables), [outputGradient])
    }

    /// The same with respect to tensors.
    public func sparseGradient(
        of targets: [Tensor], withRespectTo sources: [Tensor], outputGradients: [Tensor?]? = nil
    ) throws(TensorError) -> [Gradient?] {
        try gradients(of: targets, for: sources.map { [$0.id] }, outputGradients)
    }

    private func reads(of variables: [Variable]) -> [[UInt64]] {
        state.withLock { state in variables.map { state.reads[ObjectIdentifier($0)] ?? [] } }
    }

    private func gradients(
        of targets: [Tensor], for sources: [[UInt64]], _ outputGradients: [Tensor?]?
    ) throws(TensorError) -> [Gradient?] {
        let recorded: ContiguousArray<TapeRecord>? = state.withLock { state in
            guard !state.isSpent else { return nil }
            guard !isPersistent else { return state.records }
            state.isSpent = true
            defer { state.records = [] }
            return state.records
        }
        guard var records = recorded else {
            throw .tape("GradientTape.gradient can only be called once on a tape that is not persistent")
        }
        var flow = GradientFlow()
        try flow.begin(at: targets, with: outputGradients)
        for source in sources.joined() { flow.keep(source) }
        // Each record goes as soon as it was used, and what only it held with it.
        while let record = records.popLast() { try record.pass(through: &flow) }
        TapeMemory.give(records)
        var results: [Gradient?] = []
        for ids in sources {
            var sum: Gradient?
            for id in ids {
                guard let part = flow[id] else { continue }
                if let known = sum { sum = try known + part } else { sum = part }
            }
            results.append(sum)
        }
        return results
    }
}

extension GradientFlow {
    /// Puts the output gradients at their targets; ones where there is none.
    mutating func begin(at targets: [Tensor], with outputGradients: [Tensor?]?) throws(TensorError) {
        if let outputGradients, outputGradients.count != targets.count {
            throw .invalidArgument(
                operator: "gradient",
                message: "there are \(targets.count) targets and \(outputGradients.count) output gradients")
        }
        for (index, target) in targets.enumerated() where target.dtype.isFloatingPoint {
            guard let seed = outputGradients?[index] else {
                try add(.dense(try onesLike(target)), to: target.id)
                continue
            }
            guard seed.shape.accepts(target.shape) else {
                throw .shapeMismatch(
                    operator: "gradient", left: target.shape, right: seed.shape,
                    rule: "an output gradient has its target's shape")
            }
            guard seed.dtype == target.dtype else {
                throw .dtypeMismatch(operator: "gradient", left: target.dtype, right: seed.dtype)
            }
            try add(.dense(seed), to: target.id)
        }
    }
}

/// Every gradient as one tensor.
func densified(_ gradients: [Gradient?]) throws(TensorError) -> [Tensor?] {
    var tensors: [Tensor?] = []
    for gradient in gradients { tensors.append(try gradient?.dense) }
    return tensors
}
