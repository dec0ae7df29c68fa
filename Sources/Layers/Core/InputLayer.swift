import TensorCore

/// Where a model's inputs come in: their shape and dtype, and, in a functional model, their name.
///
/// - Source: tf.keras.layers.InputLayer.
public final class InputLayer: StatelessLayer, ConfigurableLayer {
    /// The shape with the batch, which is mostly unknown.
    public let batchShape: Shape

    /// - Parameter shape: of one example, without the batch.
    public convenience init(_ shape: Shape, dtype: DType = .float32, name: String? = nil) {
        self.init(batchShape: Shape([Shape.unknown] + shape.extents), dtype: dtype, name: name)
    }

    public init(batchShape: Shape, dtype: DType = .float32, name: String? = nil) {
        self.batchShape = batchShape
        super.init(layerName: name, dtype: dtype)
        declaredInputShape = batchShape.dropFirst()
    }

    public init(configuration: LayerConfiguration) throws {
        let key = ["batch_shape", "batch_input_shape"].first { configuration.json($0) != nil }
        if let key {
            batchShape = try configuration.shape(key)
        } else {
            guard let shape = try configuration.inputShape() else {
                throw LayerError(.value, "InputLayer needs \(configuration.path).batch_shape")
            }
            batchShape = Shape([Shape.unknown] + shape.extents)
        }
        for key in ["sparse", "ragged", "optional"] { try configuration.require(key, toBe: false) }
        configuration.passOver("type_spec", "input_tensor", "shape")
        try super.init(configuration)
        if dtype == nil { dtype = .float32 }
        declaredInputShape = batchShape.dropFirst()
    }

    /// What it takes.
    public var spec: TensorSpec { TensorSpec(batchShape, dtype ?? .float32) }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set(settings.dialect == .keras2 ? "batch_input_shape" : "batch_shape", batchShape)
        settings.set("sparse", false)
        settings.set("ragged", false)
    }

    /// A batch of a certain size cannot be put together with others.
    public override var treatsExamplesAlone: Bool { batchShape.rank > 0 && batchShape[0] < 0 }

    public override func call(_ x: Tensor) throws -> Tensor { x }
}
