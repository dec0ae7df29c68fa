import Operators
import TensorCore

/// Marks the steps of a sequence of which all features are a certain number as absent.
///
/// - Shapes: `x [batch, steps, features…]` → like x, zeros in masked steps; mask `[batch, steps]`.
/// - Source: tf.keras.layers.Masking.
public final class Masking: StatelessLayer, ConfigurableLayer {
    public let maskValue: Double

    public init(_ maskValue: Double = 0, name: String? = nil) {
        self.maskValue = maskValue
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        maskValue = try configuration.number("mask_value", default: 0)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("mask_value", maskValue) }

    public override var makesMasks: Bool { true }

    public override func call(_ x: Tensor) throws -> Tensor {
        try x * cast(any(differs(x), axes: [-1], keepingDimensions: true), to: x.dtype)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        try any(differs(inputs.single(for: self)), axes: [-1])
    }

    private func differs(_ x: Tensor) throws -> Tensor { try notEqual(x, maskValue) }
}
