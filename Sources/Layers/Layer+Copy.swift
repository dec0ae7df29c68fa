import Operators
import TensorCore

extension Layer {
    /// An independent layer with the same names, settings and values (N-130, N-131). Later changes to one are not seen by the
    /// other. What the layers below share with each other, their copies share.
    ///
    /// - Throws: NotImplementedError for a class that does not say how to make an empty copy; RuntimeError for a layer
    ///   that was built in a graph (N-132), or by hand.
    public final func copy() throws -> Self {
        let copying = LayerCopying()
        let copy: Self = try copying.copy(of: self)
        try copying.finish()
        return copy
    }

    /// The copy of a layer that this one was given, rather than made itself: for ``emptyCopy()``.
    public final func copied<Given: Layer>(_ layer: Given) throws -> Given {
        guard let copying else { return try layer.copy() }
        return try copying.copy(of: layer)
    }
}

/// One deep copy under way: which layer stands for which.
final class LayerCopying {
    private var copies: [ObjectIdentifier: Layer] = [:]
    private var pairs: [(original: Layer, copy: Layer)] = []
    private var restorations: [ObjectIdentifier: DeferredRestoration] = [:]

    /// The empty copy of a layer and of all layers below it, each made once.
    func copy<Copied: Layer>(of original: Copied) throws -> Copied {
        let copy = try copies[ObjectIdentifier(original)] ?? makeEmptyCopy(of: original)
        guard let copy = copy as? Copied else {
            throw LayerError(.type, "emptyCopy of \(original.className) made a \(type(of: copy))")
        }
        return copy
    }

    private func makeEmptyCopy(of original: Layer) throws -> Layer {
        guard original.builtGraph == nil else {
            throw LayerError(
                .runtime, "layer \(original.displayName) was built in a graph, and operations cannot be copied")
        }
        let outer = original.copying
        original.copying = self
        defer { original.copying = outer }
        // The copy gets the original's names in the end; meanwhile it must not use up others.
        let scratch = NameRegistry(seed: 0).names()
        let copy = try Context.currentOrDefault.with(names: scratch).bind { try original.emptyCopy() }
        try note(copy, for: original)
        return copy
    }

    /// Notes which layers of a fresh copy stand for which of the original's.
    private func note(_ copy: Layer, for original: Layer) throws {
        guard copies[ObjectIdentifier(original)] == nil else { return }
        copies[ObjectIdentifier(original)] = copy
        guard copy !== original else { return }
        if let network = copy as? Network, let model = original as? Network {
            var rest = network.layers[...]
            for layer in model.layers {
                if let twin = copies[ObjectIdentifier(layer)] {
                    if twin === rest.first { rest = rest.dropFirst() }
                } else if let twin = rest.popFirst() {
                    try note(twin, for: layer)
                } else {
                    // It was tracked after the original was made, so it is not in the fresh copy.
                    _ = try self.copy(of: layer)
                }
            }
            guard rest.isEmpty else {
                throw LayerError(
                    .value,
                    "emptyCopy of \(original.className) tracks \(network.layers.count) layers, but the original \(model.layers.count)"
                )
            }
            network.takeTracking(of: model) { self.copies[ObjectIdentifier($0)] ?? $0 }
        }
        pairs.append((original, copy))
    }

    /// Gives the copies the state of their originals; layers below come first.
    func finish() throws {
        for (original, copy) in pairs {
            copy.takeSettings(of: original)
            if case .network(let owner) = original.firstParent, let network = owner.network {
                let twin = copies[ObjectIdentifier(network)] as? Network
                copy.firstParent = .network(WeakNetwork(network: twin ?? network))
            } else {
                copy.firstParent = original.firstParent
            }
        }
        for (original, copy) in pairs where !(copy is Network) && original.isBuilt {
            try copy.takeVariables(of: original)
        }
        for (original, copy) in pairs {
            copy.restorations = original.restorations.map { restoration in
                let key = ObjectIdentifier(restoration)
                let twin = restorations[key] ?? restoration.copy()
                restorations[key] = twin
                return twin
            }
        }
    }
}

extension Layer {
    /// Takes everything but the variables.
    fileprivate func takeSettings(of original: Layer) {
        currentName = original.currentName
        baseName = original.baseName
        // The scope is the same by name, but what is made in it from now on belongs to the copy (N-133).
        scope = original.scope
        dtype = original.dtype
        if !(self is Network) { isTrainable = original.isTrainable }
        activityRegularizer = original.activityRegularizer
        inputSpecifications = original.inputSpecifications
        givenInputShape = original.givenInputShape
        followsKeras = original.followsKeras
        latestShapes = original.latestShapes
        holdsLayersWithoutScope = original.holdsLayersWithoutScope
        buildHasRun = self is Network && original.buildHasRun
    }

    /// Builds this layer as the original was built, its variables beginning with the original's values.
    fileprivate func takeVariables(of original: Layer) throws {
        guard let shapes = original.latestShapes?.inputs, let scope else {
            throw LayerError(.runtime, "layer \(original.displayName) was built by hand; call it before copying it")
        }
        var values: [String: Tensor] = [:]
        for variable in original.variables { values[variable.checkpointName] = try variable.storedValue }
        let known = values
        let takingValues = VariableScopeOptions(getter: { request, make in
            var request = request
            if let value = known[request.name] { request.initializer = GivenValue(value: value) }
            return try make(request)
        })
        if isBuilt {
            // By the layer that holds it.
            for variable in variables {
                if let value = values[variable.checkpointName] { variable.store.publish([(variable.slot, value)]) }
            }
        } else {
            self.scope = scope.with(name: scope.name, takingValues)
            defer { self.scope = scope }
            // Eagerly, whatever is open: a graph, a tape, or a store that would find the original's variables.
            try Context.currentOrDefault.detached.with(names: ScopeContext(scope)).bind { try build(shapes) }
        }
        buildHasRun = true
        guard variables.map(\.name) == original.variables.map(\.name) else {
            throw LayerError(
                .runtime, "the copy of layer \(displayName) has other variables than the original: \(variables)")
        }
    }
}
