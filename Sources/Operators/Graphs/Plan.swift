import TensorCore

/// A traced computation, ready to run many times over snapshots of a store: immutable, and free to cross threads.
///
/// Today it is an interpreter over the operations in order. Registers hold the values; each is dropped at its last
/// use, so that its memory serves the next operator.
public struct Plan: Sendable {
    public let inputs: [TensorSpec]
    public let outputs: [TensorSpec]
    /// The store whose snapshots it reads.
    public let store: VariableStore

    let steps: [PlanStep]
    private let registerCount: Int
    private let constants: [(register: Int, value: Tensor)]
    /// Registers that begin as the value of a variable.
    private let reads: [(register: Int, slot: Int, spec: TensorSpec)]
    /// The variables of `reads`, held because their slots would else go to others; apart from what each run looks at.
    private let readVariables: [Variable]
    private let outputRegisters: [Int]
    /// Outputs that may share memory with a variable or an input, which a caller may keep longer than the lease.
    private let borrowedOutputs: Set<Int>
    /// Variables that a run gives new values to, and the registers that hold these at the end.
    private let writes: [(variable: Variable, register: Int)]
    /// Whether a run needs a state for random numbers.
    private let isRandom: Bool

    /// The slots that ``update(_:steps:)`` publishes.
    public var writtenSlots: [Int] { writes.map(\.variable.slot) }

    /// Traces `body`: it gets one placeholder per input spec and returns the outputs. Operators that the outputs and the
    /// assigned variables do not need are left out.
    ///
    /// - Parameter store: where its variables are; all of them must live there.
    public init<Failure: Error>(
        tracing inputs: [TensorSpec], in store: VariableStore, names: (any ContextNames)? = nil,
        _ body: ([Tensor]) throws(Failure) -> [Tensor]
    ) throws {
        let graph = Graph(store: store, names: names, collectsWrites: true)
        let placeholders = try inputs.map { try graph.placeholder($0) }
        let results = try graph.asDefault { () throws -> [Tensor] in try body(placeholders) }
        try self.init(graph, placeholders, results, graph.collectedWrites)
    }

    /// - Parameter placeholders: the inputs; any tensors of the graph may be declared such.
    init(
        _ graph: Graph, _ placeholders: [Tensor], _ results: [Tensor],
        _ assignments: [(variable: Variable, value: Tensor)]
    ) throws(TensorError) {
        var builder = PlanBuilder(store: graph.store)
        for placeholder in placeholders { builder.declareInput(placeholder) }
        let fetches = results + assignments.map(\.value)
        for operation in operations(behind: fetches) { try builder.add(operation) }

        var outputRegisters: [Int] = []
        for result in results { outputRegisters.append(try builder.register(of: result)) }
        var writes: [(variable: Variable, register: Int)] = []
        for assignment in assignments {
            writes.append((assignment.variable, try builder.register(of: assignment.value)))
        }
        self.inputs = placeholders.map(\.spec)
        self.outputs = results.map(\.spec)
        self.store = graph.store
        self.outputRegisters = outputRegisters
        self.writes = writes
        self.borrowedOutputs = builder.borrowed
        self.steps = builder.finishedSteps(keeping: outputRegisters + writes.map(\.register))
        self.registerCount = builder.registerCount
        self.constants = builder.constants
        self.reads = builder.reads.map { ($0.register, $0.variable.slot, $0.variable.spec) }
        self.readVariables = builder.reads.map(\.variable)
        isRandom = steps.contains { $0.op is RandomKey }
    }

    /// Runs on the snapshot of `lease` and returns the outputs; assignments are left out.
    ///
    /// - Parameter random: the seed and number of the run; by default a draw of the current generator.
    public func run(
        _ inputs: [Tensor], on lease: borrowing SnapshotLease, random: RandomState? = nil
    ) throws(TensorError) -> [Tensor] {
        var frame = makeFrame(random)
        return try execute(inputs, lease, &frame)
    }

    /// Runs a plan that reads no variables.
    func run(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        var frame = makeFrame(RandomState(seed: 0))
        try fill(&frame, inputs)
        return try finish(&frame)
    }

    /// The outputs for inputs such as these.
    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        var specs = inputs + Array(repeating: TensorSpec([]), count: registerCount - inputs.count)
        for constant in constants { specs[constant.register] = constant.value.spec }
        for step in steps {
            for (index, spec) in try step.op.outputSpecs(step.inputs.map { specs[$0] }).enumerated() {
                specs[step.firstOutput + index] = spec
            }
        }
        return outputRegisters.map { specs[$0] }
    }

    private func makeFrame(_ random: RandomState?) -> Frame {
        Frame(
            registerCount: registerCount,
            random: random ?? (isRandom ? RandomGenerator.current.nextState() : RandomState(seed: 0)))
    }

    /// Runs on the current snapshot and publishes the new values of the assigned variables together.
    ///
    /// - Parameters:
    ///   - steps: by how much the store's step rises.
    ///   - random: the seed and number of the run; by default a draw of the current generator.
    ///   - verify: looks at the outputs and at the new values, in the order of ``writtenSlots``; when it throws, nothing is
    ///     published.
    public func update(
        _ inputs: [Tensor], steps: Int64 = 0, random: RandomState? = nil,
        verifying verify: (_ outputs: [Tensor], _ values: [Tensor]) throws(TensorError) -> Void = { _, _ in }
    ) throws(TensorError) -> (outputs: [Tensor], version: UInt64) {
        let result = try store.update(writtenSlots, steps: steps) { (lease, targets) throws(TensorError) in
            var frame = makeFrame(random)
            for (write, target) in zip(writes, targets) { frame.setTarget(target, for: write.register) }
            let outputs = try execute(inputs, lease, &frame)
            for (write, target) in zip(writes, targets) where frame[write.register].pointer != target.pointer {
                // A value that was not computed into its place: a view, a constant, or an input.
                target.buffer.pointer.copyMemory(
                    from: frame[write.register].pointer, byteCount: target.spec.byteCount)
            }
            try verify(outputs, targets)
            // What a caller keeps must not be memory that the store writes again.
            return try outputs.map { output throws(TensorError) in
                targets.contains { $0.pointer == output.pointer } ? try output.copied() : output
            }
        }
        return (result.result, result.version)
    }

    private func execute(
        _ inputs: [Tensor], _ lease: borrowing SnapshotLease, _ frame: inout Frame
    ) throws(TensorError) -> [Tensor] {
        try fill(&frame, inputs)
        for index in reads.indices {
            guard let value = lease.value(inSlot: reads[index].slot, like: reads[index].spec) else {
                throw .uninitialized(variable: readVariables[index].name)
            }
            frame[reads[index].register] = value
        }
        return try finish(&frame)
    }

    private func fill(_ frame: inout Frame, _ inputs: [Tensor]) throws(TensorError) {
        guard inputs.count == self.inputs.count else {
            throw .invalidArgument(
                operator: "plan", message: "takes \(self.inputs.count) inputs, received \(inputs.count)")
        }
        for (index, input) in inputs.enumerated() {
            guard input.dtype == self.inputs[index].dtype else {
                throw .dtypeMismatch(
                    operator: "plan input \(index)", left: self.inputs[index].dtype, right: input.dtype)
            }
            guard self.inputs[index].shape.accepts(input.shape) else {
                throw .shapeMismatch(
                    operator: "plan input \(index)", left: self.inputs[index].shape, right: input.shape,
                    rule: "the input must fit what was traced")
            }
            frame[index] = input
        }
        for constant in constants { frame[constant.register] = constant.value }
    }

    private func finish(_ frame: inout Frame) throws(TensorError) -> [Tensor] {
        for step in steps {
            try step.op.run(&frame, step)
            for register in step.released { frame.release(register) }
        }
        var outputs: [Tensor] = []
        outputs.reserveCapacity(outputRegisters.count)
        for register in outputRegisters {
            let value = frame[register]
            outputs.append(borrowedOutputs.contains(register) ? try value.copied() : value)
        }
        return outputs
    }
}

/// One operator of a plan, with the registers it reads and fills. A class, since a run that goes from step to step then
/// counts one reference for each and not those of its parts.
public final class PlanStep: Sendable {
    public let op: any Operator
    public let inputs: [Int]
    public let left: Int
    public let right: Int
    public let firstOutput: Int
    /// Registers that no later step reads.
    let released: [Int]

    init(op: any Operator, inputs: [Int], firstOutput: Int, released: [Int]) {
        self.op = op
        self.inputs = inputs
        left = inputs.first ?? -1
        right = inputs.count > 1 ? inputs[1] : -1
        self.firstOutput = firstOutput
        self.released = released
    }
}

/// The registers of one run of a plan.
public struct Frame {
    /// The seed and number of the run.
    public let random: RandomState
    private var registers: [Tensor?]
    /// Where the outputs of a training step are to be written, by register; empty when no place is given.
    private var targets: [Tensor?] = []

    init(registerCount: Int, random: RandomState) {
        registers = Array(repeating: nil, count: registerCount)
        self.random = random
    }

    public subscript(register: Int) -> Tensor {
        get {
            guard let value = registers[register] else {
                preconditionFailure("a plan read a register before it was set")
            }
            return value
        }
        set { registers[register] = newValue }
    }

    /// Memory for the output in `register`: the place it is to end in, if it has one, or new.
    public func makeOutput(_ register: Int, _ spec: TensorSpec) throws(TensorError) -> Tensor {
        if !targets.isEmpty, let target = targets[register], target.spec == spec { return target }
        return try Tensor(uninitialized: spec)
    }

    mutating func setTarget(_ target: Tensor, for register: Int) {
        if targets.isEmpty { targets = Array(repeating: nil, count: registers.count) }
        targets[register] = target
    }
    mutating func release(_ register: Int) { registers[register] = nil }
}

/// Turns operations into steps over registers.
private struct PlanBuilder {
    private let store: VariableStore
    private var firstRegister: [ObjectIdentifier: Int] = [:]
    private var steps: [(op: any Operator, inputs: [Int], firstOutput: Int)] = []
    private(set) var registerCount = 0
    private(set) var constants: [(register: Int, value: Tensor)] = []
    private(set) var reads: [(register: Int, variable: Variable)] = []
    /// Registers whose memory may be a variable's or an input's.
    private(set) var borrowed: Set<Int> = []

    init(store: VariableStore) { self.store = store }

    mutating func declareInput(_ placeholder: Tensor) {
        guard let operation = placeholder.symbolicOutput?.operation else { return }
        firstRegister[ObjectIdentifier(operation)] = registerCount
        registerCount += 1
    }

    mutating func add(_ operation: GraphOperation) throws(TensorError) {
        guard firstRegister[ObjectIdentifier(operation)] == nil else { return }
        let first = registerCount
        firstRegister[ObjectIdentifier(operation)] = first
        switch operation.op {
        case let constant as Constant:
            registerCount += 1
            constants.append((first, constant.value))
            return
        case let read as ReadVariable:
            guard read.variable.store === store else {
                throw .invalidArgument(
                    operator: "plan", message: "variable \(read.variable.name) lives in another store")
            }
            registerCount += 1
            reads.append((first, read.variable))
            borrowed.insert(first)
            return
        case is Placeholder:
            throw .invalidArgument(operator: "plan", message: "a placeholder that is no input of the plan is needed")
        default:
            break
        }
        var inputs: [Int] = []
        for input in operation.inputs { inputs.append(try register(of: input)) }
        registerCount += operation.outputSpecs.count
        if operation.op is any ViewOperator, borrowed.contains(inputs[0]) { borrowed.insert(first) }
        steps.append((operation.op, inputs, first))
    }

    func register(of tensor: Tensor) throws(TensorError) -> Int {
        guard let output = tensor.symbolicOutput, let first = firstRegister[ObjectIdentifier(output.operation)] else {
            throw .graphMismatch(operator: "plan")
        }
        return first + output.output
    }

    /// The steps, each with the registers that die after it.
    func finishedSteps(keeping kept: [Int]) -> [PlanStep] {
        var alive = Set(kept)
        var finished: [PlanStep] = []
        for step in steps.reversed() {
            let released = step.inputs.filter { alive.insert($0).inserted }
            finished.append(
                PlanStep(op: step.op, inputs: step.inputs, firstOutput: step.firstOutput, released: released))
        }
        return finished.reversed()
    }
}
