/// The states that stateful layers keep from call to call.
extension Network {
    /// Whether any layer, however deep inside, keeps states.
    public var keepsStates: Bool { !statefulLayers.isEmpty }

    /// Makes all stateful layers begin anew.
    ///
    /// - Source: keras.Model.reset_states (2.15).
    public func resetStates() throws {
        for layer in statefulLayers {
            switch layer {
            case let layer as RecurrentLayer: try layer.resetStates()
            case let layer as Bidirectional: try layer.resetStates()
            default:
                throw LayerError(
                    .notImplemented, "layer \(layer.displayName) is stateful, but it is not known how to reset it")
            }
        }
    }

    private var statefulLayers: [Layer] {
        layers.flatMap { layer in
            if let network = layer as? Network { return network.statefulLayers }
            let inner = (layer as? TimeDistributed)?.layer ?? layer
            return inner.isStateful ? [inner] : []
        }
    }
}
