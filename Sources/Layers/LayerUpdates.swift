import Operators
import TensorCore

/// The updates of one layer's state that a graph may run, such as moving averages.
struct LayerUpdates {
    var entries: [(tensor: Tensor, isConditional: Bool)] = []
}

extension Layer {
    /// Adds operations that update the layer's state. Ignored when executing eagerly, where updates happen at once (N-97).
    /// At the end of a call, the layer's ``updates`` go to the graph's collection of them.
    ///
    /// - Parameter inputs: what they depend on; nil for updates that always hold.
    public final func addUpdate(_ updates: [Tensor], inputs: [Tensor]? = nil) {
        guard buildsGraph else { return }
        updateList.entries += updates.map { ($0, inputs != nil) }
    }

    /// Adds one operation.
    public final func addUpdate(_ update: Tensor, inputs: [Tensor]? = nil) { addUpdate([update], inputs: inputs) }

    /// The updates that hold for this input.
    public final func getUpdatesFor(_ input: Tensor) throws -> [Tensor] { try getUpdatesFor([input]) }

    /// What was added by ``addUpdate(_:inputs:)``; nothing while the layer is neither trainable nor stateful (N-98). A
    /// network has its own only, not its layers' (N-99).
    ///
    /// - Throws: RuntimeError when executing eagerly.
    public final var updates: [Tensor] {
        get throws {
            if executesEagerly {
                if self is Network { return [] }
                throw LayerError(.runtime, "Layer.updates not supported in Eager mode.")
            }
            guard isTrainable || isStateful else { return [] }
            return try updateList.entries.map(\.tensor) + heldLayers.flatMap { try $0.updates }
        }
    }

    /// The updates that hold for these inputs: those computed from one of them; with nil, those that always hold (N-100).
    ///
    /// - Throws: RuntimeError when executing eagerly.
    public final func getUpdatesFor(_ inputs: [Tensor]?) throws -> [Tensor] {
        guard !executesEagerly else {
            throw LayerError(.runtime, "Layer.get_updates_for not supported in Eager mode.")
        }
        guard isTrainable || isStateful else { return [] }
        let held = try heldLayers.flatMap { try $0.getUpdatesFor(inputs) }
        guard let inputs else { return updateList.entries.filter { !$0.isConditional }.map(\.tensor) + held }
        return updateList.entries.map(\.tensor).filter { reaches($0, from: inputs) } + held
    }
}
