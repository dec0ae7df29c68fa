import TensorCore

extension Layer {
    /// Makes a layer a part of this one: its variables, losses and updates count as this one's, under this one's scope. For
    /// `init`; ``build(_:)`` then builds it with ``buildHeld(_:for:)``.
    ///
    /// - Parameters:
    ///   - name: what its scope is called; by default the layer's own name, or its class where it was given none.
    ///   - sharingScope: whether its variables are named as though they were this layer's own.
    /// - Returns: the layer.
    @discardableResult
    public final func hold<Held: Layer>(_ layer: Held, as name: String? = nil, sharingScope: Bool = false) -> Held {
        if !(layer is Network) { layer.currentName = name ?? layer.givenName ?? layer.baseName }
        layer.holder = self
        layer.sharesScopeOfHolder = sharingScope
        heldLayers.append(layer)
        return layer
    }

    /// Makes the variables of a held layer for inputs of these shapes.
    public final func buildHeld(_ layer: Layer, for shapes: [Shape]) throws {
        guard !layer.buildHasRun else { return }
        layer.dtype = layer.dtype ?? dtype
        try layer.settleScope(nil)
        guard let scope = layer.scope else { throw LayerError(.runtime, "layer \(layer.displayName) has no scope") }
        try inside(scope) { _ in try layer.build(shapes) }
        layer.buildHasRun = true
        layer.latestShapes = (shapes, [])
    }

    /// Whether its parts get scopes of their own where later Keras gives them some: in models and layers from JSON. In
    /// networks of TensorFlow 1.8 the variables of an LSTM's cell are named as the LSTM's own.
    final var namesFollowKeras: Bool {
        holder?.namesFollowKeras ?? livingParent.map(\.followsKeras) ?? followsKeras
    }

    /// Forgets what a build that failed has made.
    final func forgetVariables() {
        variableLists = LayerVariables()
        lossList = LayerLosses()
        for layer in heldLayers where !(layer is Network) {
            layer.buildHasRun = false
            layer.forgetVariables()
        }
    }
}
