import Operators
import TensorCore

/// Its inputs one after the other along an axis.
///
/// - Shapes: all extents but that of the axis must be equal.
/// - Source: tf.keras.layers.Concatenate.
public final class Concatenate: MergeLayer, ConfigurableLayer {
    public let axis: Int

    public init(axis: Int = -1, name: String? = nil) {
        self.axis = axis
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        axis = try configuration.integerIfGiven("axis") ?? -1
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("axis", axis) }

    public override var treatsExamplesAlone: Bool { axis != 0 }

    override func merge(_ inputs: [Tensor]) throws -> Tensor {
        do {
            return try concatenate(inputs, axis: axis)
        } catch {
            guard case .shapeMismatch = error else { throw error }
            throw LayerError(
                .value,
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=\(inputs.map(\.shape))"
            )
        }
    }

    /// Along the steps, the masks one after the other; else the steps that all have.
    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        let masks = inputMasks(inputs)
        let rank = inputs[0].rank
        guard masks.contains(where: { $0 != nil }), (axis < 0 ? axis + rank : axis) == 1 else {
            return try super.computeMask(inputs, mask)
        }
        let parts = try zip(inputs.array, masks).map { input, mask in
            // Every step of an input without a mask counts.
            try mask ?? all(equal(zerosLike(input), 0), axes: Array(2..<input.rank))
        }
        return try concatenate(parts, axis: 1)
    }
}
