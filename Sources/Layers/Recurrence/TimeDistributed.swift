import Operators
import TensorCore

/// A layer applied to every step of sequences, as though each were an example of its own.
///
/// - Shapes: `x [batch, steps, …]` → `[batch, steps, …]` with what the layer gives for `[…]`.
/// - Source: tf.keras.layers.TimeDistributed.
public final class TimeDistributed: Layer, ConfigurableLayer {
    public let layer: Layer

    public init(_ layer: Layer, isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil) {
        self.layer = layer
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        inputSpecifications = [InputSpecification(rankMin: 2)]
        hold(layer, sharingScope: true)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        self.init(
            try configuration.layer("layer"), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype(), name: try configuration.name())
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("layer", layer) }

    public override var accepts: CallArguments { layer.accepts.intersection([.training, .mask]).union(.mask) }
    public override var isStateful: Bool { layer.isStateful }
    public override var treatsExamplesAlone: Bool { layer.treatsExamplesAlone }

    private func step(_ shape: Shape) -> Shape { shape.dropFirst(2).inserting(Shape.unknown, at: 0) }

    public override func build(_ inputShape: Shape) throws {
        try buildHeld(layer, for: [step(inputShape)])
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = try inputs.single(for: self)
        var passed = CallOptions(training: options.training)
        // A mask of the steps themselves goes by the layer, one of what is inside each step goes to it.
        if let mask = options.mask, mask.rank > 2, layer.accepts.contains(.mask) { passed.mask = try mergeAxes(mask) }
        return try layer(Tensors(mergeAxes(x)), passed).map { try splitAxis($0, 0, as: 0..<2, of: x) }
    }

    public override var makesMasks: Bool { layer.makesMasks }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        guard layer.makesMasks else { return mask }
        let x = try inputs.single(for: self)
        guard let inner = try layer.computeMask(Tensors(mergeAxes(x)), nil) else { return mask }
        let steps = try splitAxis(inner, 0, as: 0..<2, of: x)
        return steps.rank > 2 ? try any(steps, axes: Array(2..<steps.rank)) : steps
    }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard inputShapes.count == 1, inputShapes[0].rank >= 2 else {
            throw LayerError(
                .value, "layer \(displayName) takes one input of sequences, but the shapes are \(inputShapes)")
        }
        return try layer.computeOutputShapes([step(inputShapes[0])]).map {
            $0.dropFirst().inserting(inputShapes[0][1], at: 0).inserting(inputShapes[0][0], at: 0)
        }
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }
}
