import Operators
import TensorCore

/// An activation function as a layer.
///
/// - Shapes: like x.
/// - Source: tf.keras.layers.Activation.
public final class Activation: StatelessLayer, ConfigurableLayer {
    public let function: ActivationFunction

    public init(_ function: ActivationFunction, name: String? = nil) {
        self.function = function
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        function = try configuration.activation("activation") ?? .linear
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("activation", function) }

    public override func call(_ x: Tensor) throws -> Tensor { try function(x) }
}
