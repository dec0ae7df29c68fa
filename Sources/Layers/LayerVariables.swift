import Operators
import TensorCore

/// The variables of one layer, in the order of their making.
struct LayerVariables {
    var trainable: [Variable] = []
    var nonTrainable: [Variable] = []
    var partitioned: [String: PartitionedVariable] = [:]

    var all: [Variable] { trainable + nonTrainable }
}

extension Layer {
    /// All its variables: those made trainable first, then the others (N-72), those of layers inside it included; for a
    /// network, those of its layers (N-70).
    public final var variables: [Variable] { weights }

    /// The same as ``variables``.
    public final var weights: [Variable] {
        if let network = self as? Network { return network.layers.flatMap(\.weights) }
        if heldLayers.isEmpty { return variableLists.all }
        let held = heldLayers.flatMap(\.weights)
        return variableLists.trainable + held.filter(\.isTrainable) + variableLists.nonTrainable
            + held.filter { !$0.isTrainable }
    }

    /// The variables that training changes (N-71, N-75).
    public final var trainableVariables: [Variable] { trainableWeights }

    /// The same as ``trainableVariables``.
    public final var trainableWeights: [Variable] {
        if let network = self as? Network { return network.layers.flatMap(\.trainableWeights) }
        guard isTrainable else { return [] }
        return heldLayers.isEmpty
            ? variableLists.trainable : variableLists.trainable + heldLayers.flatMap(\.trainableWeights)
    }

    /// The variables that training leaves alone.
    public final var nonTrainableVariables: [Variable] { nonTrainableWeights }

    /// The same as ``nonTrainableVariables``.
    public final var nonTrainableWeights: [Variable] {
        if let network = self as? Network { return network.layers.flatMap(\.nonTrainableWeights) }
        guard isTrainable else { return weights }
        return heldLayers.isEmpty
            ? variableLists.nonTrainable : variableLists.nonTrainable + heldLayers.flatMap(\.nonTrainableWeights)
    }

    /// The number of elements in all its variables, repetitions included (N-79).
    ///
    /// - Throws: ValueError before the layer is built.
    public final func countParams() throws -> Int {
        guard isBuilt else {
            throw LayerError(
                .value,
                "You tried to call countParams on \(displayName), but the layer isn't built. Build it by calling it, or with build(_:)."
            )
        }
        return weights.reduce(0) { $0 + $1.spec.elementCount }
    }

    /// Makes a variable of this layer, or, once the layer is built, gives the one of that name (N-81).
    ///
    /// - Parameters:
    ///   - name: its last component; the layer's scope goes before it.
    ///   - shape: fully known.
    ///   - dtype: nil for the layer's, or float32 (N-82).
    ///   - initializer: nil for the scope's; else glorot uniform for floats and zeros for whole numbers and booleans.
    ///   - regularizer: adds a loss, see ``losses``.
    ///   - constraint: applied after each update by an optimizer.
    /// - Throws: on a network, RuntimeError (N-80); for a shape that is not fully known or too large, ValueError.
    public final func addVariable(
        _ name: String, _ shape: Shape, dtype: DType? = nil, initializer: (any Initializer)? = nil,
        regularizer: (any Regularizer)? = nil, isTrainable: Bool = true, constraint: (any Constraint)? = nil
    ) throws -> Variable {
        let dtype = dtype ?? self.dtype ?? .float32
        if let existing = try existingVariable(name, TensorSpec(shape, dtype)) { return existing }
        let scope = try variableScopeForCreation()
        return try make(
            VariableRequest(
                name: scope.path(to: name), shape: shape, dtype: dtype, isTrainable: isTrainable,
                initializer: initializer ?? scope.defaultInitializer(dtype), constraint: constraint),
            fullShape: shape, regularizer)
    }

    /// Makes a variable that is cut into parts along one axis, each a variable of its own in a graph; one variable when
    /// executing eagerly (N-83, N-84).
    ///
    /// - Throws: RuntimeError for a regularizer when executing eagerly; ValueError for parts along several axes.
    public final func addVariable(
        _ name: String, _ shape: Shape, dtype: DType? = nil, initializer: (any Initializer)? = nil,
        regularizer: (any Regularizer)? = nil, isTrainable: Bool = true, constraint: (any Constraint)? = nil,
        partitioner: any Partitioner
    ) throws -> PartitionedVariable {
        if buildHasRun, let existing = variableLists.partitioned[name] { return existing }
        if executesEagerly {
            guard regularizer == nil else {
                throw LayerError(
                    .runtime, "Partitioned variable regularization is not yet supported when executing eagerly.")
            }
            let whole = try addVariable(
                name, shape, dtype: dtype, initializer: initializer, isTrainable: isTrainable, constraint: constraint)
            return PartitionedVariable(name: whole.checkpointName, shape: shape, parts: [whole], axis: 0)
        }
        try refuseVariablesOfNetworks()
        let dtype = dtype ?? self.dtype ?? .float32
        let scope = try variableScopeForCreation()
        let fullName = scope.path(to: name)
        let slices = try partitioner.slices(of: shape, dtype)
        let initializer = initializer ?? scope.defaultInitializer(dtype)
        var parts: [Variable] = []
        for (index, slice) in slices.parts.enumerated() {
            let request = VariableRequest(
                name: "\(fullName)/part_\(index)", shape: shape.replacing(slices.axis, with: slice.count), dtype: dtype,
                isTrainable: isTrainable, initializer: initializer, constraint: constraint,
                slice: VariableSlice(
                    wholeName: fullName, wholeShape: shape, axis: slices.axis, start: slice.lowerBound))
            parts.append(try make(request, fullShape: shape, regularizer))
        }
        let whole = PartitionedVariable(name: fullName, shape: shape, parts: parts, axis: slices.axis)
        variableLists.partitioned[name] = whole
        return whole
    }

    private func refuseVariablesOfNetworks() throws {
        guard !(self is Network) else {
            throw LayerError(
                .runtime, "add_variable not supported in Network class yet: track a layer that has the variable.")
        }
    }

    private func existingVariable(_ name: String, _ spec: TensorSpec) throws -> Variable? {
        try refuseVariablesOfNetworks()
        guard buildHasRun else { return nil }
        let fullName = try variableScopeForCreation().path(to: name)
        if let existing = variableLists.all.first(where: { $0.checkpointName == fullName }) {
            guard existing.spec == spec else { throw VariableRequest.misfit(fullName, spec, found: existing.spec) }
            return existing
        }
        guard executesEagerly else {
            throw LayerError(
                .value,
                "Variable \(fullName) does not exist, or was not created with tf.get_variable(). The layer is built.")
        }
        return nil
    }

    /// The scope that variables go to: the layer's own, or one made in the current scope when `build` is called by hand.
    private func variableScopeForCreation() throws -> VariableScope {
        try settleScope(nil)
        guard let scope else { throw LayerError(.runtime, "layer \(displayName) has no scope") }
        return scope
    }

    /// Passes the request through restorations and getters, makes the variable, and adds its penalty.
    private func make(
        _ request: VariableRequest, fullShape: Shape, _ regularizer: (any Regularizer)?
    ) throws -> Variable {
        var request = request
        request.layerIsTrainable = isTrainable && holder?.isTrainable ?? true
        let restoration = pendingRestorations.last { $0.concerns(request) }
        if let value = try restoration?.value(for: request) { request.initializer = GivenValue(value: value) }
        let (variable, isNew) = try request.fulfilled(
            in: variableScopeForCreation(), fullShape: fullShape, store: Context.current?.store ?? variableStore)
        try restoration?.note(variable, for: request)
        // A scope or a getter may have made it untrainable, whatever was asked (N-77).
        if variable.isTrainable {
            variableLists.trainable.append(variable)
        } else {
            variableLists.nonTrainable.append(variable)
        }
        // A variable that a graph shares has its penalty already.
        if let regularizer, isNew || !buildsGraph { try addWeightLoss(regularizer, of: variable) }
        if let graph = Context.current?.graph, !graph.isTrace { builtGraph = graph }
        return variable
    }

    /// What waits for its variables: also what waits for those of the layer that it is a part of.
    private var pendingRestorations: [DeferredRestoration] {
        holder.map { $0.pendingRestorations + restorations } ?? restorations
    }

    /// Where its variables live when no context says so: with the outermost network that owns it, else on its own.
    public final var variableStore: VariableStore {
        if let holder { return holder.variableStore }
        if let parent = livingParent { return parent.variableStore }
        if let store = ownStore { return store }
        let store = VariableStore()
        ownStore = store
        return store
    }
}
