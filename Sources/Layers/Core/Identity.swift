import TensorCore

/// Its input.
///
/// - Source: keras.layers.Identity.
public final class Identity: StatelessLayer, ConfigurableLayer {
    public init(name: String? = nil) { super.init(layerName: name) }

    public init(configuration: LayerConfiguration) throws { try super.init(configuration) }

    public override func call(_ x: Tensor) throws -> Tensor { x }
}
