import Layers
import Operators
import TensorCore

/// Changes variables so that a loss becomes smaller: a rule, its state, and what happens around it.
///
/// ```swift
/// let optimizer = Optimizer(Adam(), learningRate: 0.01)
/// try optimizer.minimize { try meanSquaredError(y, network(x)) }
/// ```
/// The same calls work eagerly, where variables change at once; in a graph, where they give an operation to run in a session;
/// and in a plan that is being traced. Slots are variables in the store of the variable that they belong to, so snapshots
/// hold and checkpoints save both together. An optimizer is confined to whoever made it.
///
/// - Source: tf.train.Optimizer (TensorFlow 1.8), keras.optimizers.Optimizer (2.15).
public final class Optimizer {
    public let rule: any UpdateRule
    /// What slots are called after; the rule's name unless it was given another.
    public let name: String
    /// May be changed between steps.
    public var learningRate: LearningRate
    public let clipping: GradientClipping?
    public let weightDecay: WeightDecay?
    public let averaging: WeightAveraging?

    private var slotsByVariable: [ObjectIdentifier: [String: Variable]] = [:]
    private var slotsInOrder: [Variable] = []
    /// The variables that have slots; held, so that no other takes their identity.
    private var owners: [Variable] = []
    /// The rule's scalars, and the count of iterations after them where it has one.
    private var scalars: [Variable] = []
    /// Eager steps, for schedules where nothing else counts.
    private var stepsTaken: Int64 = 0

    /// - Parameters:
    ///   - learningRate: nil for the rule's own.
    ///   - averaging: whether averages of the weights are kept, and what for.
    public init(
        _ rule: any UpdateRule, learningRate: LearningRate? = nil, clipping: GradientClipping? = nil,
        weightDecay: WeightDecay? = nil, averaging: WeightAveraging? = nil, name: String? = nil
    ) {
        self.rule = rule
        self.learningRate = learningRate ?? .constant(rule.defaultLearningRate)
        self.clipping = clipping
        self.weightDecay = weightDecay
        self.averaging = averaging
        self.name = name ?? rule.name
    }

    /// An optimizer of the same settings, without state.
    public func emptyCopy() -> Optimizer {
        Optimizer(
            rule, learningRate: learningRate, clipping: clipping, weightDecay: weightDecay, averaging: averaging,
            name: name)
    }

    // MARK: State

    /// All that it remembers: its scalars, then the slots variable by variable.
    public var variables: [Variable] { scalars + slotsInOrder }

    /// The slot called `name` of a variable, `m` or `momentum`; nil where there is none.
    public func slot(_ name: String, of variable: Variable) -> Variable? {
        slotsByVariable[ObjectIdentifier(variable)]?[name]
    }

    /// The names of a variable's slots.
    public func slotNames(of variable: Variable) -> [String] {
        declarations(for: variable).map(\.name).filter { slot($0, of: variable) != nil }
    }

    /// Makes the slots of variables that have none yet. The first step does so by itself.
    public func build(_ variables: [Variable]) throws {
        guard variables.contains(where: { slotsByVariable[ObjectIdentifier($0)] == nil }) else { return }
        try Context.currentOrDefault.detached.bind {
            if scalars.isEmpty, let first = variables.first {
                scalars = try rule.scalars.map { scalar in
                    try Variable(
                        name: scalar.name,
                        initialValue: Tensor(repeating: scalar.start, [], scalar.dtype ?? first.dtype),
                        isTrainable: false, in: first.store)
                }
                if rule.countsIterations {
                    scalars.append(
                        Variable(
                            name: "iteration", initialValue: Tensor([], [Int64(0)]), isTrainable: false, in: first.store
                        ))
                }
            }
            for variable in variables { try makeSlots(of: variable) }
        }
    }

    private func makeSlots(of variable: Variable) throws {
        let key = ObjectIdentifier(variable)
        guard slotsByVariable[key] == nil else { return }
        guard variable.dtype == .float32 || variable.dtype == .float64 else {
            throw TrainingError(
                .value,
                "Invalid type \(variable.dtype) for \(variable.name), expected: float32 or float64, to be trained.")
        }
        var slots: [String: Variable] = [:]
        for (index, declaration) in declarations(for: variable).enumerated() {
            let suffix = declaration.name == WeightAveraging.slotName ? declaration.name : suffix(index)
            let slot = Variable(
                name: "\(variable.checkpointName)/\(suffix)",
                initialValue: try start(of: declaration, for: variable) { try $0.storedValue },
                isTrainable: false, in: variable.store,
                slice: declaration.shape == nil ? variable.slice?.ofSlot(suffix) : nil)
            slots[declaration.name] = slot
            slotsInOrder.append(slot)
        }
        slotsByVariable[key] = slots
        owners.append(variable)
    }

    private func suffix(_ index: Int) -> String { index == 0 ? name : "\(name)_\(index)" }

    private func declarations(for variable: Variable) -> [SlotDeclaration] {
        rule.slots(of: variable.spec)
            + (averaging == nil ? [] : [SlotDeclaration(WeightAveraging.slotName, .variable)])
    }

    private func start(
        of slot: SlotDeclaration, for variable: Variable, _ value: (Variable) throws -> Tensor
    ) throws -> Tensor {
        switch slot.start {
        case .constant(let number): try Tensor(repeating: number, slot.shape ?? variable.shape, variable.dtype)
        case .variable: try value(variable)
        }
    }

    /// Puts everything that it remembers back to its beginning.
    public func reset() throws {
        for (variable, value) in try startingValues({ try $0.storedValue }) { try variable.assign(value) }
        stepsTaken = 0
    }

    /// All that it remembers as it begins.
    ///
    /// - Parameter value: the value of a variable, which some slots begin with.
    public func startingValues(_ value: (Variable) throws -> Tensor) throws -> [(variable: Variable, value: Tensor)] {
        var values: [(variable: Variable, value: Tensor)] = []
        for (scalar, declaration) in zip(scalars, rule.scalars) {
            values.append((scalar, try Tensor(repeating: declaration.start, [], scalar.dtype)))
        }
        if rule.countsIterations, let iteration = scalars.last {
            values.append((iteration, Tensor([], [Int64(0)])))
        }
        for variable in owners {
            for declaration in declarations(for: variable) {
                guard let slot = slot(declaration.name, of: variable) else { continue }
                values.append((slot, try start(of: declaration, for: variable, value)))
            }
        }
        return values
    }

    // MARK: Gradients

    /// The gradients of a loss.
    ///
    /// - Parameters:
    ///   - variables: nil for all trainable variables that the loss reads; in a graph, for all of the graph's.
    ///   - loss: a scalar. In a graph it may be symbolic.
    /// - Returns: each variable with its gradient, nil where the loss does not depend on it.
    /// - Throws: ValueError when there is no variable.
    public func computeGradients(
        _ variables: [Variable]? = nil, of loss: () throws -> Tensor
    ) throws -> [(gradient: Gradient?, variable: Variable)] {
        guard executesEagerly else { return try computeGradients(of: loss(), variables) }
        let tape = GradientTape()
        for variable in variables ?? [] where !variable.isTrainable { try tape.watch(variable) }
        let value = try tape.record(loss)
        let variables = try requireSome(variables ?? tape.watchedVariables)
        let gradients = try tape.sparseGradient(of: value, withRespectTo: variables)
        return Array(zip(gradients, variables)).map { ($0, $1) }
    }

    /// The gradients of a symbolic loss, as operations of its graph.
    public func computeGradients(
        of loss: Tensor, _ variables: [Variable]? = nil
    ) throws -> [(gradient: Gradient?, variable: Variable)] {
        guard loss.isSymbolic else {
            throw TrainingError(
                .runtime,
                "`loss` passed to Optimizer.computeGradients should be a function when eager execution is enabled.")
        }
        let known = VariableScope.current.registry.collections.variables(.trainableVariables)
        let variables = try requireSome(variables ?? known)
        let gradients = try sparseGradients(of: loss, withRespectTo: variables)
        return Array(zip(gradients, variables)).map { ($0, $1) }
    }

    private func requireSome(_ variables: [Variable]) throws -> [Variable] {
        guard !variables.isEmpty else { throw TrainingError(.value, "No variables to optimize.") }
        var seen: Set<ObjectIdentifier> = []
        return variables.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    // MARK: Steps

    /// Computes gradients and applies them; what comes back is as of ``applyGradients(_:globalStep:)``.
    @discardableResult
    public func minimize(
        _ variables: [Variable]? = nil, globalStep: Variable? = nil, _ loss: () throws -> Tensor
    ) throws -> Tensor {
        try applyGradients(computeGradients(variables, of: loss), globalStep: globalStep)
    }

    /// The same for a symbolic loss.
    @discardableResult
    public func minimize(
        _ loss: Tensor, _ variables: [Variable]? = nil, globalStep: Variable? = nil
    ) throws -> Tensor {
        try applyGradients(computeGradients(of: loss, variables), globalStep: globalStep)
    }

    /// Changes the variables by their gradients, all at once.
    ///
    /// - Parameter globalStep: counts up by one; schedules follow it, but for rules that count by themselves.
    /// - Returns: in a graph, the tensor to fetch in a session for the step to be taken; else one without elements.
    /// - Throws: ValueError when no variable has a gradient, or a variable comes twice.
    @discardableResult
    public func applyGradients(
        _ pairs: [(gradient: Gradient?, variable: Variable)], globalStep: Variable? = nil
    ) throws -> Tensor {
        try withoutRecording {
            let given = try withGradients(pairs)
            try build(given.map(\.variable))
            let moment = try moment(globalStep)
            var changes = try changes(given, moment)
            if let globalStep {
                changes.append((globalStep, try globalStep.value + Tensor(repeating: 1, [], globalStep.dtype)))
            }
            return try write(changes)
        }
    }

    func withGradients(
        _ pairs: [(gradient: Gradient?, variable: Variable)]
    ) throws -> [(gradient: Gradient, variable: Variable)] {
        let given = pairs.compactMap { pair in pair.gradient.map { (gradient: $0, variable: pair.variable) } }
        guard !given.isEmpty else {
            let names = pairs.map(\.variable.name).joined(separator: ", ")
            throw TrainingError(.value, "No gradients provided for any variable: [\(names)].")
        }
        var seen: Set<ObjectIdentifier> = []
        for (gradient, variable) in given {
            guard seen.insert(ObjectIdentifier(variable)).inserted else {
                throw TrainingError(.value, "The variable \(variable.name) has two gradients.")
            }
            guard gradient.values.dtype == variable.dtype else {
                throw TensorError.dtypeMismatch(
                    operator: "gradient of \(variable.name)", left: variable.dtype, right: gradient.values.dtype)
            }
        }
        return given
    }

    private func moment(_ globalStep: Variable?) throws -> Moment {
        var step = Tensor([], [stepsTaken])
        if rule.countsIterations, let iteration = scalars.last {
            step = try iteration.value
        } else if let globalStep {
            step = try cast(globalStep.value, to: .int64)
        } else if !executesEagerly {
            if rule.usesStep { throw TrainingError(.value, "\(rule.name) needs a global step in a graph.") }
            if case .schedule = learningRate {
                throw TrainingError(.value, "A learning-rate schedule needs a global step in a graph.")
            }
        }
        return try moment(learningRate: nil, step: step)
    }

    /// The moment at a step.
    ///
    /// - Parameter learningRate: nil for the optimizer's own.
    func moment(learningRate: Tensor?, step: Tensor) throws -> Moment {
        var own: Tensor {
            get throws {
                switch self.learningRate {
                case .constant(let rate): Tensor(Float(rate))
                case .schedule(let schedule): try schedule(step)
                }
            }
        }
        return Moment(
            learningRate: try learningRate ?? own, step: step,
            scalars: try scalars.prefix(rule.scalars.count).map { try $0.value })
    }

    /// The step that a moment has in a plan: the count of iterations, or what counts the plan's runs.
    func step(elseWith count: Tensor) throws -> Tensor {
        if rule.countsIterations, let iteration = scalars.last { return try iteration.value }
        return count
    }

    // MARK: Updates

    /// The new values of the variables, of their slots and of the scalars.
    func changes(
        _ pairs: [(gradient: Gradient, variable: Variable)], _ moment: Moment
    ) throws -> [(variable: Variable, value: Tensor)] {
        var targets: [UpdateTarget] = []
        let gradients = try clipping?(pairs.map(\.gradient)) ?? pairs.map(\.gradient)
        for (gradient, pair) in zip(gradients, pairs) {
            let slots = rule.slots(of: pair.variable.spec).compactMap { slot($0.name, of: pair.variable) }
            targets.append(
                UpdateTarget(
                    variable: pair.variable, value: try pair.variable.value, gradient: gradient, slots: slots,
                    slotValues: try slots.map { try $0.value },
                    decay: weightDecay?.rate(for: pair.variable) ?? 0))
        }
        var changes: [(variable: Variable, value: Tensor)] = []
        for (target, result) in zip(targets, try rule.update(targets, moment)) {
            changes += try settled(target.variable, result.variable, moment)
            changes += zip(target.slots, result.slots).map { ($0, $1) }
        }
        if !scalars.isEmpty {
            let advanced = try apply(
                AdvanceScalars(rule: rule), to: [moment.step] + scalars.map { try $0.value })
            changes += zip(scalars, advanced).map { ($0, $1) }
        }
        return changes
    }

    /// A variable's new value, averaged and within its constraint, and its average.
    private func settled(
        _ variable: Variable, _ value: Tensor, _ moment: Moment
    ) throws -> [(variable: Variable, value: Tensor)] {
        var value = value
        var changes: [(variable: Variable, value: Tensor)] = []
        if let averaging, let slot = slot(WeightAveraging.slotName, of: variable) {
            let average = try averaging.average(slot.value, value)
            value = try averaging.overwritten(value, average, step: moment.step)
            changes.append((slot, average))
        }
        if let constraint = variable.constraint { value = try constraint(value) }
        return [(variable, value)] + changes
    }

    /// Gives variables their averages, once training is over.
    ///
    /// - Source: keras Optimizer.finalize_variable_values (2.15).
    public func finalizeVariables() throws {
        for variable in owners {
            if let average = slot(WeightAveraging.slotName, of: variable) { try variable.assign(average.value) }
        }
    }

    /// Assigns new values: eagerly those of one store together, in a graph as operations.
    private func write(_ changes: [(variable: Variable, value: Tensor)]) throws -> Tensor {
        guard executesEagerly else { return try group(changes.map { try $0.variable.assign($0.value) }) }
        stepsTaken += 1
        var stores: [VariableStore] = []
        for (variable, _) in changes where !stores.contains(where: { $0 === variable.store }) {
            stores.append(variable.store)
        }
        for store in stores {
            let own = changes.filter { $0.variable.store === store }
            store.publish(own.map { ($0.variable.slot, $0.value) }, step: store.step + 1)
        }
        return try group([])
    }
}

extension VariableSlice {
    /// The place of a slot of the part in the slot of the whole.
    fileprivate func ofSlot(_ suffix: String) -> VariableSlice {
        VariableSlice(wholeName: "\(wholeName)/\(suffix)", wholeShape: wholeShape, axis: axis, start: start)
    }
}
