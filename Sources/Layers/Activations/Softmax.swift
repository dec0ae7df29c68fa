import Operators
import TensorCore

/// Scores as probabilities along one axis, or along several together. Masked places get none.
///
/// - Source: tf.keras.layers.Softmax.
public final class Softmax: StatelessLayer, ConfigurableLayer {
    public let axes: [Int]

    public init(axes: [Int] = [-1], name: String? = nil) {
        self.axes = axes
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        axes = try configuration.integerList("axis") ?? [-1]
        guard !axes.isEmpty else { throw configuration.wrongValue("axis", "an axis, or several") }
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        if axes.count == 1 { settings.set("axis", axes[0]) } else { settings.set("axis", axes) }
    }

    public override var treatsExamplesAlone: Bool { !axes.contains(0) }

    public override var accepts: CallArguments { .mask }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        var x = try inputs.single(for: self)
        if let mask = options.mask, mask.rank == x.rank {
            // Far below every score, as Keras has it.
            x = try x + (1 - cast(mask, to: x.dtype)) * -1e9
        }
        guard axes.count > 1 else { return Tensors(try softmax(x, axis: axes[0])) }
        return Tensors(try exp(x - logSumExp(x, axes: axes, keepingDimensions: true)))
    }
}
