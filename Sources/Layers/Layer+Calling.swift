import Operators
import TensorCore

extension Layer {
    /// Applies the layer: settles its scope, builds it the first time, checks the inputs, and computes (N-50).
    ///
    /// - Throws: TypeError for an option that the layer does not take; ValueError for inputs that do not fit.
    public final func callAsFunction(_ inputs: Tensors, _ options: CallOptions = CallOptions()) throws -> Tensors {
        let extra = options.given.subtracting(accepts)
        guard extra.isEmpty else {
            throw LayerError(.type, "call() got an unexpected keyword argument '\(extra.firstName)'")
        }
        let context = Context.current
        if context?.graph == nil, let graph = inputs.graph { return try graph.asDefault { try self(inputs, options) } }
        if scope == nil || options.scope != nil { try settleScope(options.scope) }
        let masks = MaskTable.current(in: context)
        let opensMasks = masks == nil && (makesMasks || options.mask != nil && self is Network)
        if buildHasRun && builtGraph == nil && context?.graph == nil && !holdsLayersWithoutScope && !opensMasks {
            try checkInputs(inputs)
            return try compute(inputs, options, masks)
        }
        guard let scope else { throw LayerError(.runtime, "layer \(displayName) has no scope") }
        let table = opensMasks ? MaskTable() : masks
        return try inside(scope, masks: table) { _ in try firstOrSymbolicCall(inputs, options, table) }
    }

    /// Applies the layer to one tensor.
    public final func callAsFunction(_ input: Tensor, training: Bool? = nil) throws -> Tensor {
        try self(Tensors(input), CallOptions(training: training)).single(for: self)
    }

    /// The same as calling the layer.
    public final func apply(_ inputs: Tensors, _ options: CallOptions = CallOptions()) throws -> Tensors {
        try self(inputs, options)
    }

    /// The same as calling the layer.
    public final func apply(_ input: Tensor, training: Bool? = nil) throws -> Tensor {
        try self(input, training: training)
    }

    /// Computes, and checks what came out (N-53). A layer that asks for its scope is given it (N-54), one that takes a mask
    /// gets that of its input unless it was given one (N-56).
    private func compute(_ inputs: Tensors, _ options: CallOptions, _ masks: MaskTable?) throws -> Tensors {
        var options = options
        options.scope = accepts.contains(.scope) ? scope : nil
        let mask = options.mask ?? masks?[inputs]
        if accepts.contains(.mask) {
            if let given = options.mask { masks?.attach(given, to: inputs) }
            options.mask = mask
        }
        let outputs = try call(inputs, options)
        guard outputs.count > 0 else {
            throw LayerError(
                .value,
                "A layer's call method should return a Tensor or a list of Tensors, not None (Layer: \(displayName)).")
        }
        if let masks, let outputMask = try computeMask(inputs, mask) { masks.attach(outputMask, to: outputs) }
        if activityRegularizer != nil { try regularizeActivity(of: outputs, inputs) }
        return outputs
    }

    private func firstOrSymbolicCall(
        _ inputs: Tensors, _ options: CallOptions, _ masks: MaskTable?
    ) throws -> Tensors {
        let graph = inputs.graph ?? Context.current?.graph
        try noteGraph(graph)
        try buildIfNeeded(for: inputs)
        try checkInputs(inputs)
        var outputs = try compute(inputs, options, masks)
        latestShapes = (inputs.array.map(\.shape), outputs.array.map(\.shape))
        if let graph, !graph.isTrace {
            let mask = masks?[outputs]
            outputs = try noteSymbolicCall(inputs, outputs)
            if let mask { masks?.attach(mask, to: outputs) }
        }
        if holdsLayersWithoutScope, let network = self as? Network { network.noteScopesOfLayers() }
        return outputs
    }

    /// Builds the layer for inputs such as these, once.
    public final func buildIfNeeded(for inputs: Tensors) throws {
        guard !buildHasRun else { return }
        guard !isBuilt else {
            buildHasRun = true
            return
        }
        try checkInputs(inputs)
        let before = (dtype, inputSpecifications)
        if dtype == nil { dtype = inputs.array.first?.dtype }
        do {
            try build(inputs.array.map(\.shape))
            buildHasRun = true
        } catch {
            // A second attempt with a better input must find the layer as it was. A graph, though, keeps its variables.
            (dtype, inputSpecifications) = before
            if !(self is Network) { forgetVariables() }
            throw error
        }
    }

    private func checkInputs(_ inputs: Tensors) throws {
        guard !inputSpecifications.isEmpty else { return }
        guard inputs.count == inputSpecifications.count || inputSpecifications.count == 1 && inputs.count >= 1 else {
            throw LayerError(
                .value,
                "Layer \(displayName) expects \(inputSpecifications.count) inputs, but it received \(inputs.count)")
        }
        for (index, specification) in inputSpecifications.enumerated() {
            try specification.check(inputs[index].shape, index: index, of: self)
        }
    }
}
