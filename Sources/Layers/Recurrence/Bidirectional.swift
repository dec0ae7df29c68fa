import Formats
import Operators
import TensorCore

/// A recurrent layer forwards and another one of the same settings backwards.
///
/// Initial states are halved between the two, forwards first. Layers are made anew from the settings of those that are given.
///
/// - Shapes: as ``RecurrentLayer``; outputs side by side along the last axis, or put together otherwise, or both.
/// - Source: Schuster and Paliwal, *Bidirectional recurrent neural networks* (1997); tf.keras.layers.Bidirectional.
public final class Bidirectional: Layer, ConfigurableLayer {
    /// How the outputs of both directions become one.
    public enum MergeMode: String, CaseIterable, Sendable {
        case concat, sum, mul, ave
    }

    public let forward: RecurrentLayer
    public let backward: RecurrentLayer
    /// Nil for two outputs.
    public let mergeMode: MergeMode?
    /// What was given, whose settings and names the JSON has.
    private let layer: RecurrentLayer
    private let backwardLayer: RecurrentLayer?

    /// - Parameter backward: for the other direction; by default like `layer`, turned around.
    /// - Throws: ValueError when the two do not give the same kind of outputs, or go in the same direction.
    public init(
        _ layer: RecurrentLayer, backward backwardLayer: RecurrentLayer? = nil, mergeMode: MergeMode? = .concat,
        isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) throws {
        self.layer = layer
        self.backwardLayer = backwardLayer
        self.mergeMode = mergeMode
        forward = try layer.remade(isTurned: false)
        backward = try backwardLayer?.remade(isTurned: false) ?? layer.remade(isTurned: true)
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        var (one, other) = (forward.sequence, backward.sequence)
        guard one.goesBackwards != other.goesBackwards else {
            throw LayerError(.value, "the layers of Bidirectional \(displayName) go in the same direction")
        }
        one.goesBackwards = false
        other.goesBackwards = false
        guard one == other else {
            throw LayerError(
                .value, "the layers of Bidirectional \(displayName) differ in what they give: \(one), \(other)")
        }
        hold(forward, as: "forward_" + (layer.givenName ?? layer.baseName))
        hold(backward, as: "backward_" + ((backwardLayer ?? layer).givenName ?? (backwardLayer ?? layer).baseName))
    }

    public convenience init(configuration: LayerConfiguration) throws {
        func recurrent(_ layer: Layer, _ key: String) throws -> RecurrentLayer {
            guard let layer = layer as? RecurrentLayer else {
                throw LayerError(
                    .type, "\(configuration.path).\(key) must be a recurrent layer, but it is a \(layer.namingClass)")
            }
            return layer
        }
        let isApart = configuration.isNull("merge_mode")
        configuration.passOver("merge_mode")
        try self.init(
            recurrent(configuration.layer("layer"), "layer"),
            backward: configuration.layerIfGiven("backward_layer").map { try recurrent($0, "backward_layer") },
            mergeMode: isApart ? nil : configuration.choice("merge_mode", default: .concat),
            isTrainable: configuration.isTrainable(), dtype: configuration.dtype(), name: configuration.name())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("layer", layer)
        if let backwardLayer { settings.set("backward_layer", backwardLayer) }
        settings.set("merge_mode", mergeMode?.rawValue)
    }

    public override var accepts: CallArguments { [.training, .mask, .initialState] }
    public override var isStateful: Bool { forward.isStateful }
    public override var treatsExamplesAlone: Bool { forward.treatsExamplesAlone && backward.treatsExamplesAlone }

    public override func build(_ inputShapes: [Shape]) throws {
        // What the JSON says of the given layers must be what is so.
        for given in [layer, backwardLayer] { given?.dtype = given?.dtype ?? dtype }
        try buildHeld(forward, for: [inputShapes[0]])
        try buildHeld(backward, for: [inputShapes[0]])
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let states = inputs.count > 1 ? Array(inputs.array.dropFirst()) : options.initialState
        guard states.count % 2 == 0 else {
            throw LayerError(
                .value, "layer \(displayName) takes initial states for both directions, but it received \(states.count)"
            )
        }
        func result(_ layer: RecurrentLayer, _ states: ArraySlice<Tensor>) throws -> [Tensor] {
            try layer(
                Tensors(inputs[0]),
                CallOptions(training: options.training, mask: options.mask, initialState: Array(states))
            ).array
        }
        let there = try result(forward, states.prefix(states.count / 2))
        let back = try result(backward, states.suffix(states.count / 2))
        let turned = try forward.sequence.returnsSequences ? reverse(back[0], axes: [forward.timeAxis]) : back[0]
        return Tensors(try merged(there[0], turned) + there.dropFirst() + back.dropFirst())
    }

    private func merged(_ x: Tensor, _ y: Tensor) throws -> [Tensor] {
        switch mergeMode {
        case .concat: [try concatenate([x, y], axis: -1)]
        case .sum: [try x + y]
        case .mul: [try x * y]
        case .ave: [try (x + y) / 2]
        case nil: [x, y]
        }
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        forward.sequence.returnsSequences ? mask : nil
    }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        let there = try forward.computeOutputShapes([inputShapes[0]])
        let output = there[0]
        let both =
            switch mergeMode {
            case .concat: [output.replacing(output.rank - 1, with: output[output.rank - 1] * 2)]
            case .sum, .mul, .ave: [output]
            case nil: [output, output]
            }
        return both + there.dropFirst() + there.dropFirst()
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }

    /// Makes both directions of a stateful layer begin anew.
    public func resetStates() throws {
        try forward.resetStates()
        try backward.resetStates()
    }
}
