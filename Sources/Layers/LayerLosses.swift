import Operators
import TensorCore

/// The losses of one layer, in the order of their making.
struct LayerLosses {
    enum Loss {
        /// A penalty on a variable, computed at each reading so that it follows the variable (N-91).
        case ofVariable(any Regularizer, Variable)
        /// A tensor of a graph; conditional ones hold only where some input was given (N-94).
        case tensor(Tensor, isConditional: Bool)
    }

    var entries: [Loss] = []
}

extension Layer {
    /// The losses of this layer; for a network, those of its layers (N-90). Where it executes eagerly, penalties on
    /// variables are computed now.
    public final var losses: [Tensor] {
        get throws {
            if let network = self as? Network { return try network.layers.flatMap { try $0.losses } }
            let own = try lossList.entries.compactMap { entry in
                switch entry {
                case .ofVariable(let regularizer, let variable): try regularizer(variable.value)
                case .tensor(let tensor, _): tensor
                }
            }
            return try own + heldLayers.flatMap { try $0.losses }
        }
    }

    /// Adds losses, in a graph only.
    ///
    /// - Parameter inputs: what they depend on; nil for losses that always hold.
    /// - Throws: RuntimeError on a network (N-93) and when executing eagerly (N-94).
    public final func addLoss(_ losses: [Tensor], inputs: [Tensor]? = nil) throws {
        if self is Network {
            throw LayerError(
                .runtime, "add_loss is not supported in Network class yet: track a layer that adds the loss.")
        }
        guard !executesEagerly else {
            throw LayerError(.runtime, "Layer.add_loss not supported in Eager mode.")
        }
        guard buildsGraph else {
            for loss in losses { ScopeContext.current.losses?.add(loss) }
            return
        }
        lossList.entries += losses.map { .tensor($0, isConditional: inputs != nil) }
        VariableScope.current.registry.collections.add(losses, to: .regularizationLosses)
    }

    /// Adds one loss.
    public final func addLoss(_ loss: Tensor, inputs: [Tensor]? = nil) throws { try addLoss([loss], inputs: inputs) }

    /// The losses that hold for this input.
    public final func getLossesFor(_ input: Tensor) throws -> [Tensor] { try getLossesFor([input]) }

    /// The losses that hold for these inputs: those computed from one of them; with nil, those that always hold (N-95).
    ///
    /// - Throws: RuntimeError when executing eagerly.
    public final func getLossesFor(_ inputs: [Tensor]?) throws -> [Tensor] {
        guard !executesEagerly else {
            throw LayerError(.runtime, "Layer.get_losses_for not supported in Eager mode.")
        }
        if let network = self as? Network { return try network.layers.flatMap { try $0.getLossesFor(inputs) } }
        let unconditional = try lossList.entries.compactMap { entry -> Tensor? in
            switch entry {
            case .ofVariable(let regularizer, let variable): try regularizer(variable.value)
            case .tensor(let tensor, let isConditional): isConditional ? nil : tensor
            }
        }
        let held = try heldLayers.flatMap { try $0.getLossesFor(inputs) }
        guard let inputs else { return unconditional + held }
        let all = lossList.entries.compactMap { entry -> Tensor? in
            if case .tensor(let tensor, _) = entry { tensor } else { nil }
        }
        return all.filter { reaches($0, from: inputs) } + held
    }

    /// Adds the penalty on the outputs of a call. On layers of tf.layers that works in graphs only, and without regard to the
    /// size of the batch (N-101); layers that follow Keras give it to the context's collector, per example.
    final func regularizeActivity(of outputs: Tensors, _ inputs: Tensors) throws {
        guard let activityRegularizer else { return }
        if followsKeras {
            guard let collector = ScopeContext.current.losses else { return }
            for output in outputs.array {
                if let loss = try activityRegularizer(output) { collector.add(try perExample(loss, of: output)) }
            }
        } else if buildsGraph {
            try addLoss(outputs.array.compactMap { try activityRegularizer($0) }, inputs: inputs.array)
        } else if executesEagerly {
            throw LayerError(
                .value, "activity_regularizer of layer \(displayName) is currently unsupported when executing eagerly")
        }
    }

    /// A loss divided by the number of examples in `output`.
    private func perExample(_ loss: Tensor, of output: Tensor) throws -> Tensor {
        guard output.rank > 0 else { return loss }
        if output.shape[0] >= 0 { return try loss / Double(max(1, output.shape[0])) }
        // A batch of unknown size is counted when it is there: the elements of the output by those of one example.
        let elements = try sum(onesLike(output))
        return try loss * Double(output.shape.dropFirst().elementCount) / elements
    }

    /// Adds the penalty on a variable that was just made.
    final func addWeightLoss(_ regularizer: any Regularizer, of variable: Variable) throws {
        if !buildsGraph {
            lossList.entries.append(.ofVariable(regularizer, variable))
        } else if let loss = try regularizer(variable.value) {
            lossList.entries.append(.tensor(loss, isConditional: false))
            VariableScope.current.registry.collections.add([loss], to: .regularizationLosses)
        }
    }
}

/// Whether `tensor` is computed from one of `inputs` in their graph.
func reaches(_ tensor: Tensor, from inputs: [Tensor]) -> Bool {
    let sources = Set(inputs.compactMap { $0.symbolicOutput.map { ObjectIdentifier($0.operation) } })
    var seen: Set<ObjectIdentifier> = []
    var waiting = [tensor]
    while let next = waiting.popLast() {
        guard let operation = next.symbolicOutput?.operation, seen.insert(ObjectIdentifier(operation)).inserted else {
            continue
        }
        if sources.contains(ObjectIdentifier(operation)) { return true }
        waiting += operation.inputs
    }
    return false
}
